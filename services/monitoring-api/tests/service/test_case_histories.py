"""Random histories by anybody from anywhere: what must hold of a case holds after every one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from monitoring_api.casework import rules
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

from .casework import STAGES, People, form

Make = Callable[..., Any]

WHO = [
    ("village_cadre", "431081106226"),
    ("village_cadre", "431081106217"),
    ("township", "431081106"),
    ("township", "431081105"),
    ("bureau", "431081"),
    ("bureau", "431003"),
    ("auditor", "431081"),
]
ACTS = ("complete", "complete", "complete", "return", "refuse", "withdraw", "open", "objection", "end_notice", "helper")

acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.one_of(st.none(), st.sampled_from(WHO)),
        st.sampled_from(STAGES),
        st.booleans(),
    ),
    min_size=5,
    max_size=25,
)


class History:
    """One household and whatever people try with its cases."""

    def __init__(self, people: People, card: dict[str, Any]) -> None:
        self.people = people
        self.card = card
        self.ids: list[str] = []

    async def act(self, act: str, who: tuple[str, str] | None, stage: str, stale: bool) -> None:
        case = await self.latest()
        if act == "open" or case is None:
            await self.open(who)
            return
        match act:
            case "objection":
                await self.object_to(case)
            case "end_notice":
                await self.people.let_notice_end(case)
            case "helper":
                await self.people.name_helper(self.card["id"])
            case _:
                await self.step(case, act, who, stage, stale)

    async def open(self, who: tuple[str, str] | None) -> None:
        role, region = who or WHO[0]
        case_id = str(uuid7())
        body = {"household_id": self.card["id"], "difficulty": "因病住院", "risks": ["illness"]}
        answer = await self.client(role, region).put(f"/cases/{case_id}", json=body)
        assert answer.status_code in {201, 403, 404, 409, 422}, answer.text
        if answer.status_code == 201:
            self.ids.append(case_id)

    async def step(self, case: dict[str, Any], act: str, who: tuple[str, str] | None, stage: str, stale: bool) -> None:
        # Mostly by whom the step belongs to, so that histories get somewhere.
        api = self.client(*who) if who else self.people.of(case["state"])
        at = stage if stale else case["state"]
        body: dict[str, Any] = {"stage": at, "action": act, "opinion": "随机办理"}
        if act == "complete" and at in STAGES:
            body["evidence"] = form(at)
        if act == "return":
            body["to"] = stage
        headers = api.as_key() | {"If-Match": f'"{case["version"]}"'}
        answers = await asyncio.gather(
            api.post(f"/cases/{case['id']}/steps", json=body, headers=headers),
            api.post(f"/cases/{case['id']}/steps", json=body, headers=headers | api.as_key()),
        )
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) <= {200, 403, 404, 409, 412, 422}, [answer.text for answer in answers]
        assert statuses.count(200) <= 1

    async def object_to(self, case: dict[str, Any]) -> None:
        if case["notice"] is None:
            return
        body = {"county_code": "431081", "name": "王五", "phone": "13873500001", "statement": "情况不属实"}
        path = f"/public/notices/{case['notice']['id']}/objections"
        public = self.people.service.anonymous()
        answer = await public.post(path, json=body, headers=public.as_key())
        assert answer.status_code in {201, 409, 429}, answer.text
        seen = await self.latest() or case
        for raised in seen["objections"]:
            if raised["state"] == "open":
                api = self.people.cadre
                handling = {"upheld": False, "finding": "经查不属实"}
                await api.ok("POST", f"/objections/{raised['id']}/handling", headers=api.as_key(), json=handling)

    async def latest(self) -> dict[str, Any] | None:
        if not self.ids:
            return None
        case: dict[str, Any] = await self.people.county.ok("GET", f"/cases/{self.ids[-1]}")
        return case

    def client(self, role: str, region: str) -> Api:
        return self.people.service.api(region, role=role)

    async def check(self) -> None:
        open_cases = 0
        for case_id in self.ids:
            case = await self.people.county.ok("GET", f"/cases/{case_id}")
            steps = [(s["from_state"], s["action"], s["to_state"]) for s in case["steps"]]
            assert rules.replay(case["kind"], steps) == case["state"]
            assert [s["seq"] for s in case["steps"]] == list(range(1, case["version"] + 1))
            for step in case["steps"][1:]:
                if step["action"] == "complete":
                    wide = {"township_review": "township", "county_determination": "bureau"}
                    assert step["actor_role"] == wide.get(step["from_state"], step["actor_role"])
                assert step["actor_role"] != "auditor"
            open_cases += case["state"] in STAGES
        assert open_cases <= 1
        household = await self.people.county.ok("GET", f"/households/{self.card['id']}")
        taken_in = 0
        for case_id in self.ids:
            taken_in += (await self.people.county.ok("GET", f"/cases/{case_id}"))["state"] == "monitored"
        assert household["monitored"] == bool(taken_in)


class TestAnyHistory:
    @pytest.mark.timeout(900)
    async def test_keeps_what_must_hold(self, service: ServiceUnderTest, register: Make) -> None:
        people = People(service)
        loop = asyncio.get_running_loop()

        async def play(wanted: list[Any]) -> None:
            history = History(people, await register())
            for act in wanted:
                await history.act(*act)
            await history.check()

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(acts)
        def explore(wanted: list[Any]) -> None:
            asyncio.run_coroutine_threadsafe(play(wanted), loop).result(300)

        await asyncio.to_thread(explore)
