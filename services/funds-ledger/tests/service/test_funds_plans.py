"""Yearly plans, and money that goes only to what is planned and publicly shown (FND-4, FND-7)."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from service_kit.clock import today
from service_kit.ids import uuid7

from .library import VILLAGE, Library
from .test_funds_invariants import CHECK, refuse
from .test_funds_payments import Desk


@pytest.fixture
def library(service) -> Library:
    return Library(service)


@pytest.fixture
async def project(library) -> dict:
    return await library.entered()


@pytest.fixture
async def pool_id(office) -> str:
    return await office.open_pool("1000.00")


class TestPlan:
    async def test_is_shown_before_another_person_puts_it_in_force(self, library, project):
        plan = await library.bureau.ok("PUT", f"/plans/{uuid7()}", 201, json=library.plan_body(project))
        assert (plan["state"], plan["planned"], plan["industry"], plan["mine"]) == ("draft", "60.00", "60.00", True)
        plan = await library.post(library.bureau, f"/plans/{plan['id']}/publication")
        assert plan["state"] == "notice"
        path, key = f"/plans/{plan['id']}/enforcement", library.finance.as_key
        await library.finance.refused("POST", path, 409, "notice_still_up", headers=key())
        await library.end_notices()
        await library.bureau.refused("POST", path, 409, "same_person", headers=library.bureau.as_key())
        plan = await library.post(library.finance, path)
        assert (plan["state"], plan["effective_on"]) == ("in_force", today().isoformat())
        shown = await library.bureau.ok("GET", f"/projects/{project['id']}")
        assert shown["plan"][0] | {"priority": 1} == {
            "year": 2026, "planned": "60.00", "allocated": "0.00", "priority": 1,
            "effective_on": today().isoformat(), "ended_on": None,
        }  # fmt: skip

    async def test_takes_only_library_projects_within_their_financing(self, library, project):
        draft = await library.draft(name="村级水渠维修", category="irrigation")
        body = library.plan_body(project, draft, amount="100.01")
        problem = await library.bureau.refused("PUT", f"/plans/{uuid7()}", 422, "validation_failed", json=body)
        assert {e["code"] for e in problem["errors"]} == {"project_plan_exceeded", "not_in_library"}

    async def test_a_draft_is_written_anew_with_its_version_and_then_no_more(self, library, project):
        plan = await library.bureau.ok("PUT", f"/plans/{uuid7()}", 201, json=library.plan_body(project))
        body = library.plan_body(project, amount="70.00")
        etag = {"If-Match": f'"{plan["version"]}"'}
        assert (await library.bureau.ok("PATCH", f"/plans/{plan['id']}", json=body, headers=etag))["planned"] == "70.00"
        await library.bureau.refused("PATCH", f"/plans/{plan['id']}", 412, "version_mismatch", json=body, headers=etag)
        shown = await library.post(library.bureau, f"/plans/{plan['id']}/publication")
        etag = {"If-Match": f'"{shown["version"]}"'}
        await library.bureau.refused("PATCH", f"/plans/{plan['id']}", 409, "plan_not_in_state", json=body, headers=etag)
        assert (await library.post(library.bureau, f"/plans/{plan['id']}/dropping"))["state"] == "dropped"


class TestAllocating:
    async def test_before_the_day_money_needs_no_project_and_stays_valid(self, library, office, pool_id, project):
        old = await office.allocate(pool_id, "10.00")
        await library.bureau.refused(
            "PUT", "/publication/funding-rules/2026", 422, "project_required",
            json={"library_from": today().isoformat(), "basis": "会议纪要"},
        )  # fmt: skip
        await library.made_yesterday()
        await library.switch_on(today().isoformat())
        body = office.allocation_body(pool_id, "10.00")
        problem = await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "project_required", json=body)
        assert problem["errors"][0]["path"] == "body.project_id"
        await office.reverse(old["id"])
        await office.api.refused(
            "POST", "/allocations/bulk", 422, "project_required", headers=office.api.as_key(),
            json={"pool_id": pool_id, "title": "一批", "lines": [
                {k: v for k, v in body.items() if k != "pool_id"}]},
        )  # fmt: skip

    async def test_needs_the_plan_the_place_and_the_purpose(self, library, office, pool_id, project):
        body = office.allocation_body(pool_id, "10.00", "industry", project_id=project["id"])
        await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "project_not_planned", json=body)
        await library.planned(project)
        for change in ({"purpose": "infrastructure"}, {"region_code": "431081106"}):
            await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "project_not_planned", json=body | change)
        allocation = await office.api.ok("PUT", f"/allocations/{uuid7()}", 201, json=body)
        assert (allocation["project_id"], allocation["project_name"]) == (project["id"], project["name"])
        assert await office.differences(pool_id) == []

    async def test_never_beyond_the_plan_even_by_many_at_once(self, library, office, pool_id, project):
        await library.planned(project)
        body = office.allocation_body(pool_id, "25.00", "industry", project_id=project["id"])
        answers = await asyncio.gather(*(office.api.put(f"/allocations/{uuid7()}", json=body) for _ in range(6)))
        assert sorted(a.status_code for a in answers) == [201, 201, 422, 422, 422, 422]
        refusal = next(a.json() for a in answers if a.status_code == 422)
        assert (refusal["code"], refusal["shortfall"]) == ("project_plan_exceeded", "15.00")
        given = next(a.json() for a in answers if a.status_code == 201)
        await office.reverse(given["id"])
        shown = await library.bureau.ok("GET", f"/projects/{project['id']}")
        assert (shown["allocated"], shown["plan"][0]["allocated"]) == ("25.00", "25.00")
        await office.api.ok("PUT", f"/allocations/{uuid7()}", 201, json=body)
        assert await office.differences(pool_id) == []

    async def test_the_same_request_at_once_draws_once(self, library, office, pool_id, project):
        await library.planned(project)
        body = office.allocation_body(pool_id, "20.00", "industry", project_id=project["id"])
        one = uuid7()
        answers = await asyncio.gather(*(office.api.put(f"/allocations/{one}", json=body) for _ in range(5)))
        assert {a.status_code for a in answers} <= {200, 201}
        assert (await library.bureau.ok("GET", f"/projects/{project['id']}"))["allocated"] == "20.00"

    async def test_in_bulk_too(self, library, office, pool_id, project):
        await library.planned(project)
        await library.switch_on(today().isoformat())
        line = {
            "region_code": VILLAGE, "purpose": "industry", "title": "油茶", "amount": "30.00",
            "project_id": project["id"],
        }  # fmt: skip
        body = {"pool_id": pool_id, "title": "第一批", "lines": [line, line]}
        done = await library.post(office.api, "/allocations/bulk", body)
        assert (done["lines"], done["amount"]) == (2, "60.00")
        await office.api.refused(
            "POST", "/allocations/bulk", 422, "project_plan_exceeded", json=body, headers=office.api.as_key()
        )
        assert await office.differences(pool_id) == []

    async def test_a_funded_project_is_neither_cut_below_nor_taken_out(self, library, office, pool_id, project):
        await library.planned(project)
        body = office.allocation_body(pool_id, "50.00", "industry", project_id=project["id"])
        await office.api.ok("PUT", f"/allocations/{uuid7()}", 201, json=body)
        await library.refused(library.bureau, project, "remove", 409, "project_funded", opinion="不建了")
        less = {"reason": "缩小规模", "financing": [{"source_level": "central", "amount": "49.99"}]}
        await library.bureau.refused(
            "POST", f"/projects/{project['id']}/adjustments", 422, "allocated_already", json=less,
            headers=library.bureau.as_key() | {"If-Match": f'"{project["version"]}"'},
        )  # fmt: skip


class TestPaying:
    async def test_waits_until_the_notice_of_the_allocation_has_ended(self, library, office, pool_id, project):
        await library.planned(project)
        await library.switch_on(today().isoformat())
        body = office.allocation_body(pool_id, "30.00", "industry", project_id=project["id"])
        allocation = await office.api.ok("PUT", f"/allocations/{uuid7()}", 201, json=body)
        assert (allocation["released_on"], allocation["notice_ends_on"] is not None) == (None, True)
        desk = Desk(office)
        payment = await desk.request(allocation["id"], "20.00")
        await desk.approve(payment)
        path = f"/payments/{payment['id']}/payment"
        await desk.maker.refused("POST", path, 409, "notice_still_up", headers=desk.maker.as_key())
        early = f"UPDATE allocation SET paid_fen = 1 WHERE id = '{allocation['id']}'"
        await refuse(office.service, CHECK, "ck_allocation_after_notice", early)
        await library.end_notices()
        assert (await desk.pay(payment))["status"] == "paid"
        shown = await library.bureau.ok("GET", f"/projects/{project['id']}")
        assert shown["allocations"][0]["payable"] is True

    async def test_of_an_allocation_before_the_rule_waits_for_nothing(self, library, office, pool_id):
        allocation = await office.allocate(pool_id, "30.00")
        paid = await Desk(office).paid(allocation["id"], "30.00")
        assert paid["status"] == "paid"


class TestDatabase:
    async def test_refuses_an_allocation_without_a_project_from_the_day_on(self, service, library, office, pool_id):
        allocation = await office.allocate(pool_id, "10.00")
        await library.made_yesterday()
        await library.switch_on(today().isoformat())
        columns = (
            "county_code, region_code, pool_id, year, source_level, document_id, direct, purpose, title, amount_fen,"
            " committed_fen, paid_fen, note, status, created_by, created_by_name, updated_at, version"
        )
        copy = (
            f"INSERT INTO allocation (id, created_at, library_from, {columns}) SELECT gen_random_uuid(), now(),"
            f" {{day}}, {columns} FROM allocation WHERE id = '{allocation['id']}'"
        )
        await refuse(service, CHECK, "ck_allocation_library_project", copy.format(day="library_from"))
        lie = copy.format(day="date '9999-12-31'")
        await refuse(service, asyncpg.ForeignKeyViolationError, "fk_allocation_funding_rule", lie)

    async def test_refuses_a_project_that_is_not_planned(self, service, office, pool_id, project):
        allocation = await office.allocate(pool_id, "10.00")
        columns = (
            "county_code, region_code, pool_id, year, source_level, document_id, direct, purpose, title, amount_fen,"
            " committed_fen, paid_fen, note, status, created_by, created_by_name, created_at, updated_at, version,"
            " library_from"
        )
        sql = (
            f"INSERT INTO allocation (id, project_id, {columns}) SELECT gen_random_uuid(), '{project['id']}', {columns}"
            f" FROM allocation WHERE id = '{allocation['id']}'"
        )
        await refuse(service, asyncpg.ForeignKeyViolationError, "fk_allocation_plan_entry", sql)

    async def test_bounds_what_is_allocated_to_a_project(self, service, library, project):
        await library.planned(project)
        for table, name in (
            ("plan_entry", "ck_plan_entry_within_planned"),
            ("library_entry", "ck_library_entry_within_planned"),
        ):
            await refuse(service, CHECK, name, f"UPDATE {table} SET allocated_fen = planned_fen + 1")
