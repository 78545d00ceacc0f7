"""追加, 调减 and 退回 of a document's money."""

from __future__ import annotations

import asyncio

from service_kit.ids import uuid7

from .test_funds_payments import Desk


def act_body(kind: str, amount: str, **changes) -> dict:
    return {
        "kind": kind,
        "number": f"湘财预〔2026〕{uuid7().hex[-6:]}号",
        "issued_on": "2026-03-01",
        "amount": amount,
        "reason": "上级调整",
    } | changes


async def act(office, document: dict, kind: str, amount: str, **changes) -> dict:
    body = act_body(kind, amount, **changes)
    return await office.api.ok("POST", f"/documents/{document['id']}/acts", json=body, headers=office.api.as_key())


async def refuse(office, document: dict, kind: str, amount: str, code: str) -> dict:
    url = f"/documents/{document['id']}/acts"
    return await office.api.refused("POST", url, 422, code, json=act_body(kind, amount), headers=office.api.as_key())


class TestSupplement:
    async def test_brings_more_money_into_the_pool(self, office):
        await office.set_floor()
        document = await office.receive("100.00")

        done = await act(office, document, "supplement", "20.00")

        assert (done["kind"], done["amount"], done["seq"]) == ("supplement", "20.00", 2)
        assert (await office.pool(document["pool_id"]))["received"] == "120.00"
        after = await office.api.ok("GET", f"/documents/{document['id']}")
        assert (after["amount"], after["current"]) == ("100.00", "120.00")
        assert await office.differences(document["pool_id"]) == []

    async def test_can_be_allocated_from_the_document(self, office):
        await office.set_floor()
        document = await office.receive("100.00", direct=True)
        await act(office, document, "supplement", "20.00")
        await office.allocate(document["pool_id"], "120.00", "industry", document_id=document["id"])
        assert await office.differences(document["pool_id"]) == []


class TestCutAndReturn:
    async def test_take_money_out_of_the_pool(self, office):
        await office.set_floor()
        document = await office.receive("100.00")
        await act(office, document, "cut", "20.00")
        await act(office, document, "return", "30.00")

        pool = await office.pool(document["pool_id"])
        assert (pool["received"], pool["headroom_total"], pool["last_seq"]) == ("50.00", "50.00", 3)
        listed = (await office.api.ok("GET", f"/documents/{document['id']}/acts"))["items"]
        assert [(a["kind"], a["amount"]) for a in listed] == [("return", "30.00"), ("cut", "20.00")]
        assert await office.differences(document["pool_id"]) == []

    async def test_beyond_the_red_line_name_exactly_what_must_move_first(self, office):
        await office.set_floor(5500)
        document = await office.receive("100.00")
        lines = [await office.allocate(document["pool_id"], "4.50") for _ in range(9)]  # 40.50 of 45.00

        # 88.00 × 45 % = 39.60: ninety fen too much.
        problem = await refuse(office, document, "cut", "12.00", "industry_floor_broken")
        assert (problem["must_move"], problem["shortfall"]) == ("0.90", "0.90")
        assert "0.90" in problem["detail"]
        assert (await office.pool(document["pool_id"]))["received"] == "100.00"

        await office.reverse(lines[0]["id"])
        await act(office, document, "cut", "12.00")
        assert await office.differences(document["pool_id"]) == []

    async def test_beyond_what_is_not_allocated_name_exactly_what_must_move_first(self, office):
        await office.set_floor(0)
        document = await office.receive("100.00")
        await office.allocate(document["pool_id"], "80.00", "industry")
        problem = await refuse(office, document, "return", "20.01", "pool_exhausted")
        assert problem["must_move"] == "0.01"
        await act(office, document, "return", "20.00")
        assert await office.differences(document["pool_id"]) == []

    async def test_beyond_what_allocations_draw_on_the_document(self, office):
        await office.set_floor(0)
        document = await office.receive("100.00")
        await office.receive("100.00")
        await office.allocate(document["pool_id"], "80.00", "industry", document_id=document["id"])
        problem = await refuse(office, document, "cut", "30.00", "document_exhausted")
        assert problem["must_move"] == "10.00"
        assert (await office.pool(document["pool_id"]))["last_seq"] == 3
        assert await office.differences(document["pool_id"]) == []

    async def test_of_more_than_the_document_brings(self, office):
        await office.set_floor(0)
        document = await office.receive("100.00")
        await office.receive("100.00")
        problem = await refuse(office, document, "cut", "100.01", "document_exhausted")
        assert problem["shortfall"] == "0.01"
        await act(office, document, "cut", "100.00")
        assert (await office.api.ok("GET", f"/documents/{document['id']}"))["current"] == "0.00"


