"""Any sequence of acts against a pure model: every balance, every refusal and its exact amount."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar

from funds_ledger.ledger.rules import Effect, effect_of_act, effect_of_allocation
from funds_ledger.pools.rules import Balance
from funds_ledger.terms import PURPOSES
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from service_kit.ids import uuid7
from service_kit.money import format_yuan

from .test_funds_document_acts import act_body
from .test_funds_payments import request_body

amounts = st.one_of(st.integers(1, 40_00), st.integers(1, 9))
floors = st.sampled_from([0, 3333, 5500, 6667, 10_000])


class LedgerMachine(RuleBasedStateMachine):
    """The service on one side, a ``Balance`` and a list of allocations on the other. Each run has a pool of its own."""

    office: ClassVar[Any]
    loop: ClassVar[asyncio.AbstractEventLoop]
    years: ClassVar[Any]

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(30)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self.run(self.office.api.put(f"{path}/{uuid7()}", json=body))

    @initialize(floor_bp=floors, fen=st.integers(1, 100_00))
    def open_pool(self, floor_bp: int, fen: int) -> None:
        self.year = next(self.years)
        self.checker = self.office.service.api("431081", role="bureau")
        self.run(self.office.set_floor(floor_bp, year=self.year))
        document = self.run(self.office.receive(format_yuan(fen), year=self.year))
        self.pool_id: str = document["pool_id"]
        self.document_id: str = document["id"]
        self.brought = fen
        self.spent: dict[str, int] = {}
        self.model = Balance(fen, 0, 0, floor_bp)
        self.standing: dict[str, Effect] = {}
        self.reversed: list[str] = []
        self.posted = 1

    @rule(fen=amounts)
    def receive(self, fen: int) -> None:
        self.run(self.office.receive(format_yuan(fen), year=self.year))
        self.model = self.model.after(received=fen)
        self.posted += 1
        self.compare()

    @rule(fen=amounts, purpose=st.sampled_from(PURPOSES), again=st.booleans())
    def allocate(self, fen: int, purpose: Any, again: bool) -> None:
        url = f"/allocations/{uuid7()}"
        body = self.office.allocation_body(self.pool_id, format_yuan(fen), purpose)
        answer = self.run(self.office.api.put(url, json=body))
        effect = effect_of_allocation(purpose, fen)
        after = self.model.after(industry=effect.industry, other=effect.other)
        refusal = after.refusal()
        if refusal is None:
            assert answer.status_code == 201, answer.text
            self.model, self.posted = after, self.posted + 1
            self.standing[answer.json()["id"]] = effect
            if again:
                assert self.run(self.office.api.put(url, json=body)).json() == answer.json()
        else:
            problem = answer.json()
            assert (problem["code"], problem["shortfall"]) == (refusal.code, format_yuan(refusal.shortfall))
            assert problem["headroom_other"] == format_yuan(self.model.headroom_other)
            assert problem["headroom_total"] == format_yuan(self.model.headroom_total)
        self.compare()

    @rule(fen=amounts, kind=st.sampled_from(["supplement", "cut", "return"]))
    def act(self, fen: int, kind: Any) -> None:
        url, headers = f"/documents/{self.document_id}/acts", self.office.api.as_key()
        answer = self.run(self.office.api.post(url, json=act_body(kind, format_yuan(fen)), headers=headers))
        change = effect_of_act(kind, fen).received
        after = self.model.after(received=change)
        if self.brought + change < 0:
            assert answer.json()["code"] == "document_exhausted"
        elif (refusal := after.refusal()) is None:
            assert answer.status_code == 200, answer.text
            self.model, self.brought, self.posted = after, self.brought + change, self.posted + 1
        else:
            problem = answer.json()
            assert (problem["code"], problem["must_move"]) == (refusal.code, format_yuan(refusal.shortfall))
        self.compare()

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), fen=amounts)
    def pay(self, data: st.DataObject, fen: int) -> None:
        allocation_id = data.draw(st.sampled_from(sorted(self.standing)))
        effect = self.standing[allocation_id]
        left = effect.industry + effect.other - self.spent.get(allocation_id, 0)
        url = f"/payments/{uuid7()}"
        answer = self.run(self.office.api.put(url, json=request_body(allocation_id, format_yuan(fen))))
        if fen > left:
            assert answer.json()["shortfall"] == format_yuan(fen - left)
        else:
            assert answer.status_code == 201, answer.text
            approval, payment = {"opinion": ""}, self.office.api.as_key()
            self.run(self.checker.ok("POST", f"{url}/approval", json=approval, headers=self.checker.as_key()))
            self.run(self.office.api.ok("POST", f"{url}/payment", headers=payment))
            self.spent[allocation_id] = self.spent.get(allocation_id, 0) + fen
            self.posted += 1
        self.compare()

    @precondition(lambda self: set(self.standing) - set(self.spent))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        allocation_id = data.draw(st.sampled_from(sorted(set(self.standing) - set(self.spent))))
        self.run(self.office.reverse(allocation_id))
        back = self.standing.pop(allocation_id).reversed()
        self.model = self.model.after(industry=back.industry, other=back.other)
        self.reversed.append(allocation_id)
        self.posted += 1
        self.compare()

    @precondition(lambda self: self.reversed)
    @rule(data=st.data())
    def reverse_again(self, data: st.DataObject) -> None:
        url = f"/allocations/{data.draw(st.sampled_from(self.reversed))}/reversal"
        headers = self.office.api.as_key()
        answer = self.run(self.office.api.post(url, json={"reason": "再来一次"}, headers=headers))
        assert (answer.status_code, answer.json()["code"]) == (409, "already_reversed")
        self.compare()

    @rule(floor_bp=floors)
    def set_floor(self, floor_bp: int) -> None:
        body = {
            "year": self.year, "source_level": "central", "region_code": "431081",
            "floor_bp": floor_bp, "basis": "调整",
        }  # fmt: skip
        answer = self.put("/floors", body)
        wanted = Balance(self.model.received, self.model.industry, self.model.other, floor_bp)
        if (refusal := wanted.refusal()) is None:
            assert answer.status_code == 201, answer.text
            self.model = wanted
        else:
            problem = answer.json()
            assert (problem["code"], problem["shortfall"]) == (refusal.code, format_yuan(refusal.shortfall))
        self.compare()

    def compare(self) -> None:
        pool = self.run(self.office.pool(self.pool_id))
        model = self.model
        assert pool["received"] == format_yuan(model.received)
        assert pool["allocated_industry"] == format_yuan(model.industry)
        assert pool["allocated_other"] == format_yuan(model.other)
        assert pool["headroom_other"] == format_yuan(model.headroom_other)
        assert pool["headroom_total"] == format_yuan(model.headroom_total)
        assert (pool["floor_bp"], pool["last_seq"]) == (model.floor_bp, self.posted)

    def teardown(self) -> None:
        if hasattr(self, "pool_id"):
            assert self.run(self.office.differences(self.pool_id)) == []


async def test_any_sequence_of_acts_agrees_with_the_model(office):
    machine = type(
        "Machine",
        (LedgerMachine,),
        {"office": office, "loop": asyncio.get_running_loop(), "years": iter(range(2000, 2101))},
    )
    short = settings(
        max_examples=8,
        stateful_step_count=12,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=short)
