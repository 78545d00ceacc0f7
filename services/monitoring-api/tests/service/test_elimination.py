"""Eliminating a risk: the same steps, and conditions checked one by one."""

from __future__ import annotations

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
    case = await people.open(card, kind="elimination", difficulty="收入稳定,风险已消除", risks=[])
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
        assert last["before"] == {"class": "marginal", "risks": ["illness"]}
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
        assert {"code": code, "finding": "not_met"} in problem["criteria"]

    async def test_waits_for_a_delivered_measure(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        case = await people.open(card, kind="elimination", difficulty="收入稳定,风险已消除", risks=[])
        income = form("home_verification")["income"] | {"wage": "60000.00"}
        case = await people.step(case, evidence=form("home_verification", income=income))
        case = await people.step(await people.reach(case, "township_review"))
        await people.plan_measure(card["id"])

        problem = await people.refused(case, 422, "criteria_not_met", evidence=determination(*JUDGED))

        assert {"code": "measures_delivered", "finding": "not_met"} in problem["criteria"]

    async def test_of_who_is_not_monitored_is_refused(self, people: People, register: Make) -> None:
        body = {"household_id": (await register())["id"], "kind": "elimination", "difficulty": "风险已消除"}
        path = f"/cases/01a20265-42a2-77f8-a6ed-{HASH[:12]}"

        await people.cadre.refused("PUT", path, 422, "case_not_possible", json=body)


class TestNaturalElimination:
    async def test_goes_straight_to_the_county(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        case = await people.open(card, kind="natural_elimination", difficulty="全家迁出", risks=[])

        await people.refused(case, 422, "criteria_not_met", evidence=determination())
        done = await people.step(case, evidence=determination("nobody_left"))

        assert case["state"] == "county_determination"
        assert done["state"] == "eliminated"
