"""People, forms and walks for tests of casework."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import orjson
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

STAGES = ("application", "home_verification", "village_review", "notice", "township_review", "county_determination")
HASH = "ab" * 32
OK = dict.fromkeys(("food", "clothing", "education", "medical", "dwelling", "water"), True)


def form(stage: str, **changes: Any) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "application": {"difficulty": "补充说明:住院花费很大", "risks": ["illness"]},
        "home_verification": {
            "visited_on": "2026-11-10",
            "income": {
                "wage": "12000.00",
                "business": "-500.00",
                "property": "0",
                "transfer": "3000.00",
                "rigid_expense": "4500.01",
            },
            "guarantees_ok": OK,
            "risks": ["illness"],
            "consent": {"signed_by": "张伟明", "signed_on": "2026-11-10", "sha256": HASH},
            "photos": [HASH],
            "location": {"lat": 25.9, "lng": 113.2, "accuracy": 8},
        },
        "village_review": {
            "met_on": "2026-11-11",
            "chair": "李主任",
            "attendees": 15,
            "votes_for": 13,
            "votes_against": 1,
            "abstained": 1,
            "record": "经民主评议,同意",
        },
        "notice": {"place": "村务公开栏"},
        "township_review": {"checked_on": "2026-11-12", "method": "documents"},
        "county_determination": {
            "compared_on": "2026-11-13",
            "departments": ["民政", "医保"],
            "class": "marginal",
            "risks": ["illness"],
        },
    }
    return {"form": stage} | forms[stage] | changes


def measure_body(**changes: Any) -> dict[str, Any]:
    return {
        "type": "health",
        "title": "大病救治",
        "department": "卫生健康局",
        "planned_from": "2026-11-01",
        "planned_to": "2026-12-31",
        "amount": "500.00",
    } | changes


class People:
    """One of each role in Zixing, and what they do."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.ids = {role: uuid7() for role in ("village_cadre", "township", "bureau")}
        self.cadre = service.api("431081106226", role="village_cadre", name="陈支书", user_id=self.ids["village_cadre"])
        self.township = service.api("431081106", role="township", name="黄干事", user_id=self.ids["township"])
        self.county = service.api("431081", role="bureau", name="刘科长", user_id=self.ids["bureau"])

    def of(self, stage: str) -> Api:
        return {"township_review": self.township, "county_determination": self.county}.get(stage, self.cadre)

    async def open(self, household: dict[str, Any], case_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
        body = {"household_id": household["id"], "difficulty": "因病住院,支出很大", "risks": ["illness"]} | changes
        answer: dict[str, Any] = await self.cadre.ok("PUT", f"/cases/{case_id or uuid7()}", 201, json=body)
        return answer

    async def name_helper(self, household_id: str, helper_id: UUID | None = None, name: str = "周扬") -> dict[str, Any]:
        helper = {"id": str(helper_id or uuid7()), "name": name, "unit": "州门司镇政府"}
        body = {"household_id": household_id, "helper": helper}
        answer: dict[str, Any] = await self.township.ok("PUT", f"/helpers/{uuid7()}", 201, json=body)
        return answer

    async def send(self, case: dict[str, Any], by: Api | None = None, **body: Any) -> Any:
        """The bare answer to a step from where ``case`` stands."""
        api = by or self.of(case["state"])
        body = {"stage": case["state"], "action": "complete", "opinion": "情况属实"} | body
        if body["action"] == "complete" and "evidence" not in body:
            body["evidence"] = form(body["stage"])
        headers = api.as_key() | {"If-Match": f'"{case["version"]}"'}
        return await api.post(f"/cases/{case['id']}/steps", json=body, headers=headers)

    async def step(self, case: dict[str, Any], by: Api | None = None, **body: Any) -> dict[str, Any]:
        answer = await self.send(case, by, **body)
        assert answer.status_code == 200, answer.text
        after: dict[str, Any] = answer.json()
        return after

    async def refused(self, case: dict[str, Any], status: int, code: str, by: Api | None = None, **body: Any) -> Any:
        answer = await self.send(case, by, **body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        return answer.json()

    async def reach(self, case: dict[str, Any], state: str) -> dict[str, Any]:
        """Complete steps until ``state``; notices are made old enough to end."""
        while case["state"] != state:
            if case["state"] == "notice":
                await self.let_notice_end(case)
            if case["state"] == "county_determination":
                await self.name_helper(case["household_id"])
            if case["state"] == "township_review" and case["kind"] == "elimination":
                await self.deliver_measure(case["household_id"])
            case = await self.step(case)
        return case

    async def deliver_measure(self, household_id: str, **changes: Any) -> dict[str, Any]:
        """Plan a measure for a monitored household and deliver it."""
        measure = await self.plan_measure(household_id, **changes)
        body = {"delivered_on": "2026-11-20", "amount": "500.00", "evidence": "银行回单"}
        headers = self.cadre.as_key() | {"If-Match": f'"{measure["version"]}"'}
        path = f"/measures/{measure['id']}/delivery"
        delivered: dict[str, Any] = await self.cadre.ok("POST", path, json=body, headers=headers)
        return delivered

    async def plan_measure(self, household_id: str, **changes: Any) -> dict[str, Any]:
        assistance = await self.cadre.ok("GET", f"/households/{household_id}/assistance")
        path = f"/assistance-plans/{assistance['plan']['id']}/measures/{uuid7()}"
        measure: dict[str, Any] = await self.cadre.ok("PUT", path, 201, json=measure_body(**changes))
        return measure

    async def let_notice_end(self, case: dict[str, Any]) -> None:
        async with self.service.connection(self.service.superuser_url) as connection:
            await connection.execute("SET search_path = monitoring")
            await connection.execute(
                "UPDATE case_notice SET starts_on = starts_on - 20, ends_on = ends_on - 20 WHERE case_id = $1",
                UUID(case["id"]),
            )


def sealed(body: dict[str, Any]) -> dict[str, Any]:
    """A body as a phone sends it: with the hash of its canonical JSON."""
    content = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return body | {"payload_hash": hashlib.sha256(content).hexdigest()}


def field_body(**changes: Any) -> dict[str, Any]:
    """What every record from a phone says of itself, not yet sealed."""
    return {
        "visited_at": "2026-11-20T09:30:00+08:00",
        "device_clock": {"sent_at": "2026-11-20T18:00:00+08:00", "offset_ms": -1200},
        "form_version": 1,
        "location": None,
    } | changes


def look_back_body(**changes: Any) -> dict[str, Any]:
    findings = {"income_stable": True, "income_note": "", "guarantees_ok": OK, "risks": [], "note": "一切正常"}
    return sealed(field_body(**({"findings": findings, "outcome": "ok"} | changes)))


def sweep_body(household_id: str, **changes: Any) -> dict[str, Any]:
    """「无变化」 unless ``changes`` say otherwise."""
    body = {"household_id": household_id, "unchanged": True, "findings": None, "problems": []}
    return sealed(field_body(**(body | changes)))


SWEPT = {"income_changed": False, "income_note": "", "guarantees_ok": OK, "risks": [], "note": ""}
"""Findings of a household where something is to be said."""


async def eliminated(people: People, card: dict[str, Any]) -> dict[str, Any]:
    """The elimination of a monitored household's risk, to its end."""
    case = await people.open(card, kind="elimination", difficulty="收入稳定，风险已消除", risks=[])
    income = form("home_verification")["income"] | {"wage": "60000.00"}
    case = await people.step(case, evidence=form("home_verification", income=income))
    case = await people.reach(case, "county_determination")
    judged = ["income_stable", "expense_solved"]
    return await people.step(
        case, evidence=form("county_determination", **{"class": None, "risks": [], "confirmed": judged})
    )
