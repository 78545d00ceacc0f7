"""The money trail, both ways."""

from __future__ import annotations

import pytest

from .test_funds_document_acts import act
from .test_funds_payments import Desk


@pytest.fixture
async def money(office) -> dict:
    await office.set_floor(5500)
    document = await office.receive("100.00")
    await act(office, document, "cut", "10.00")
    first = await office.allocate(document["pool_id"], "30.00", "industry", document_id=document["id"])
    second = await office.allocate(document["pool_id"], "20.00", document_id=document["id"])
    gone = await office.allocate(document["pool_id"], "5.00", "industry", document_id=document["id"])
    await office.reverse(gone["id"])
    await office.allocate(document["pool_id"], "7.00", "industry")
    desk = Desk(office)
    paid = await desk.paid(first["id"], "12.34")
    await desk.paid(second["id"], "1.00")
    await desk.request(first["id"], "2.00")
    back = await desk.paid(first["id"], "3.00")
    await desk.act(desk.maker, back, "refund", {"reason": "银行退票"})
    return {"document": document, "first": first, "paid": paid}


def sums(trail: dict) -> dict[str, str]:
    assert all(level["agrees"] and level["amount"] == level["ledger"] for level in trail["sums"])
    return {level["level"]: level["amount"] for level in trail["sums"]}


class TestTrail:
    async def test_from_a_document_down(self, office, money):
        trail = await office.api.ok("GET", "/trail", params={"document_id": money["document"]["id"]})
        assert sums(trail) == {"document": "90.00", "allocation": "50.00", "payment": "13.34"}
        assert trail["pool"]["id"] == money["document"]["pool_id"]
        assert [a["status"] for a in trail["allocations"]] == ["allocated", "allocated", "reversed"]
        assert [p["status"] for p in trail["payments"]] == ["paid", "paid", "requested", "refunded"]

    async def test_from_an_allocation_both_ways(self, office, money):
        trail = await office.api.ok("GET", "/trail", params={"allocation_id": money["first"]["id"]})
        assert sums(trail) == {"document": "90.00", "allocation": "30.00", "payment": "12.34"}
        assert trail["document"]["id"] == money["document"]["id"]

    async def test_from_a_payment_up(self, office, money):
        trail = await office.api.ok("GET", "/trail", params={"payment_id": money["paid"]["id"]})
        assert sums(trail) == {"document": "90.00", "allocation": "30.00", "payment": "12.34"}
        assert [p["id"] for p in trail["payments"]] == [money["paid"]["id"]]
        assert [a["id"] for a in trail["allocations"]] == [money["first"]["id"]]

    async def test_of_a_township_shows_neither_pool_nor_document(self, service, money):
        trail = await service.api("431081106").ok("GET", "/trail", params={"allocation_id": money["first"]["id"]})
        assert (trail["pool"], trail["document"]) == (None, None)
        assert sums(trail) == {"allocation": "30.00", "payment": "12.34"}

    async def test_names_exactly_one(self, service, office, money):
        await office.api.refused("GET", "/trail", 422, "validation_failed")
        both = {"allocation_id": money["first"]["id"], "document_id": money["document"]["id"]}
        await office.api.refused("GET", "/trail", 422, "validation_failed", params=both)
        other = service.api("431003")
        await other.refused("GET", "/trail", 404, "not_found", params={"payment_id": money["paid"]["id"]})