class TestDirectMoney:
    async def test_is_marked_in_every_later_act(self, office):
        await office.set_floor(0)
        document = await office.receive("100.00", direct=True)
        await office.receive("100.00")
        await act(office, document, "supplement", "20.00")
        await act(office, document, "cut", "10.00")
        kept = await office.allocate(document["pool_id"], "40.00", document_id=document["id"])
        given_back = await office.allocate(document["pool_id"], "30.00", document_id=document["id"])
        await office.reverse(given_back["id"])
        bare = await office.allocate(document["pool_id"], "5.00")
        payment = await Desk(office).paid(kept["id"], "12.00")

        assert (kept["direct"], bare["direct"], payment["direct"]) == (True, False, True)
        transfers = (await office.api.ok("GET", "/transfers", params={"pool_id": document["pool_id"]}))["items"]
        assert [(t["kind"], t["direct"]) for t in reversed(transfers)] == [
            ("receipt", True), ("receipt", False), ("supplement", True), ("cut", True), ("allocation", True),
            ("allocation", True), ("reversal", True), ("allocation", False), ("payment", True),
        ]  # fmt: skip
        town = (await office.service.api("431081106").ok("GET", "/transfers"))["items"]
        assert {t["allocation_id"]: t["direct"] for t in town} == {
            kept["id"]: True, given_back["id"]: True, bare["id"]: False,
        }  # fmt: skip


class TestCommand:
    async def test_the_same_key_acts_once(self, office):
        await office.set_floor()
        document = await office.receive("100.00")
        url, body, key = f"/documents/{document['id']}/acts", act_body("cut", "1.00"), office.api.as_key()
        answers = await asyncio.gather(*(office.api.ok("POST", url, json=body, headers=key) for _ in range(3)))
        assert answers[0] == answers[1] == answers[2]
        await office.api.refused("POST", url, 409, "idempotency_conflict", json=body | {"amount": "2.00"}, headers=key)
        await office.api.refused("POST", url, 428, "idempotency_key_required", json=body)
        assert (await office.pool(document["pool_id"]))["received"] == "99.00"

    async def test_one_number_acts_on_a_document_once(self, office):
        await office.set_floor()
        document = await office.receive("100.00")
        await act(office, document, "cut", "1.00", number="甲")
        url = f"/documents/{document['id']}/acts"
        body = act_body("cut", "1.00", number="甲")
        await office.api.refused("POST", url, 409, "document_number_taken", json=body, headers=office.api.as_key())

    async def test_belongs_to_the_county(self, service, office):
        await office.set_floor()
        document = await office.receive("100.00")
        for region in ("431081106", "431003"):
            other = service.api(region)
            url = f"/documents/{document['id']}/acts"
            await other.refused("POST", url, 404, "not_found", json=act_body("cut", "1.00"), headers=other.as_key())
            await other.refused("GET", url, 404, "not_found")

    async def test_bad_bodies_are_refused(self, office):
        await office.set_floor()
        document = await office.receive("100.00")
        for change in (
            {"kind": "gift"}, {"number": ""}, {"issued_on": "2999-01-01"}, {"amount": "0"}, {"amount": 5},
            {"amount": "-1.00"}, {"reason": ""}, {"more": 1},
        ):  # fmt: skip
            body = act_body("cut", "1.00") | change
            url = f"/documents/{document['id']}/acts"
            await office.api.refused("POST", url, 422, "validation_failed", json=body, headers=office.api.as_key())

    async def test_cuts_at_the_same_moment_never_pass_the_red_line(self, office):
        await office.set_floor(5500)
        document = await office.receive("100.00")
        await office.allocate(document["pool_id"], "40.00")
        url = f"/documents/{document['id']}/acts"
        answers = await asyncio.gather(
            *(office.api.post(url, json=act_body("cut", "1.00"), headers=office.api.as_key()) for _ in range(16))
        )
        # 40 / 45 % = 88.89: eleven cuts of one yuan fit.
        assert sorted(answer.status_code for answer in answers) == [200] * 11 + [422] * 5
        assert (await office.pool(document["pool_id"]))["received"] == "89.00"
        assert await office.differences(document["pool_id"]) == []
