"""Assistance plans: begun with the monitoring, filled from packages, confirmed with a backstop (MON-10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from monitoring_api.assistance.schemas import HouseholdAssistance, MeasurePage, PlanPage
from service_kit.calendar import add_working_days
from service_kit.clock import today
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import People, measure_body

Make = Callable[..., Any]

NO_LABOUR = {"labour_ability": "none"}


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


@pytest.fixture
def without_labour(household_body: Make, member_body: Make, register: Make, monitor: Make) -> Make:
    """A monitored household in which nobody can work."""

    async def make() -> Any:
        members = [member | NO_LABOUR for member in household_body()["members"]]
        return await monitor(await register(members=members))

    return make


async def assistance(people: People, card: dict[str, Any]) -> Any:
    return await people.cadre.ok("GET", f"/households/{card['id']}/assistance")


async def plan_of(people: People, card: dict[str, Any]) -> dict[str, Any]:
    plan: dict[str, Any] = (await assistance(people, card))["plan"]
    return plan


def versioned(people: People, record: dict[str, Any]) -> dict[str, str]:
    return people.cadre.as_key() | {"If-Match": f'"{record["version"]}"'}


async def confirmed(people: People, card: dict[str, Any]) -> Any:
    plan = await plan_of(people, card)
    body = {"goal": "住院费用有保障,年底前风险消除"}
    headers = versioned(people, plan)
    return await people.township.post(f"/assistance-plans/{plan['id']}/confirm", json=body, headers=headers)


class TestBegin:
    async def test_comes_with_the_monitoring_and_its_limit(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())

        found = await assistance(people, card)

        HouseholdAssistance.model_validate(found)
        plan = found["plan"]
        assert (plan["state"], plan["urgency"], plan["since"]) == ("draft", "in_time", "2026-03-01")
        assert plan["due_on"] == add_working_days(today(), 10).isoformat()
        assert [s["title"] for s in plan["suggestions"]] == [
            "参保资助与三重医疗保障",
            "家庭医生签约与大病专项救治",
            "临时救助",
        ]

    async def test_ends_with_it_and_begins_anew(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        cleared = await monitor(card, **{"monitored": False, "class": None, "risks": [], "since": None})
        before = await assistance(people, card)
        await monitor(cleared, since="2026-11-20")

        after = await assistance(people, card)

        assert (before["plan"], [row["state"] for row in before["earlier"]]) == (None, ["closed"])
        assert (after["plan"]["state"], len(after["earlier"])) == ("draft", 1)

    async def test_goes_on_when_its_end_was_a_mistake(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        await people.deliver_measure(card["id"])
        cleared = await monitor(card, **{"monitored": False, "class": None, "risks": [], "since": None})
        await monitor(cleared)

        after = await assistance(people, card)

        assert (after["plan"]["state"], after["plan"]["delivered"], after["earlier"]) == ("draft", 1, [])

    async def test_overdue_is_listed(self, people: People, register: Make, monitor: Make) -> None:
        late, in_time = await monitor(await register()), await monitor(await register())
        async with people.service.connection(people.service.superuser_url) as connection:
            await connection.execute("SET search_path = monitoring")
            await connection.execute(
                "UPDATE assistance_plan SET due_on = due_on - 60 WHERE household_id = $1", UUID(late["id"])
            )

        page = await people.cadre.ok("GET", "/assistance-plans", params={"state": "overdue", "with_total": True})
        first = await people.cadre.ok("GET", "/assistance-plans", params={"limit": 1})
        rest = await people.cadre.ok("GET", "/assistance-plans", params={"limit": 1, "cursor": first["next"]})

        PlanPage.model_validate(page)
        assert [(row["household_id"], row["urgency"]) for row in page["items"]] == [(late["id"], "overdue")]
        assert [row["household_id"] for row in first["items"] + rest["items"]] == [late["id"], in_time["id"]]
        assert page["counts"] == {"draft": 2, "overdue": 1, "confirmed": 0, "backstop_missing": 0}

    async def test_list_takes_two_statements_for_any_number(
        self, people: People, register: Make, monitor: Make
    ) -> None:
        for _ in range(3):
            await monitor(await register())

        async with people.service.counted_queries() as statements:
            await people.cadre.ok("GET", "/assistance-plans")

        assert len([text for text in statements if "assistance_plan" in text]) == 2


class TestMeasures:
    async def test_come_from_the_packages(self, people: People, register: Make, monitor: Make) -> None:
        plan = await plan_of(people, await monitor(await register()))
        chosen = [{"type": s["type"], "title": s["title"]} for s in plan["suggestions"]][:2]
        body = {"chosen": chosen, "planned_from": "2026-11-22", "planned_to": "2027-03-31"}
        path = f"/assistance-plans/{plan['id']}/suggestions"

        after = await people.cadre.ok("POST", path, json=body, headers=people.cadre.as_key())
        again = await people.cadre.ok("POST", path, json=body, headers=people.cadre.as_key())

        assert [m["title"] for m in after["measure_list"]] == [c["title"] for c in chosen]
        assert (again["measures"], len(again["suggestions"])) == (2, 1)
        wrong = body | {"chosen": [{"type": "water", "title": "打井"}]}
        problem = await people.cadre.refused(
            "POST", path, 422, "validation_failed", json=wrong, headers=people.cadre.as_key()
        )
        assert problem["errors"][0]["path"] == "body.chosen.0"

    async def test_are_planned_once_under_one_id(self, people: People, register: Make, monitor: Make) -> None:
        plan = await plan_of(people, await monitor(await register()))
        path = f"/assistance-plans/{plan['id']}/measures/{uuid7()}"

        answers = await asyncio.gather(*(people.cadre.put(path, json=measure_body()) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        await people.cadre.refused("PUT", path, 409, "already_exists", json=measure_body(title="其他"))

    async def test_are_delivered_with_amount_evidence_and_result(
        self, people: People, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register())
        done = await people.deliver_measure(card["id"])
        await people.plan_measure(card["id"], planned_to="2026-11-01", department="民政局")

        page = await people.cadre.ok("GET", "/measures", params={"with_total": True})
        late = await people.cadre.ok("GET", "/measures", params={"state": "overdue", "department": "民政局"})
        result = {"result": "报销后自付降至三成"}
        changed = await people.cadre.ok(
            "PATCH", f"/measures/{done['id']}", json=result, headers=versioned(people, done)
        )

        MeasurePage.model_validate(page)
        assert (done["state"], done["delivered_amount"], done["evidence"]) == ("delivered", "500.00", "银行回单")
        assert page["counts"] == {
            "planned": 1,
            "overdue": 1,
            "delivered": 1,
            "cancelled": 0,
            "amount": "1000.00",
            "delivered_amount": "500.00",
        }
        assert [row["urgency"] for row in late["items"]] == ["overdue"]
        assert changed["result"] == "报销后自付降至三成"
        path = f"/measures/{done['id']}"
        headers = versioned(people, changed)
        await people.cadre.refused("PATCH", path, 422, "measure_not_possible", json={"amount": "1.00"}, headers=headers)

    async def test_stale_version_is_refused(self, people: People, register: Make, monitor: Make) -> None:
        measure = await people.plan_measure((await monitor(await register()))["id"])
        headers = versioned(people, measure)
        await people.cadre.ok("PATCH", f"/measures/{measure['id']}", json={"amount": "9.00"}, headers=headers)

        problem = await people.cadre.refused(
            "PATCH", f"/measures/{measure['id']}", 412, "version_mismatch", json={"amount": "8.00"}, headers=headers
        )

        assert problem["current"]["amount"] == "9.00"


class TestConfirm:
    async def test_freezes_the_risks_that_it_answers(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        empty = await confirmed(people, card)
        await people.plan_measure(card["id"])

        answer = await confirmed(people, card)
        await monitor(await people.cadre.ok("GET", f"/households/{card['id']}"), risks=["illness", "schooling"])
        later = await plan_of(people, card)

        assert (empty.status_code, empty.json()["code"]) == (422, "plan_not_possible")
        assert (answer.json()["state"], answer.json()["labour_people"]) == ("confirmed", 2)
        assert (later["confirmed_risks"], later["risks_changed"]) == (["illness"], True)

    async def test_of_a_household_without_labour_needs_the_backstop(self, people: People, without_labour: Make) -> None:
        card = await without_labour()
        await people.plan_measure(card["id"])
        page = await people.cadre.ok("GET", "/assistance-plans", params={"state": "backstop_missing"})

        refused = await confirmed(people, card)
        await people.plan_measure(card["id"], type="social_security", title="低保")
        answer = await confirmed(people, card)

        assert [row["household_id"] for row in page["items"]] == [card["id"]]
        assert (refused.status_code, refused.json()["code"]) == (422, "backstop_needed")
        assert (answer.status_code, answer.json()["labour_people"]) == (200, 0)
        assert [m["backstop"] for m in answer.json()["measure_list"]].count(True) == 1

    async def test_keeps_its_backstop_until_another_takes_its_place(self, people: People, without_labour: Make) -> None:
        card = await without_labour()
        first = await people.plan_measure(card["id"], type="social_security", title="低保")
        assert (await confirmed(people, card)).status_code == 200
        cancel = {"reason": "政策调整,不再享受"}
        path = f"/measures/{first['id']}/cancel"

        await people.cadre.refused("POST", path, 422, "backstop_needed", json=cancel, headers=versioned(people, first))
        await people.plan_measure(card["id"], type="social_security", title="特困供养")
        cancelled = await people.cadre.ok("POST", path, json=cancel, headers=versioned(people, first))

        assert cancelled["state"] == "cancelled"
        plan = await plan_of(people, card)
        assert [m["title"] for m in plan["measure_list"] if m["backstop"]] == ["特困供养"]

    async def test_without_backstop_cannot_be_stored(self, people: People, without_labour: Make) -> None:
        card = await without_labour()
        measure = await people.plan_measure(card["id"])

        async with people.service.connection() as connection:
            for change, constraint in (
                ("labour_people = 0", "ck_assistance_plan_backstop"),
                (
                    f"labour_people = 0, backstop_id = '{measure['id']}', backstop_type = 'social_security',"
                    " backstop_kept = true",
                    "fk_assistance_plan_backstop",
                ),
            ):
                await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
                with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=constraint):
                    await connection.execute(
                        "UPDATE assistance_plan SET state = 'confirmed', confirmed_at = now(), confirmed_by = id,"
                        f" confirmed_by_name = 'x', confirmed_risks = '{{}}', {change}"
                    )
                await connection.execute("ROLLBACK")

    async def test_counts_labour_as_it_is_while_a_member_changes(
        self, people: People, without_labour: Make, member_body: Make
    ) -> None:
        # Two acts at once on one household: the last able member is lost while the plan is confirmed.
        card = await without_labour()
        member = card["members"][1]
        path = f"/households/{card['id']}/members/{member['id']}"
        await people.cadre.ok(
            "PATCH", path, json={"labour_ability": "ordinary"}, headers={"If-Match": str(member["version"])}
        )
        await people.plan_measure(card["id"])
        lost = people.cadre.patch(
            path, json={"labour_ability": "lost"}, headers={"If-Match": str(member["version"] + 1)}
        )

        answer, change = await asyncio.gather(confirmed(people, card), lost)

        plan = await plan_of(people, card)
        assert change.status_code == 200
        assert (answer.status_code, plan["state"]) in {(200, "confirmed"), (422, "draft")}
        assert plan["backstop_missing"] is True

    async def test_is_not_for_a_village(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        permissions = people.service.all_permissions() - {"monitoring.assistance:confirm"}
        cadre = people.service.api("431081106226", permissions=permissions)
        plan = await plan_of(people, card)

        path = f"/assistance-plans/{plan['id']}/confirm"
        body = {"goal": "年底前风险消除"}
        await cadre.refused("POST", path, 403, "forbidden", json=body, headers=versioned(people, plan))
