"""Allocating and reversing over HTTP."""

from __future__ import annotations

import asyncio

from service_kit.ids import uuid7

VILLAGE = "431081106226"
TOWN = "431081106"


class TestAllocate:
    async def test_moves_money_from_the_pool_to_the_region(self, office):
        pool_id = await office.open_pool("100.00")

        allocation = await office.allocate(pool_id, "30.00", "industry", title="茶园提质")

        assert allocation["amount"] == "30.00"
        assert allocation["region_name"] == "燕窝村"
        assert (allocation["year"], allocation["source_level"]) == (2026, "central")
        assert allocation["status"] == "allocated"
        pool = await office.pool(pool_id)
        assert (pool["received"], pool["allocated"], pool["allocated_industry"]) == ("100.00", "30.00", "30.00")
        assert (pool["headroom_total"], pool["headroom_other"]) == ("70.00", "45.00")
        assert pool["industry_share_bp"] == 10_000
        assert await office.differences(pool_id) == []

    async def test_exactly_to_the_red_line_and_not_one_fen_further(self, office):
        pool_id = await office.open_pool("100.01", 5500)
        line = (await office.pool(pool_id))["headroom_other"]
        assert line == "45.00"  # 45.0045 rounded down: the half fen helps nobody

        body = office.allocation_body(pool_id, "45.01")
        problem = await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "industry_floor_broken", json=body)
        assert problem["shortfall"] == "0.01"
        assert problem["headroom_other"] == "45.00"
        assert problem["floor_bp"] == 5500
        assert "55%" in problem["detail"]
        await office.allocate(pool_id, "45.00")

        pool = await office.pool(pool_id)
        assert pool["headroom_other"] == "0.00"
        assert pool["headroom_total"] == "55.01"
        assert await office.differences(pool_id) == []

    async def test_beyond_the_money_names_what_is_missing(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "99.50", "industry")

        body = office.allocation_body(pool_id, "1.00", "industry")
        problem = await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "pool_exhausted", json=body)

        assert (problem["shortfall"], problem["headroom_total"]) == ("0.50", "0.50")

    async def test_what_industry_already_has_is_not_headroom_for_others(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "90.00", "industry")

        assert (await office.pool(pool_id))["headroom_other"] == "10.00"
        body = office.allocation_body(pool_id, "10.01")
        problem = await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "pool_exhausted", json=body)
        assert problem["shortfall"] == "0.01"
        await office.allocate(pool_id, "10.00")

    async def test_a_refusal_leaves_no_trace(self, office):
        pool_id = await office.open_pool("100.00")
        before = await office.pool(pool_id)
        body = office.allocation_body(pool_id, "50.00")

        await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "industry_floor_broken", json=body)

        assert await office.pool(pool_id) == before
        assert (await office.api.ok("GET", "/allocations"))["items"] == []
        assert (await office.api.ok("GET", "/public/notices"))["items"] == []
        assert await office.differences(pool_id) == []

    async def test_the_same_again_changes_nothing(self, office):
        pool_id = await office.open_pool("100.00")
        url, body = f"/allocations/{uuid7()}", office.allocation_body(pool_id, "10.00")

        first = await office.api.ok("PUT", url, 201, json=body)
        second = await office.api.ok("PUT", url, 200, json=body)

        assert second == first
        assert (await office.pool(pool_id))["allocated"] == "10.00"

    async def test_the_same_id_with_other_content_is_refused(self, office):
        pool_id = await office.open_pool("100.00")
        url = f"/allocations/{uuid7()}"
        await office.api.ok("PUT", url, json=office.allocation_body(pool_id, "10.00"))

        await office.api.refused("PUT", url, 409, "already_exists", json=office.allocation_body(pool_id, "10.01"))

    async def test_twice_at_the_same_moment_has_one_effect(self, office):
        pool_id = await office.open_pool("100.00")
        url, body = f"/allocations/{uuid7()}", office.allocation_body(pool_id, "10.00")

        answers = await asyncio.gather(*(office.api.put(url, json=body) for _ in range(6)))

        assert sorted(a.status_code for a in answers) == [200, 200, 200, 200, 200, 201]
        assert len({a.text for a in answers}) == 1
        assert (await office.pool(pool_id))["allocated"] == "10.00"

    async def test_to_a_township_or_village_that_exists(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "1.00", region_code=TOWN)
        for code, status, problem in (
            ("431081", 422, "validation_failed"),
            ("431081106999", 422, "region_unknown"),
            ("431003101", 403, "region_out_of_scope"),
        ):
            body = office.allocation_body(pool_id, "1.00", region_code=code)
            await office.api.refused("PUT", f"/allocations/{uuid7()}", status, problem, json=body)

    async def test_from_a_pool_that_is_not_there(self, office):
        body = office.allocation_body(str(uuid7()), "1.00")
        await office.api.refused("PUT", f"/allocations/{uuid7()}", 404, "not_found", json=body)

    async def test_from_the_pool_of_another_county(self, office, office_of):
        pool_id = await office.open_pool("100.00")
        body = office.allocation_body(pool_id, "1.00", region_code="431003101")
        await office_of("4310").api.refused("PUT", f"/allocations/{uuid7()}", 404, "not_found", json=body)

    async def test_is_published_without_numbers_of_persons_and_without_the_note(self, office):
        pool_id = await office.open_pool("100.00")
        title = "燕窝村茶园,联系人13812345678,身份证431081199001011234"
        allocation = await office.allocate(pool_id, "30.00", "industry", title=title, note="账号6222021234567890128")

        public = office.service.anonymous()
        page = await public.ok("GET", "/public/notices", params={"kind": "funds.allocation"})
        notice = await public.ok("GET", f"/public/notices/{page['items'][0]['id']}")

        assert notice["subject_id"] == allocation["id"]
        assert notice["title"].startswith("资金分配公告：燕窝村")
        assert notice["table"]["rows"][0][-2:] == ["产业发展", "30.00"]
        for secret in ("13812345678", "431081199001011234", "6222021234567890128"):
            assert secret not in str(notice)


