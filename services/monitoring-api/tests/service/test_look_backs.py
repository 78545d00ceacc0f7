"""Look-backs: made by an elimination, done from a phone, stopped when the risk is back (MON-12)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from monitoring_api.look_backs.rules import turns
from monitoring_api.look_backs.schemas import LookBackRow, UploadedLookBack
from service_kit.clock import today
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import OK, People, eliminated, look_back_body

Make = Callable[..., Any]


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


@pytest.fixture
async def card(people: People, register: Make, monitor: Make) -> Any:
    """A household whose risk was eliminated today."""
    card = await monitor(await register())
    await eliminated(people, card)
    return card


async def listed(people: People, **params: Any) -> Any:
    return await people.cadre.ok("GET", "/look-backs", params=params)


async def let_begin(people: People, count: int = 1, days: int = 60) -> list[str]:
    """Move the whole series into the past, so that ``count`` turns have begun; returns the ids in order."""
    page = await listed(people)
    async with people.service.connection(people.service.superuser_url) as connection:
        await connection.execute("SET search_path = monitoring")
        await connection.execute(
            "UPDATE look_back SET opens_on = opens_on - $1::int, due_on = due_on - $1::int", days * count
        )
    return [row["id"] for row in page["items"]]


class TestSchedule:
    async def test_follows_an_elimination_each_quarter_for_a_year(self, people: People, card: Any) -> None:
        page = await listed(people, with_total=True)

        LookBackRow.model_validate(page["items"][0])
        expected = turns(today(), count=4, months=3)
        assert [date.fromisoformat(row["due_on"]) for row in page["items"]] == [turn.due_on for turn in expected]
        assert [(row["seq"], row["turns"], row["state"]) for row in page["items"]] == [
            (n, 4, "due") for n in (1, 2, 3, 4)
        ]
        assert page["total"] == 4
        assert page["items"][0]["household_id"] == card["id"]

    async def test_stops_when_the_household_is_monitored_again(self, people: People, monitor: Make, card: Any) -> None:
        await monitor(await people.cadre.ok("GET", f"/households/{card['id']}"))

        page = await listed(people)

        assert {(row["state"], row["stop_reason"], row["monitored"]) for row in page["items"]} == {
            ("stopped", "重新纳入监测", True)
        }
        assert page["counts"] == {"overdue": 0, "this_quarter": 0, "later": 0, "done": 0, "stopped": 4}


class TestList:
    async def test_tells_overdue_from_what_is_to_come(self, people: People, card: Any) -> None:
        ids = await let_begin(people, days=120)

        overdue = await listed(people, when="overdue")
        rest = [await listed(people, when=when) for when in ("this_quarter", "later", "done", "stopped")]

        assert [row["id"] for row in overdue["items"]] == ids[:1]
        assert overdue["items"][0]["overdue"] is True
        assert sum(len(page["items"]) for page in rest) == 3
        assert overdue["counts"]["overdue"] == 1

    async def test_takes_two_statements_for_any_number(self, people: People, card: Any) -> None:
        async with people.service.counted_queries() as statements:
            await listed(people)

        assert len([text for text in statements if "look_back" in text]) == 2


class TestReceive:
    async def test_answers_with_a_receipt_and_marks_it_done(self, people: People, card: Any) -> None:
        ids, record = await let_begin(people), uuid7()

        sent = await people.cadre.ok("PUT", f"/look-backs/{ids[0]}/records/{record}", 201, json=look_back_body())
        again = await people.cadre.ok("PUT", f"/look-backs/{ids[0]}/records/{record}", 200, json=look_back_body())

        UploadedLookBack.model_validate(sent)
        assert again["receipt"] == sent["receipt"]
        assert sent["receipt"]["number"].startswith("HT")
        assert (sent["look_back"]["state"], sent["look_back"]["outcome"]) == ("done", "ok")
        assert [r["counts"] for r in again["look_back"]["records"]] == [True]

    async def test_keeps_what_came_back(self, people: People, card: Any) -> None:
        ids = await let_begin(people)
        findings = look_back_body()["findings"] | {"risks": ["illness"]}
        body = look_back_body(findings=findings, outcome="risk_returned")

        sent = await people.cadre.ok("PUT", f"/look-backs/{ids[0]}/records/{uuid7()}", 201, json=body)

        assert sent["look_back"]["outcome"] == "risk_returned"

    async def test_keeps_a_risk_that_only_the_county_names(self, people: People, card: Any) -> None:
        items = [{"code": "illness", "name": "因病"}, {"code": "local_1", "name": "因冻灾"}]
        setting = {"key": "risk_points", "items": items}
        rule = {"value": setting, "valid_from": "2026-01-01", "reason": "县里新增风险点"}
        await people.service.api().ok("PUT", f"/policies/431081/settings/{uuid7()}", 201, json=rule)
        ids = await let_begin(people)
        findings = look_back_body()["findings"] | {"risks": ["local_1"]}
        body = look_back_body(findings=findings, outcome="risk_returned")

        sent = await people.cadre.ok("PUT", f"/look-backs/{ids[0]}/records/{uuid7()}", 201, json=body)

        assert sent["look_back"]["records"][0]["findings"]["risks"] == ["local_1"]

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"outcome": "risk_returned"}, "body.findings.risks"),
            ({"risks": ["illness"]}, "body.outcome"),
            ({"guarantees_ok": OK | {"water": False}}, "body.outcome"),
            ({"risks": ["fate"], "outcome": "risk_returned"}, "body.findings.risks.0"),
            ({"income_stable": False}, "body.findings"),
        ],
    )
    async def test_refuses_what_contradicts_itself(
        self, people: People, card: Any, changes: dict[str, Any], path: str
    ) -> None:
        ids = await let_begin(people)
        outcome = changes.pop("outcome", "ok")
        body = look_back_body(findings=look_back_body()["findings"] | changes, outcome=outcome)

        problem = await people.cadre.refused(
            "PUT", f"/look-backs/{ids[0]}/records/{uuid7()}", 422, "validation_failed", json=body
        )

        assert [error["path"] for error in problem["errors"]] == [path]

    async def test_waits_for_its_time(self, people: People, card: Any) -> None:
        ids = await let_begin(people)

        path = f"/look-backs/{ids[3]}/records/{uuid7()}"
        await people.cadre.refused("PUT", path, 422, "look_back_not_yet", json=look_back_body())

    async def test_with_other_content_or_a_wrong_hash_is_refused(self, people: People, card: Any) -> None:
        ids, record = await let_begin(people), uuid7()
        path = f"/look-backs/{ids[0]}/records/{record}"
        await people.cadre.ok("PUT", path, 201, json=look_back_body())

        other = look_back_body(visited_at="2026-11-21T09:30:00+08:00")
        await people.cadre.refused("PUT", path, 409, "record_conflict", json=other)
        broken = look_back_body() | {"payload_hash": "0" * 64}
        await people.cadre.refused("PUT", path, 422, "hash_mismatch", json=broken)

    async def test_of_another_village_is_not_found(self, people: People, card: Any) -> None:
        ids = await let_begin(people)

        stranger = people.service.api("431081106217", role="village_cadre")
        path = f"/look-backs/{ids[0]}/records/{uuid7()}"
        await stranger.refused("PUT", path, 404, "not_found", json=look_back_body())

    async def test_of_two_at_once_keeps_both_counts_one_and_asks_for_review(self, people: People, card: Any) -> None:
        ids = await let_begin(people)
        other = look_back_body(visited_at="2026-11-21T09:30:00+08:00")

        answers = await asyncio.gather(
            *(
                people.cadre.put(f"/look-backs/{ids[0]}/records/{uuid7()}", json=body)
                for body in (look_back_body(), other)
            )
        )
        found = await people.cadre.ok("GET", f"/look-backs/{ids[0]}")
        page = await listed(people, review=True)

        assert [answer.status_code for answer in answers] == [201, 201]
        assert sorted(record["counts"] for record in found["records"]) == [False, True]
        assert (found["review"], [row["id"] for row in page["items"]]) == ("open", ids[:1])

    async def test_of_two_one_is_chosen_by_a_person(self, people: People, card: Any) -> None:
        ids = await let_begin(people)
        findings = look_back_body()["findings"] | {"risks": ["illness"]}
        bodies = (look_back_body(), look_back_body(findings=findings, outcome="risk_returned"))
        sent = [
            await people.cadre.ok("PUT", f"/look-backs/{ids[0]}/records/{uuid7()}", 201, json=body) for body in bodies
        ]

        choice = {"record_id": sent[1]["receipt"]["id"], "reason": "第二份由驻村工作队核实"}
        path = f"/look-backs/{ids[0]}/settle"
        found = await people.township.ok("POST", path, json=choice, headers=people.township.as_key())

        assert (found["review"], found["outcome"]) == ("settled", "risk_returned")
        assert [record["counts"] for record in found["records"]] == [False, True]


class TestPack:
    async def test_holds_look_backs_whose_time_has_come(self, people: People, card: Any) -> None:
        ids = await let_begin(people)

        pack = await people.cadre.ok("GET", "/packs/431081106226")

        assert [(row["id"], row["household_id"]) for row in pack["look_backs_due"]] == [(ids[0], card["id"])]
        assert [household["id"] for household in pack["households"]] == [card["id"]]
        UUID(pack["look_backs_due"][0]["id"])
