"""Eliminating a risk: the same steps, and conditions checked one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.testing import ServiceUnderTest

from .casework import HASH, OK, People, form

Make = Callable[..., Any]

JUDGED = ["income_stable", "expense_solved"]


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


async def verified(people: People, card: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An elimination case that waits for the county; ``changes`` are those of the home verification."""
    case = await people.open(card, kind="elimination", difficulty="收入稳定，风险已消除", risks=[])
    income = form("home_verification")["income"] | {"wage": "60000.00"}
    evidence = form("home_verification", **({"income": income} | changes))
    return await people.reach(await people.step(case, evidence=evidence), "county_determination")


def determination(*confirmed: str) -> dict[str, Any]:
    changes = {"class": None, "risks": [], "confirmed": list(confirmed)}
    return form("county_determination", **changes)


class TestElimination:
    async def test_ends_the_monitoring_when_all_conditions_are_met(
        self, people: People, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register())
        case = await verified(people, card)

        await people.refused(case, 422, "criteria_not_met", evidence=determination())
        done = await people.step(case, evidence=determination(*JUDGED))

        household = await people.cadre.ok("GET", f"/households/{card['id']}")
        assert (done["state"], household["monitored"]) == ("eliminated", False)
        last = done["steps"][-1]["evidence"]
        assert last["before"] == {"class": "marginal", "risks": ["illness"], "since": "2026-03-01"}
        assert {c["code"]: c["finding"] for c in last["criteria"]}["enrolled_long_enough"] == "met"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"income": form("home_verification")["income"]}, "income_above_line"),
            ({"guarantees_ok": OK | {"water": False}}, "guarantees_safe"),
        ],
    )
    async def test_waits_while_a_condition_is_not_met(
        self, people: People, register: Make, monitor: Make, changes: Any, code: str
    ) -> None:
        case = await verified(people, await monitor(await register()), **changes)

        problem = await people.refused(case, 422, "criteria_not_met", evidence=determination(*JUDGED, code))

        assert [error["path"].rsplit(".", 1)[1] for error in problem["errors"]] == [code]
        assert {c["code"]: c["finding"] for c in problem["criteria"]}[code] == "not_met"

    async def test_waits_for_a_delivered_measure(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        case = await people.open(card, kind="elimination", difficulty="收入稳定，风险已消除", risks=[])
        income = form("home_verification")["income"] | {"wage": "60000.00"}
        case = await people.step(case, evidence=form("home_verification", income=income))
        case = await people.step(await people.reach(case, "township_review"))
        await people.plan_measure(card["id"])

        problem = await people.refused(case, 422, "criteria_not_met", evidence=determination(*JUDGED))

        assert problem["criteria"][-1] == {
            "code": "measures_delivered",
            "finding": "not_met",
            "basis": {"measures": 1, "delivered": 0},
        }

    async def test_of_who_is_not_monitored_is_refused(self, people: People, register: Make) -> None:
        body = {"household_id": (await register())["id"], "kind": "elimination", "difficulty": "风险已消除"}
        path = f"/cases/01a20265-42a2-77f8-a6ed-{HASH[:12]}"

        await people.cadre.refused("PUT", path, 422, "case_not_possible", json=body)


class TestCriteria:
    async def test_are_shown_one_by_one_with_what_they_rest_on(
        self, people: People, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register())
        before = await people.cadre.ok("GET", f"/households/{card['id']}/elimination-criteria")
        case = await verified(people, card, guarantees_ok=OK | {"water": False})

        found = {c["code"]: c for c in await people.county.ok("GET", f"/cases/{case['id']}/criteria")}

        assert {c["code"]: c["finding"] for c in before} == {
            "income_above_line": "needs_human",
            "guarantees_safe": "met",
            "enrolled_long_enough": "met",
            "has_labour": "met",
            "income_stable": "needs_human",
            "expense_solved": "needs_human",
            "measures_delivered": "not_met",
        }
        assert found["income_above_line"]["finding"] == "met"
        assert found["income_above_line"]["basis"]["line"] == "8500.00"
        assert found["guarantees_safe"] == {
            "code": "guarantees_safe",
            "finding": "not_met",
            "basis": {"unsafe": ["water"]},
        }

    async def test_of_who_is_not_monitored_are_refused(self, people: People, register: Make) -> None:
        card = await register()
        case = await people.open(card)

        await people.cadre.refused("GET", f"/households/{card['id']}/elimination-criteria", 422, "case_not_possible")
        await people.cadre.refused("GET", f"/cases/{case['id']}/criteria", 422, "case_not_possible")


@pytest.fixture
def eliminated(people: People, register: Make, monitor: Make) -> Make:
    """A household whose risk was eliminated, with its case."""

    async def make() -> tuple[dict[str, Any], dict[str, Any]]:
        card = await monitor(await register())
        await people.name_helper(card["id"])
        case = await people.step(await verified(people, card), evidence=determination(*JUDGED))
        return card, case

    return make


class TestAfterElimination:
    async def reverse(self, people: People, case: dict[str, Any], act: str, by: Any = None, **body: Any) -> Any:
        api = by or people.county
        headers = api.as_key() | {"If-Match": f'"{case["version"]}"'}
        return await api.post(f"/cases/{case['id']}/{act}", headers=headers, json={"opinion": "复核发现有误"} | body)

    async def test_a_rollback_puts_the_household_back_as_it_was(
        self, service: ServiceUnderTest, people: People, eliminated: Make
    ) -> None:
        card, case = await eliminated()

        answer = await self.reverse(people, case, "rollback")

        after = answer.json()
        household = await people.cadre.ok("GET", f"/households/{card['id']}")
        assert (answer.status_code, after["state"], after["may"]) == (200, "rolled_back", [])
        assert [household[k] for k in ("monitored", "monitored_class", "risks", "monitored_since")] == [
            card[k] for k in ("monitored", "monitored_class", "risks", "monitored_since")
        ]
        assert after["steps"][-1]["action"] == "rollback"
        async with service.connection() as connection:
            told = await connection.fetchval("SELECT count(*) FROM outbox_event WHERE subject = $1", card["id"])
        assert told >= 3

    async def test_a_re_mark_is_a_new_risk_from_today(self, people: People, eliminated: Make) -> None:
        card, case = await eliminated()

        answer = await self.reverse(people, case, "remark", **{"class": "sudden_hardship", "risks": ["disaster"]})

        household = await people.cadre.ok("GET", f"/households/{card['id']}")
        assert answer.json()["state"] == "remarked"
        assert household["monitored_class"] == "sudden_hardship"
        assert household["risks"] == ["disaster"]
        assert household["monitored_since"] > card["monitored_since"]

    async def test_is_for_whom_the_policy_names(self, people: People, eliminated: Make) -> None:
        _, case = await eliminated()

        refused = [await self.reverse(people, case, "rollback", by) for by in (people.cadre, people.township)]

        assert [answer.json()["code"] for answer in refused] == ["step_not_yours"] * 2
        assert (await people.county.ok("GET", f"/cases/{case['id']}"))["may"] == ["rollback", "remark"]
        assert (await people.township.ok("GET", f"/cases/{case['id']}"))["may"] == []

    async def test_happens_once(self, people: People, eliminated: Make) -> None:
        _, case = await eliminated()

        answers = await asyncio.gather(
            self.reverse(people, case, "rollback"),
            self.reverse(people, case, "remark", **{"class": "marginal", "risks": ["illness"]}),
            self.reverse(people, case, "rollback"),
        )

        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        again = await self.reverse(people, case | {"version": case["version"] + 1}, "rollback")
        assert again.json()["code"] == "step_not_possible"

    async def test_needs_somebody_to_help(self, people: People, eliminated: Make) -> None:
        card, case = await eliminated()
        [helper] = await people.cadre.ok("GET", "/helpers", params={"household_id": card["id"]})
        api = people.township
        await api.ok("POST", f"/helpers/{helper['id']}/release", headers=api.as_key(), json={"reason": "任务完成"})

        assert (await self.reverse(people, case, "rollback")).json()["code"] == "helper_missing"

    async def test_waits_while_another_case_is_open_or_the_household_is_monitored(
        self, people: People, eliminated: Make
    ) -> None:
        card, case = await eliminated()
        new = await people.open(card)

        while_open = await self.reverse(people, case, "rollback")
        await people.reach(new, "monitored")
        afterwards = await self.reverse(people, case, "rollback")

        assert while_open.json()["code"] == "case_exists"
        assert afterwards.json()["code"] == "case_not_possible"


class TestNaturalElimination:
    async def test_goes_straight_to_the_county(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        case = await people.open(card, kind="natural_elimination", difficulty="全家迁出", risks=[])

        await people.refused(case, 422, "criteria_not_met", evidence=determination())
        done = await people.step(case, evidence=determination("nobody_left"))

        assert case["state"] == "county_determination"
        assert done["state"] == "eliminated"
