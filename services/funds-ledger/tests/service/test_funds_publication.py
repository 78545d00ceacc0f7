"""Days of notices, and notices of allocations that nothing waits for (FND-7)."""

from __future__ import annotations

import pytest
from service_kit.clock import today
from service_kit.ids import uuid7

from .library import Library


@pytest.fixture
def library(service) -> Library:
    return Library(service)


class TestNoticeOfAnAllocation:
    async def test_has_a_period_without_the_library_rule_and_is_closed_when_it_ended_clear(self, library, office):
        pool_id = await office.open_pool("1000.00")
        allocation = await office.allocate(pool_id, "1.00")
        objected = await office.allocate(pool_id, "2.00", title="有异议的村道")
        board = await office.api.ok("GET", "/public/notices", params={"kind": "funds.allocation"})
        assert {row["ends_on"] is None for row in board["items"]} == {False}
        assert await self.counts(library) == (2, 0)

        async def close() -> tuple[int, int]:
            done = await library.post(library.finance, "/publication/closings")
            return done["closed"], done["left"]

        assert await close() == (0, 0)
        notice = next(row for row in board["items"] if "有异议的村道" in row["title"])
        await self.object(library, notice["id"])
        await library.end_notices()
        waiting = (await self.report(library))["waiting"]
        assert [(row["act"], row["over"]) for row in waiting] == [("allocation", True)] * 2
        assert await close() == (1, 1)
        assert await close() == (0, 1)
        assert await self.counts(library) == (0, 1)
        paid = await office.api.ok("GET", f"/allocations/{allocation['id']}")
        assert (paid["notice_ends_on"], paid["released_on"]) == (None, None)
        await office.reverse(objected["id"])
        assert (await self.report(library))["waiting"] == []

    async def test_closing_releases_what_waits_for_it(self, library, office):
        project = await library.entered()
        await library.planned(project)
        pool_id = await office.open_pool("1000.00")
        await library.switch_on(today().isoformat())
        allocation = await office.allocate(pool_id, "10.00", "industry", project_id=project["id"])
        await library.end_notices()
        assert (await library.post(library.finance, "/publication/closings"))["closed"] == 1
        shown = await office.api.ok("GET", f"/allocations/{allocation['id']}")
        assert shown["released_on"] == today().isoformat()

    async def report(self, library: Library) -> dict:
        return await library.finance.ok("GET", "/publication/coverage", params={"year": 2026})

    async def counts(self, library: Library) -> tuple[int, int]:
        acts = {row["act"]: row for row in (await self.report(library))["acts"]}
        return acts["allocation"]["showing"], acts["allocation"]["ended_clear"]

    async def object(self, library: Library, notice_id: str) -> None:
        anonymous = library.service.anonymous()
        body = {"county_code": "431081", "name": "何明", "phone": "13800138000", "statement": "金额与会议定的不一致"}
        await anonymous.ok(
            "POST", f"/public/notices/{notice_id}/objections", 201, json=body, headers=anonymous.as_key()
        )


class TestDays:
    async def test_a_county_sets_its_own_and_sees_which_are_in_force(self, library):
        async def put(days: int, day: str, status: int = 201) -> dict:
            body = {"region_code": "431081", "act": "allocation", "effective_on": day, "days": days, "basis": "县文件"}
            return await library.finance.ok("PUT", f"/publication/rules/{uuid7()}", status, json=body)

        assert (await put(7, "2026-01-01"))["standing"] == "in_force"
        assert (await put(8, "2026-01-01"))["revision"] == 2
        assert (await put(15, "2099-01-01"))["standing"] == "to_come"
        listed = await library.finance.ok("GET", "/publication/rules", params={"limit": 50})
        own = [(r["days"], r["standing"], r["region_name"]) for r in listed["items"] if r["region_code"] == "431081"]
        assert own == [(15, "to_come", "资兴市"), (8, "in_force", "资兴市"), (7, "replaced", "资兴市")]
        preset = [row["standing"] for row in listed["items"] if row["region_code"] == ""]
        assert preset == ["in_force"] * 6
        body = {"region_code": "43", "act": "allocation", "effective_on": "2026-01-01", "days": 7, "basis": "省文件"}
        await library.finance.refused("PUT", f"/publication/rules/{uuid7()}", 403, "region_out_of_scope", json=body)
