"""Many allocations as one act."""

from __future__ import annotations

import asyncio

TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE = "431081106", "431081105", "431081106226", "431081105235"
PLACES = (TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE)


def line(amount: str, purpose: str = "industry", region: str = VILLAGE, **changes) -> dict:
    return {"region_code": region, "purpose": purpose, "title": "茶园提质", "amount": amount} | changes


def body(pool_id: str, lines: list[dict]) -> dict:
    return {"pool_id": pool_id, "title": "2026 年第一批", "lines": lines}


async def send(office, pool_id: str, lines: list[dict]) -> dict:
    return await office.api.ok("POST", "/allocations/bulk", json=body(pool_id, lines), headers=office.api.as_key())


async def refuse(office, pool_id: str, lines: list[dict], code: str, status: int = 422) -> dict:
    return await office.api.refused(
        "POST", "/allocations/bulk", status, code, json=body(pool_id, lines), headers=office.api.as_key()
    )


class TestBulk:
    async def test_posts_every_line_in_order(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "1.00")

        done = await send(office, pool_id, [line("10.00"), line("5.00", "other", TOWN), line("2.50", region=TOWN)])

        assert (done["lines"], done["amount"], done["first_seq"], done["last_seq"]) == (3, "17.50", 3, 5)
        transfers = (await office.api.ok("GET", "/transfers", params={"pool_id": pool_id}))["items"]
        assert [(t["seq"], t["amount"]) for t in transfers[:3]] == [(5, "2.50"), (4, "5.00"), (3, "10.00")]
        assert [t["allocation_id"] for t in transfers[:3]] == done["allocation_ids"][::-1]
        pool = await office.pool(pool_id)
        assert (pool["allocated_industry"], pool["allocated_other"], pool["last_seq"]) == ("12.50", "6.00", 5)
        assert await office.differences(pool_id) == []
        one = await office.api.ok("GET", f"/allocations/{done['allocation_ids'][1]}")
        assert (one["amount"], one["batch_id"], one["region_code"]) == ("5.00", done["batch_id"], TOWN)
        await office.reverse(done["allocation_ids"][0])
        await office.allocate(pool_id, "1.00")
        assert await office.differences(pool_id) == []

    async def test_publishes_one_notice_with_all_lines(self, office):
        pool_id = await office.open_pool("100.00")
        done = await send(office, pool_id, [line("1.00"), line("2.00", title="联系13812345678")])
        [notice] = (await office.api.ok("GET", "/public/notices"))["items"]
        found = await office.api.ok("GET", f"/public/notices/{notice['id']}")
        assert found["subject_id"] == done["batch_id"]
        assert [row[1] for row in found["table"]["rows"]] == ["茶园提质", "联系138********"]

    async def test_a_thousand_lines_take_as_many_statements_as_two(self, office):
        pool_id = await office.open_pool("100000.00")
        document = await office.receive("100000.00")
        counts = []
        for lines in (2, 1000):
            wanted = [
                line("1.00", ("industry", "other")[n % 2], PLACES[n // 2 % 4], document_id=document["id"])
                for n in range(lines)
            ]
            await send(office, pool_id, wanted[:1])
            async with office.service.counted_queries() as statements:
                await send(office, pool_id, wanted)
            counts.append(len(statements))
        assert max(counts) <= 22, counts
        assert abs(counts[1] - counts[0]) <= 2, counts  # the accounts of the first lines are opened on the way
        pool = await office.pool(pool_id)
        assert (pool["allocated"], pool["last_seq"]) == ("1004.00", 1006)
        assert await office.differences(pool_id) == []

    async def test_the_same_key_posts_once(self, office):
        pool_id = await office.open_pool("100.00")
        wanted, key = body(pool_id, [line("1.00"), line("2.00")]), office.api.as_key()
        answers = await asyncio.gather(
            *(office.api.ok("POST", "/allocations/bulk", json=wanted, headers=key) for _ in range(3))
        )
        assert answers[0] == answers[1] == answers[2]
        assert (await office.pool(pool_id))["allocated"] == "3.00"
        await office.api.refused(
            "POST", "/allocations/bulk", 409, "idempotency_conflict",
            json=body(pool_id, [line("1.00")]), headers=key,
        )  # fmt: skip


class TestRefusal:
    async def test_beyond_the_red_line_names_the_lines_and_posts_nothing(self, office):
        pool_id = await office.open_pool("100.00", 5500)
        before = await office.pool(pool_id)
        lines = [line("40.00", "other"), line("10.00"), line("5.01", "other"), line("1.00"), line("0.01", "other")]

        problem = await refuse(office, pool_id, lines, "industry_floor_broken")

        assert (problem["shortfall"], problem["headroom_other"], problem["lines"]) == ("0.02", "45.00", [3, 5])
        assert [e["path"] for e in problem["errors"]] == ["body.lines.2.amount", "body.lines.4.amount"]
        assert "第 3、5 行" in problem["detail"]
        assert await office.pool(pool_id) == before
        assert (await office.api.ok("GET", "/allocations"))["items"] == []
        assert await office.differences(pool_id) == []

    async def test_beyond_the_money(self, office):
        pool_id = await office.open_pool("100.00")
        problem = await refuse(office, pool_id, [line("60.00"), line("40.00"), line("0.01")], "pool_exhausted")
        assert (problem["shortfall"], problem["lines"]) == ("0.01", [3])

    async def test_beyond_a_document(self, office):
        pool_id = await office.open_pool("100.00")
        document = await office.receive("10.00")
        lines = [line("9.00", document_id=document["id"]), line("50.00"), line("2.00", document_id=document["id"])]
        problem = await refuse(office, pool_id, lines, "document_exhausted")
        assert (problem["shortfall"], problem["headroom_document"], problem["lines"]) == ("1.00", "10.00", [3])

    async def test_of_lines_elsewhere_or_nowhere(self, office):
        pool_id = await office.open_pool("100.00")
        lines = [line("1.00"), line("1.00", region="431003101")]
        assert (await refuse(office, pool_id, lines, "validation_failed"))["lines"] == [2]
        lines = [line("1.00", region="431081999"), line("1.00")]
        assert (await refuse(office, pool_id, lines, "region_unknown"))["lines"] == [1]
        lines = [line("1.00", document_id=pool_id)]
        assert (await refuse(office, pool_id, lines, "not_found", 404))["lines"] == [1]

    async def test_of_bad_bodies(self, office):
        pool_id = await office.open_pool("100.00")
        for wrong in (
            {"pool_id": pool_id}, body(pool_id, []), body("x", [line("1.00")]), body(pool_id, [line("0")]),
            body(pool_id, [line("1.00")] * 1001), body(pool_id, [line("999999999999.00")] * 2),
            body(pool_id, [line("1.00", title="")]), body(pool_id, [line("1.00", more=1)]),
        ):  # fmt: skip
            await office.api.refused(
                "POST", "/allocations/bulk", 422, "validation_failed", json=wrong, headers=office.api.as_key()
            )

    async def test_for_a_township_is_not_found(self, service, office):
        pool_id = await office.open_pool("100.00")
        town = service.api(TOWN)
        wanted = body(pool_id, [line("1.00")])
        await town.refused("POST", "/allocations/bulk", 404, "not_found", json=wanted, headers=town.as_key())


class TestTogether:
    async def test_bulk_and_single_postings_share_one_chain(self, office):
        pool_id = await office.open_pool("100.00")

        async def many(n: int) -> int:
            answer = await office.api.post(
                "/allocations/bulk",
                json=body(pool_id, [line("1.00", "other", PLACES[n % 4]), line("1.00"), line("1.00")]),
                headers=office.api.as_key(),
            )
            return answer.status_code

        codes = await asyncio.gather(
            *(many(n) for n in range(8)), *(office.allocate(pool_id, "1.00", "industry") for _ in range(8))
        )
        assert codes[:8] == [200] * 8
        assert (await office.pool(pool_id))["last_seq"] == 33
        assert await office.differences(pool_id) == []
