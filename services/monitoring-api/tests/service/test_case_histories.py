"""Random histories by anybody from anywhere, several at once: what must hold of a case holds after every one of them.

A short run by default; ``LINKAGE_TEST_HISTORIES=500 ./linkage test service -k histories`` plays five hundred.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from monitoring_api.casework import rules
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

from .casework import STAGES, People, form

Make = Callable[..., Any]

HISTORIES = int(os.environ.get("LINKAGE_TEST_HISTORIES", "12"))
ACTS_EACH = 16
WHOLE_WAY = 12
"""Steps from opening a case to the elimination of its risk."""
SECONDS_EACH = 120

WHO = [
    ("village_cadre", "431081106226"),
    ("village_cadre", "431081106217"),
    ("township", "431081106"),
    ("township", "431081105"),
    ("bureau", "431081"),
    ("bureau", "431003"),
    ("auditor", "431081"),
]
ANYBODY = st.sampled_from(WHO)
MOSTLY_THE_RIGHT_ONE = st.one_of(st.none(), st.none(), st.none(), ANYBODY)
ACTS = ["complete", "return", "refuse", "withdraw", "rollback", "remark"]
PHONES = itertools.count(73500001)
"""Each objector has their own, since one telephone may object only so often."""
REFUSALS = {403, 404, 409, 412, 422}
JUDGED = ["income_stable", "expense_solved", "measures_delivered", "nobody_left"]
SINCE_TODAY = {"key": "elimination", "enrolled_months": 0, "stable_months": 0, "measures": 0}


def evidence(case: dict[str, Any], stage: str) -> dict[str, Any]:
    """The form of a step, such that a case can get through."""
    eliminates = case["kind"] != "identification"
    if stage == "home_verification" and eliminates:
        income = form(stage)["income"] | {"wage": "60000.00"}
        return form(stage, income=income)
    if stage == "county_determination" and eliminates:
        return form(stage, **{"class": None, "risks": [], "confirmed": JUDGED})
    return form(stage)


class CaseHistories(RuleBasedStateMachine):
    """One household and whatever people try with its cases."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    service: ClassVar[ServiceUnderTest]
    register: ClassVar[Make]

    def __init__(self) -> None:
        super().__init__()
        # New people for each history: what they sign in with lasts some minutes.
        self.people = People(self.service)
        self.card: dict[str, Any] = {}
        self.case: dict[str, Any] | None = None
        self.ids: list[str] = []

    def wait(self, act: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(SECONDS_EACH)

    @initialize(steps=st.integers(0, WHOLE_WAY))
    def somewhere_on_the_way(self, steps: int) -> None:
        """From a household without a case to one whose elimination has just been decided."""
        self.card = self.wait(type(self).register())
        self.wait(self._walk(steps))

    @rule(who=ANYBODY, natural=st.booleans())
    def open_a_case(self, who: tuple[str, str], natural: bool) -> None:
        self.wait(self._open(who, natural))

    @rule(who=MOSTLY_THE_RIGHT_ONE, stage=st.sampled_from(STAGES), elsewhere=st.integers(0, 9))
    def complete(self, who: tuple[str, str] | None, stage: str, elsewhere: int) -> None:
        self.wait(self._step("complete", who, stage if elsewhere == 0 else None))

    @rule(who=MOSTLY_THE_RIGHT_ONE, stage=st.sampled_from(STAGES), elsewhere=st.integers(0, 9))
    def go_on(self, who: tuple[str, str] | None, stage: str, elsewhere: int) -> None:
        """Again, because most of what people do is going on."""
        self.wait(self._step("complete", who, stage if elsewhere == 0 else None))

    @rule(who=MOSTLY_THE_RIGHT_ONE, act=st.sampled_from(["return", "refuse", "withdraw"]), to=st.sampled_from(STAGES))
    def move(self, who: tuple[str, str] | None, act: str, to: str) -> None:
        self.wait(self._step(act, who, None, to))

    @rule(who=MOSTLY_THE_RIGHT_ONE, act=st.sampled_from(["rollback", "remark"]))
    def reverse(self, who: tuple[str, str] | None, act: str) -> None:
        self.wait(self._reverse(act, who))

    @rule(
        acts=st.tuples(st.sampled_from(ACTS), st.sampled_from(ACTS)),
        whos=st.tuples(MOSTLY_THE_RIGHT_ONE, MOSTLY_THE_RIGHT_ONE),
        to=st.sampled_from(STAGES),
        objects=st.booleans(),
    )
    def two_people_at_once(
        self, acts: tuple[str, str], whos: tuple[tuple[str, str] | None, tuple[str, str] | None], to: str, objects: bool
    ) -> None:
        """Different people want different things of the same case, and perhaps somebody objects meanwhile."""
        self.wait(self._different(acts, whos, to, objects))

    @rule(answered=st.booleans(), upheld=st.booleans())
    def object_to_the_notice(self, answered: bool, upheld: bool) -> None:
        self.wait(self._object(answered, upheld))

    @rule()
    def days_pass(self) -> None:
        if self.case is not None:
            self.wait(self.people.let_notice_end(self.case))

    @rule()
    def name_a_helper(self) -> None:
        self.wait(self.people.name_helper(self.card["id"]))

    def teardown(self) -> None:
        if self.card:
            self.wait(self._check())

    async def _walk(self, steps: int) -> None:
        """As it should go, by who should do it."""
        for _ in range(steps):
            case = self.case
            if case is None or case["state"] == "monitored":
                eliminating = {"kind": "elimination", "difficulty": "收入稳定，风险已消除", "risks": []}
                self.case = await self.people.open(self.card, **(eliminating if case else {}))
                self.ids.append(self.case["id"])
                continue
            if case["state"] == "notice":
                await self.people.let_notice_end(case)
            if case["state"] == "county_determination":
                await self.people.name_helper(self.card["id"])
            if case["state"] == "township_review" and case["kind"] == "elimination":
                await self.people.deliver_measure(self.card["id"])
            self.case = await self.people.step(case, evidence=evidence(case, case["state"]))

    async def _open(self, who: tuple[str, str], natural: bool) -> None:
        role, region = who
        household = await self.people.county.ok("GET", f"/households/{self.card['id']}")
        kind = "identification"
        if household["monitored"]:
            kind = "natural_elimination" if natural else "elimination"
        body = {"household_id": self.card["id"], "kind": kind, "difficulty": "因病住院"}
        body |= {"risks": ["illness"] if kind == "identification" else []}
        api, paths = self._client(role, region), [f"/cases/{uuid7()}", f"/cases/{uuid7()}"]
        answers = await asyncio.gather(*(api.put(path, json=body) for path in paths))
        assert {answer.status_code for answer in answers} <= REFUSALS | {201}, [answer.text for answer in answers]
        for answer in answers:
            if answer.status_code == 201:
                self.case = answer.json()
                self.ids.append(answer.json()["id"])

    async def _step(self, act: str, who: tuple[str, str] | None, stage: str | None, to: str | None = None) -> None:
        """Twice at the same time: at most one of them counts."""
        if self.case is not None:
            await self._moved([self._act(self.case, act, who, stage, to) for _ in range(2)])

    async def _reverse(self, act: str, who: tuple[str, str] | None) -> None:
        if self.case is not None:
            await self._moved([self._act(self.case, act, who) for _ in range(2)])

    async def _different(
        self, acts: tuple[str, ...], whos: tuple[tuple[str, str] | None, ...], to: str, objects: bool
    ) -> None:
        if self.case is None:
            return
        wanted = [self._act(self.case, act, who, None, to) for act, who in zip(acts, whos, strict=True)]
        objecting = self._object(answered=False, upheld=False) if objects else asyncio.sleep(0)
        await asyncio.gather(self._moved(wanted), objecting)

    def _act(
        self,
        case: dict[str, Any],
        act: str,
        who: tuple[str, str] | None,
        stage: str | None = None,
        to: str | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """What somebody asks of a case as it was seen last."""
        reverses = act in {"rollback", "remark"}
        api = self._client(*who) if who else self.people.county if reverses else self.people.of(case["state"])
        headers = {"If-Match": f'"{case["version"]}"'} | api.as_key()
        if reverses:
            body: dict[str, Any] = {"opinion": "复核发现有误"}
            if act == "remark":
                body |= {"class": "sudden_hardship", "risks": ["accident"]}
            return api.post(f"/cases/{case['id']}/{act}", json=body, headers=headers)
        at = stage or (case["state"] if case["state"] in STAGES else "notice")
        body = {"stage": at, "action": act, "opinion": "随机办理"}
        if act == "complete":
            body["evidence"] = evidence(case, at)
        if act == "return":
            body["to"] = to
        return api.post(f"/cases/{case['id']}/steps", json=body, headers=headers)

    async def _moved(self, wanted: list[Coroutine[Any, Any, Any]]) -> None:
        """All at the same time: at most one of them counts, and it counts once."""
        answers = await asyncio.gather(*wanted)
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) <= REFUSALS | {200}, [answer.text for answer in answers]
        assert statuses.count(200) <= 1
        for answer in answers:
            if answer.status_code == 200:
                self.case = answer.json()

    async def _object(self, answered: bool, upheld: bool) -> None:
        if self.case is None or self.case["notice"] is None:
            return
        phone = f"138{next(PHONES):08}"
        body = {"county_code": "431081", "name": "王五", "phone": phone, "statement": "情况不属实"}
        path = f"/public/notices/{self.case['notice']['id']}/objections"
        nobody = self.people.service.anonymous()
        answer = await nobody.post(path, json=body, headers=nobody.as_key())
        assert answer.status_code in {201, 409, 429}, answer.text
        if not answered:
            return
        seen = await self.people.county.ok("GET", f"/cases/{self.case['id']}")
        for raised in seen["objections"]:
            if raised["state"] == "open":
                api = self.people.cadre
                handling = {"upheld": upheld, "finding": "已经查明"}
                await api.ok("POST", f"/objections/{raised['id']}/handling", headers=api.as_key(), json=handling)

    def _client(self, role: str, region: str) -> Api:
        return self.people.service.api(region, role=role)

    async def _check(self) -> None:
        """Read past the service, as its owner: the rows themselves."""
        async with self.people.service.connection(self.people.service.superuser_url) as connection:
            await connection.execute("SET search_path = monitoring")
            household = await connection.fetchrow(
                "SELECT monitored, village_code FROM household WHERE id = $1", UUID(self.card["id"])
            )
            cases = await connection.fetch(
                "SELECT id, kind, state, version, is_open, rules::text AS rules FROM monitoring_case"
                " WHERE household_id = $1 ORDER BY opened_at",
                UUID(self.card["id"]),
            )
            steps = await connection.fetch(
                "SELECT s.* FROM case_step s JOIN monitoring_case c"
                " ON c.county_code = s.county_code AND c.id = s.case_id WHERE c.household_id = $1 ORDER BY s.seq",
                UUID(self.card["id"]),
            )
        assert [str(case["id"]) for case in cases] == self.ids
        assert sum(case["is_open"] for case in cases) <= 1, "one open case"
        ends = []
        for case in cases:
            own = [step for step in steps if step["case_id"] == case["id"]]
            assert [step["seq"] for step in own] == list(range(1, case["version"] + 1)), "history complete"
            moves = [(step["from_state"], step["action"], step["to_state"]) for step in own]
            assert rules.replay(case["kind"], moves) == case["state"], "status is the replay of its history"
            for step in own[1:]:
                self._belongs(step, household["village_code"])
            ends += [(step["at"], step["to_state"]) for step in own if step["to_state"] not in STAGES]
        last = [state for _, state in sorted(ends) if state not in {"refused", "withdrawn"}][-1:]
        assert household["monitored"] == (last[:1] in (["monitored"], ["rolled_back"], ["remarked"]))

    @staticmethod
    def _belongs(step: Any, village_code: str) -> None:
        """No step outside the actor's region, and none by a role or from a level that may not take it."""
        assert village_code.startswith(step["actor_region"]), "outside the region"
        assert step["actor_role"] in {"village_cadre", "township", "bureau"}, "outside the role"
        if step["action"] == "withdraw":
            return
        wanted = {
            "village_review": "village_cadre",
            "notice": "village_cadre",
            "township_review": "township",
            "county_determination": "bureau",
            "eliminated": "bureau",
        }.get(step["from_state"])
        assert wanted in {None, step["actor_role"]}, "outside the role"


class TestCaseHistories:
    @pytest.mark.timeout(3600)
    async def test_histories_keep_what_must_hold(self, service: ServiceUnderTest, register: Make) -> None:
        county = service.api("431081")
        body = {"value": SINCE_TODAY, "valid_from": "2026-01-01", "reason": "随机历史"}
        await county.ok("PUT", f"/policies/431081/settings/{uuid7()}", 201, json=body)
        CaseHistories.loop = asyncio.get_running_loop()
        CaseHistories.service = service
        CaseHistories.register = staticmethod(register)
        wanted = settings(
            max_examples=HISTORIES,
            stateful_step_count=ACTS_EACH,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )

        await asyncio.to_thread(run_state_machine_as_test, CaseHistories, settings=wanted)
