"""Helpers: no household at risk is without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import People, form

Make = Callable[..., Any]


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


class TestAssign:
    async def test_is_needed_before_a_household_is_taken_in(self, people: People, register: Make) -> None:
        case = await people.reach(await people.open(await register()), "county_determination")

        await people.refused(case, 422, "helper_missing")
        await people.name_helper(case["household_id"])
        done = await people.step(case, evidence=form("county_determination"))

        assert done["state"] == "monitored"
        assert done["steps"][-1]["evidence"]["helper_name"] == "周扬"

    async def test_of_another_hands_over_in_the_same_act(self, people: People, register: Make) -> None:
        card = await register()
        first = await people.name_helper(card["id"])
        second = await people.name_helper(card["id"], name="李平")

        history = await people.cadre.ok("GET", "/helpers", params={"household_id": card["id"]})

        assert [row["id"] for row in history] == [second["id"], first["id"]]
        assert history[1]["successor_id"] == second["id"]
        assert [row["until"] is None for row in history] == [True, False]

    async def test_by_several_at_once_leaves_one(self, people: People, register: Make) -> None:
        card = await register()
        bodies = [
            {"household_id": card["id"], "helper": {"id": str(uuid7()), "name": "周扬", "unit": "镇政府"}}
            for _ in range(3)
        ]

        answers = await asyncio.gather(*(people.township.put(f"/helpers/{uuid7()}", json=body) for body in bodies))

        assert [answer.status_code for answer in answers] == [201] * 3
        history = await people.cadre.ok("GET", "/helpers", params={"household_id": card["id"]})
        assert sum(row["until"] is None for row in history) == 1

    async def test_elsewhere_or_without_the_permission_is_refused(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        card = await register()
        body = {"household_id": card["id"], "helper": {"id": str(uuid7()), "name": "周扬", "unit": "镇政府"}}

        await service.api("431081105").refused("PUT", f"/helpers/{uuid7()}", 404, "not_found", json=body)
        reader = service.api(permissions=["monitoring.helpers:read"])
        await reader.refused("PUT", f"/helpers/{uuid7()}", 403, "forbidden", json=body)


class TestRelease:
    async def test_waits_until_no_risk_remains(self, people: People, register: Make, monitor: Make) -> None:
        card = await register()
        helper = await people.name_helper(card["id"])
        await monitor(card)
        path, body = f"/helpers/{helper['id']}/release", {"reason": "调离本镇"}
        api = people.township

        await api.refused("POST", path, 422, "helper_needed", headers=api.as_key(), json=body)
        successor = await people.name_helper(card["id"], name="李平")
        await api.refused("POST", path, 409, "helper_ended", headers=api.as_key(), json=body)

        assert successor["until"] is None

    async def test_ends_the_duty_for_a_household_without_risk(self, people: People, register: Make) -> None:
        helper = await people.name_helper((await register())["id"])

        released = await people.township.ok(
            "POST", f"/helpers/{helper['id']}/release", headers=people.township.as_key(), json={"reason": "风险已消除"}
        )

        assert (released["release_reason"], released["until"] is None) == ("风险已消除", False)

    @pytest.mark.parametrize(
        ("statement", "error"),
        [
            ("UPDATE helper_assignment SET until = current_date", asyncpg.CheckViolationError),
            ("UPDATE helper_assignment SET until = current_date, successor_id = id", asyncpg.CheckViolationError),
            ("DELETE FROM helper_assignment", asyncpg.InsufficientPrivilegeError),
        ],
    )
    async def test_cannot_be_had_from_the_database(
        self, service: ServiceUnderTest, people: People, register: Make, statement: str, error: type[Exception]
    ) -> None:
        await people.name_helper((await register())["id"])

        async with service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            with pytest.raises(error):
                await connection.execute(statement)


class TestHandOver:
    async def test_moves_all_households_and_the_workload(self, people: People, register: Make, monitor: Make) -> None:
        leaver, stayer = uuid7(), uuid7()
        for household in [await register() for _ in range(3)]:
            await people.name_helper(household["id"], leaver)
        monitored = await register()
        await people.name_helper(monitored["id"], stayer, name="李平")
        await monitor(monitored)
        body = {"from_id": str(leaver), "to": {"id": str(stayer), "name": "李平", "unit": "镇政府"}, "reason": "调离"}

        before = await people.township.ok("GET", "/helpers/workload", params={"limit": 1})
        rest = await people.township.ok("GET", "/helpers/workload", params={"cursor": before["next"]})
        moved = await people.township.ok("POST", "/helpers/handover", headers=people.township.as_key(), json=body)
        after = await people.township.ok("GET", "/helpers/workload")

        assert [(row["households"], row["monitored"]) for row in before["items"] + rest["items"]] == [(3, 0), (1, 1)]
        assert moved == {"households": 3}
        assert [(UUID(row["helper_id"]), row["households"]) for row in after["items"]] == [(stayer, 4)]

    async def test_reaches_no_further_than_the_region(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        leaver = uuid7()
        await people.name_helper((await register())["id"], leaver)
        body = {"from_id": str(leaver), "to": {"id": str(uuid7()), "name": "李平", "unit": "镇政府"}, "reason": "调离"}
        other = service.api("431081105")

        assert await other.ok("POST", "/helpers/handover", headers=other.as_key(), json=body) == {"households": 0}