class TestDirectMoney:
    async def test_keeps_its_marker_when_the_document_is_named(self, office):
        await office.set_floor()
        document = await office.receive("50.00", direct=True)
        await office.receive("50.00")

        marked = await office.allocate(document["pool_id"], "20.00", document_id=document["id"])
        plain = await office.allocate(document["pool_id"], "20.00")

        assert (marked["direct"], plain["direct"]) == (True, False)
        assert (await office.api.ok("GET", f"/documents/{document['id']}"))["allocated"] == "20.00"

    async def test_never_gives_more_than_the_document_brought(self, office):
        await office.set_floor()
        document = await office.receive("10.00", direct=True)
        await office.receive("90.00")
        await office.allocate(document["pool_id"], "8.00", document_id=document["id"])

        body = office.allocation_body(document["pool_id"], "2.50", document_id=document["id"])
        problem = await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "document_exhausted", json=body)

        assert (problem["shortfall"], problem["headroom_document"]) == ("0.50", "2.00")

    async def test_is_given_back_by_a_reversal(self, office):
        await office.set_floor()
        document = await office.receive("100.00", direct=True)
        allocation = await office.allocate(document["pool_id"], "40.00", document_id=document["id"])

        await office.reverse(allocation["id"])

        assert (await office.api.ok("GET", f"/documents/{document['id']}"))["allocated"] == "0.00"

    async def test_a_document_of_another_pool_is_not_found(self, office):
        pool_id = await office.open_pool("100.00")
        await office.set_floor(0, source="provincial")
        foreign = await office.receive("10.00", source="provincial")
        body = office.allocation_body(pool_id, "1.00", document_id=foreign["id"])
        await office.api.refused("PUT", f"/allocations/{uuid7()}", 404, "not_found", json=body)


class TestReverse:
    async def test_gives_the_money_back_by_a_linked_counter_transfer(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "45.00")

        reversed_ = await office.reverse(allocation["id"], "项目取消")

        assert (reversed_["status"], reversed_["reversal_reason"]) == ("reversed", "项目取消")
        assert (await office.pool(pool_id))["headroom_other"] == "45.00"
        transfers = (await office.api.ok("GET", "/transfers", params={"pool_id": pool_id}))["items"]
        counter, original, receipt = transfers
        assert [t["kind"] for t in transfers] == ["reversal", "allocation", "receipt"]
        assert [t["seq"] for t in transfers] == [3, 2, 1]
        assert counter["reverses_id"] == original["id"] == reversed_["transfer_id"]
        assert original["reversed_by_id"] == counter["id"] == reversed_["reversal_transfer_id"]
        assert (counter["debit_account_id"], counter["credit_account_id"]) == (
            original["credit_account_id"],
            original["debit_account_id"],
        )
        assert counter["amount"] == original["amount"] == "45.00"
        assert receipt["pool_after"]["received"] == "100.00"
        assert await office.differences(pool_id) == []

    async def test_is_published(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "45.00")

        await office.reverse(allocation["id"], "内部原因")

        page = await office.service.anonymous().ok(
            "GET", "/public/notices", params={"kind": "funds.allocation_reversal"}
        )
        assert [row["title"] for row in page["items"]] == ["资金分配撤销公告：燕窝村 村道硬化"]

    async def test_the_same_key_again_answers_the_same(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "45.00")
        url, key = f"/allocations/{allocation['id']}/reversal", office.api.as_key()

        first = await office.api.ok("POST", url, json={"reason": "重复录入"}, headers=key)
        second = await office.api.ok("POST", url, json={"reason": "重复录入"}, headers=key)

        assert second == first
        await office.api.refused("POST", url, 409, "idempotency_conflict", json={"reason": "别的原因"}, headers=key)

    async def test_only_once(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "45.00")
        await office.reverse(allocation["id"])

        await office.api.refused(
            "POST",
            f"/allocations/{allocation['id']}/reversal",
            409,
            "already_reversed",
            json={"reason": "再来一次"},
            headers=office.api.as_key(),
        )

    async def test_many_at_once_reverse_once(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "45.00")
        url = f"/allocations/{allocation['id']}/reversal"

        answers = await asyncio.gather(
            *(office.api.post(url, json={"reason": "项目取消"}, headers=office.api.as_key()) for _ in range(6))
        )

        assert sorted(a.status_code for a in answers) == [200, 409, 409, 409, 409, 409]
        assert (await office.pool(pool_id))["allocated"] == "0.00"
        assert await office.differences(pool_id) == []

    async def test_needs_a_key(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "45.00")
        await office.api.refused(
            "POST",
            f"/allocations/{allocation['id']}/reversal",
            428,
            "idempotency_key_required",
            json={"reason": "项目取消"},
        )
