"""Clues from the auditor's word to the striking off (FND-12), and land revenue (FND-11)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from service_kit.clock import today
from service_kit.ids import uuid7

from .library import Library
from .test_funds_bad_input import DROP, LONG, broken
from .test_funds_invariants import CHECK, refuse
from .test_funds_payments import Desk

BAD = (
    ("subject_type", "person"), ("subject_type", DROP), ("subject_id", "x"), ("subject_id", str(uuid7())),
    ("source", "rumour"), ("title", ""), ("title", LONG), ("title", "\x00\x00"),
    ("description", "短"), ("amount", "-1"),
    ("amount", 5), ("amount", "1e3"), ("responsible_unit", ""), ("found_on", "2999-01-01"), ("deadline", "昨天"),
    ("deadline", "2001-01-01"), ("surprise", 1),
)  # fmt: skip


AUDITOR = ("funds.clues:read", "funds.clues:raise", "funds.files:use")


class Office:
    """Those who have to do with a clue."""

    def __init__(self, service) -> None:
        self.auditor = service.api("431081", AUDITOR, role="auditor")
        self.bureau, self.finance, self.other = (
            service.api("431081", role=role) for role in ("bureau", "finance", "bureau")
        )

    def body(self, subject_id: str, **changes) -> dict:
        return {
            "subject_type": "payment", "subject_id": subject_id, "source": "audit", "title": "虚报工程量",
            "description": "验收单面积与实地丈量不符", "amount": "12.00", "responsible_unit": "州门司镇人民政府",
            "found_on": f"{today()}", "deadline": f"{today() + timedelta(days=30)}",
        } | changes  # fmt: skip

    async def act(self, who, clue: dict, act: str, body: dict) -> dict:
        return await who.ok("POST", f"/clues/{clue['id']}/{act}", json=body, headers=who.as_key())

    async def refused(self, who, clue: dict, act: str, status: int, code: str, body: dict) -> dict:
        return await who.refused("POST", f"/clues/{clue['id']}/{act}", status, code, json=body, headers=who.as_key())


@pytest.fixture
def people(service) -> Office:
    return Office(service)


@pytest.fixture
async def payment(office) -> dict:
    allocation = await office.allocate(await office.open_pool("100.00"), "30.00")
    return await Desk(office).request(allocation["id"], "20.00")


class TestClue:
    async def test_goes_from_the_auditor_to_the_striking_off(self, people, payment, service):
        clue = await people.auditor.ok("PUT", f"/clues/{uuid7()}", 201, json=people.body(payment["id"]))
        assert (clue["number"], clue["state"], clue["subject_title"]) == (
            f"{today().year}-0001",
            "received",
            payment["payee"],
        )
        await people.refused(people.auditor, clue, "acceptance", 403, "forbidden", {})
        await people.refused(people.bureau, clue, "closing", 409, "clue_not_in_state", {"note": "没有问题"})
        await people.act(people.bureau, clue, "acceptance", {"note": "转镇核实"})
        await people.act(people.bureau, clue, "notes", {"note": "实地复核面积"})
        await people.act(people.finance, clue, "recoveries", {"amount": "5.00", "note": "缴入国库，票据 001"})
        problem = await people.refused(
            people.finance, clue, "recoveries", 422, "recovered_too_much", {"amount": "7.01", "note": "再缴"}
        )
        assert problem["left"] == "7.00"
        done = {"finding": "substantiated", "note": "已整改", "amount": "6.00"}
        clue = await people.act(people.bureau, clue, "rectification", done)
        assert (clue["amount"], clue["recovered"]) == ("6.00", "5.00")
        await people.refused(people.bureau, clue, "closing", 409, "same_person", {"note": "自己验收"})
        await people.act(people.other, clue, "return", {"note": "差一元未缴"})
        await people.act(people.finance, clue, "recoveries", {"amount": "1.00", "note": "票据 002"})
        await people.act(people.bureau, clue, "rectification", {"finding": "substantiated", "note": "全部追回"})
        clue = await people.act(people.other, clue, "closing", {"note": "同意销号"})
        assert (clue["state"], clue["recovered"]) == ("closed", "6.00")
        assert [line["action"] for line in clue["history"]] == [
            "raise", "accept", "note", "recover", "rectify", "return", "recover", "rectify", "close",
        ]  # fmt: skip
        await people.refused(people.bureau, clue, "notes", 409, "clue_not_in_state", {"note": "补记"})
        await refuse(service, CHECK, "ck_clue_two_persons", "UPDATE clue SET closer_id = handler_id")
        await refuse(
            service, CHECK, "ck_clue_recovered_within_amount", "UPDATE clue SET recovered_fen = amount_fen + 1"
        )

    async def test_is_about_something_that_can_be_seen_and_says_what_is_wrong(self, people, payment, service):
        for field, value in BAD:
            body = broken(people.body(payment["id"]), field, value)
            problem = await people.auditor.refused("PUT", f"/clues/{uuid7()}", 422, "validation_failed", json=body)
            assert all("一" <= error["message"][0] <= "鿿" for error in problem["errors"]), (field, value, problem)
        stranger = service.api("431003", AUDITOR, role="auditor")
        await stranger.refused("PUT", f"/clues/{uuid7()}", 422, json=people.body(payment["id"]))
        assert (await people.auditor.ok("GET", "/clues"))["items"] == []

    async def test_overdue_ones_are_listed_and_counted(self, people, payment):
        late = {"found_on": "2026-01-05", "deadline": "2026-02-05", "amount": "0"}
        kept = uuid7()
        first = await people.bureau.ok("PUT", f"/clues/{kept}", 201, json=people.body(payment["id"], **late))
        assert await people.bureau.ok("PUT", f"/clues/{kept}", 200, json=people.body(payment["id"], **late)) == first
        await people.bureau.refused("PUT", f"/clues/{kept}", 409, "already_exists", json=people.body(payment["id"]))
        bodies = [people.body(payment["id"]) for _ in range(4)]
        made = await asyncio.gather(*(people.finance.ok("PUT", f"/clues/{uuid7()}", 201, json=b) for b in bodies))
        assert {clue["number"][-4:] for clue in made} == {"0002", "0003", "0004", "0005"}
        items = (await people.bureau.ok("GET", "/clues?overdue=true&state=open"))["items"]
        assert [clue["id"] for clue in items] == [first["id"]]
        counts = await people.bureau.ok("GET", "/clues/counts?region=431081106")
        assert (counts["received"], counts["overdue"], counts["amount"]) == (5, 1, "48.00")
        assert (await people.bureau.ok("GET", f"/clues?subject_id={uuid7()}"))["items"] == []


class TestTrailOfAProject:
    async def test_shows_what_it_was_given_and_what_was_paid(self, service, office):
        library = Library(service)
        project = await library.draft()
        trail = await office.api.ok("GET", "/trail", params={"project_id": project["id"]})
        assert (trail["project"]["name"], trail["pool"], trail["allocations"]) == (project["name"], None, [])
        assert {level["level"] for level in trail["sums"]} == {"allocation", "payment"}
        await service.api("431003").refused("GET", "/trail", 404, params={"project_id": project["id"]})


REPORT = {
    "year": 2025, "as_of": "2025-12-31", "gross": "1000.00", "net": "100.00", "agriculture": "50.00",
    "spent": "20.00", "basis": "2025 年决算表",
}  # fmt: skip
RULE = {"region_code": "431081", "from_year": 2025, "net_bp": 5000, "gross_bp": 800, "basis": "规划第五章"}


class TestLandRevenue:
    async def test_is_measured_against_both_shares(self, office):
        await office.api.ok("PUT", f"/land-revenue/reports/{uuid7()}", 201, json=REPORT)
        (year,) = await office.api.ok("GET", "/land-revenue")
        assert (year["reached"], year["net_share_bp"], year["gross_share_bp"]) == (None, 5000, 500)
        await office.api.ok("PUT", f"/land-revenue/rules/{uuid7()}", 201, json=RULE)
        (year,) = await office.api.ok("GET", "/land-revenue")
        assert (year["reached"], year["required"], year["shortfall"]) == (False, "80.00", "30.00")
        known = uuid7()
        better = REPORT | {"agriculture": "80.00"}
        first = await office.api.ok("PUT", f"/land-revenue/reports/{known}", 201, json=better)
        assert await office.api.ok("PUT", f"/land-revenue/reports/{known}", 200, json=better) == first
        await office.api.refused("PUT", f"/land-revenue/reports/{known}", 409, "already_exists", json=REPORT)
        (year,) = await office.api.ok("GET", "/land-revenue")
        assert (year["reached"], year["shortfall"], year["reports"], first["revision"]) == (True, "0.00", 2, 2)
        assert len((await office.api.ok("GET", "/land-revenue/reports?year=2025"))["items"]) == 2

    async def test_bad_input_is_refused_in_chinese(self, office):
        for field, value in (
            ("year", 1999), ("year", "x"), ("as_of", "2024-12-31"), ("as_of", "2999-01-01"), ("gross", "-1"),
            ("net", "1000.01"), ("agriculture", "1000.01"), ("spent", "50.01"), ("gross", 5), ("basis", ""),
            ("more", 1),
        ):  # fmt: skip
            body = broken(REPORT, field, value)
            problem = await office.api.refused("PUT", f"/land-revenue/reports/{uuid7()}", 422, json=body)
            assert all("一" <= error["message"][0] <= "鿿" for error in problem["errors"]), (field, problem)
        for field, value in (("region_code", "431081106"), ("net_bp", 10001), ("gross_bp", "8%"), ("basis", DROP)):
            body = broken(RULE, field, value)
            await office.api.refused("PUT", f"/land-revenue/rules/{uuid7()}", 422, "validation_failed", json=body)
        for query in ("?county=x", "/reports?year=x", "/reports?cursor=x", "/rules?cursor=x"):
            await office.api.refused("GET", f"/land-revenue{query}", 422, "validation_failed")
        body = RULE | {"region_code": "43"}
        await office.api.refused("PUT", f"/land-revenue/rules/{uuid7()}", 403, "region_out_of_scope", json=body)
