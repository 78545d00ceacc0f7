"""Many clerks on one pool at once: the limits hold, nothing acknowledged is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
import random

from funds_ledger.verify import verify
from service_kit.ids import uuid7
from service_kit.money import parse_yuan

from .test_funds_document_acts import act_body
from .test_funds_payments import Desk, request_body

CLIENTS = 16


async def outcomes(office, pool_id: str, requests: list[tuple[str, str]]) -> list[tuple[str, str, int, dict]]:
    """Send allocations from ``CLIENTS`` at once; (amount, purpose, status, answer) of each."""
    waiting = iter(requests)
    seen = []

    async def client() -> None:
        for amount, purpose in waiting:
            body = office.allocation_body(pool_id, amount, purpose)
            answer = await office.api.put(f"/allocations/{uuid7()}", json=body)
            seen.append((amount, purpose, answer.status_code, answer.json()))

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return seen


class TestOneHotPool:
    async def test_non_industry_never_passes_the_red_line(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "44.00")  # one yuan from the line; each asks for seven fen

        seen = await outcomes(office, pool_id, [("0.07", "infrastructure")] * 48)

        accepted = [answer for _, _, status, answer in seen if status == 201]
        refused = [answer for _, _, status, answer in seen if status != 201]
        assert len(accepted) == 14  # 14 × 0.07 = 0.98; two fen stay
        assert {(a["status"], a["code"], a["shortfall"], a["headroom_other"]) for a in refused} == {
            (422, "industry_floor_broken", "0.05", "0.02")
        }
        pool = await office.pool(pool_id)
        assert (pool["allocated_other"], pool["headroom_other"]) == ("44.98", "0.02")
        assert await office.differences(pool_id) == []

    async def test_what_is_acknowledged_is_what_the_pool_says(self, office):
        pool_id = await office.open_pool("100.00")
        chance = random.Random(20261122)
        requests = [
            (f"{chance.randint(1, 9)}.{chance.randint(0, 99):02d}", chance.choice(["industry", "other"]))
            for _ in range(64)
        ]

        seen = await outcomes(office, pool_id, requests)

        assert {status for _, _, status, _ in seen} == {201, 422}
        accepted = {
            kind: sum(parse_yuan(amount) for amount, purpose, status, _ in seen if status == 201 and purpose == kind)
            for kind in ("industry", "other")
        }
        pool = await office.pool(pool_id)
        assert parse_yuan(pool["allocated_industry"]) == accepted["industry"]
        assert parse_yuan(pool["allocated_other"]) == accepted["other"]
        assert accepted["other"] <= 45_00
        assert sum(accepted.values()) <= 100_00
        assert pool["last_seq"] == 1 + sum(status == 201 for _, _, status, _ in seen)
        assert await office.differences(pool_id) == []

    async def test_allocating_reversing_receiving_and_raising_the_floor_together(self, office):
        pool_id = await office.open_pool("100.00", 5000)
        standing = [(await office.allocate(pool_id, "4.00", "other"))["id"] for _ in range(10)]

        async def reverse(allocation_id: str) -> int:
            url = f"/allocations/{allocation_id}/reversal"
            answer = await office.api.post(url, json={"reason": "调整"}, headers=office.api.as_key())
            return answer.status_code

        async def allocate(n: int) -> int:
            body = office.allocation_body(pool_id, "5.00", "other" if n % 2 else "industry")
            return (await office.api.put(f"/allocations/{uuid7()}", json=body)).status_code

        async def receive() -> int:
            body = office.document_body("10.00")
            return (await office.api.put(f"/documents/{uuid7()}", json=body)).status_code

        async def raise_floor(floor_bp: int) -> int:
            body = {
                "year": 2026, "source_level": "central", "region_code": "431081",
                "floor_bp": floor_bp, "basis": "调整",
            }  # fmt: skip
            return (await office.api.put(f"/floors/{uuid7()}", json=body)).status_code

        codes = await asyncio.gather(
            *(reverse(a) for a in standing),
            *(allocate(n) for n in range(16)),
            *(receive() for _ in range(4)),
            *(raise_floor(bp) for bp in (5500, 6000, 6500)),
        )

        # Two raises at the same moment may meet on one revision: 409, to be looked at again.
        assert set(codes) <= {200, 201, 422, 409}
        assert codes[: len(standing)] == [200] * len(standing)
        assert await office.differences(pool_id) == []


class TestEverythingTogether:
    async def test_sixteen_clients_mixing_all_acts_leave_a_whole_history(self, office):
        pool_id = await office.open_pool("500.00", 5500)
        document = await office.receive("500.00")
        desk = Desk(office)
        chance = random.Random(4)
        standing = [(await office.allocate(pool_id, "9.00", "industry"))["id"] for _ in range(8)]
        codes: set[int] = set()

        async def allocate() -> None:
            body = office.allocation_body(pool_id, f"{chance.randint(1, 40)}.37", chance.choice(["industry", "other"]))
            answer = await office.api.put(f"/allocations/{uuid7()}", json=body)
            codes.add(answer.status_code)
            if answer.status_code == 201:
                standing.append(answer.json()["id"])

        async def cut() -> None:
            url = f"/documents/{document['id']}/acts"
            body = act_body(chance.choice(["cut", "return", "supplement"]), f"{chance.randint(1, 60)}.11")
            codes.add((await office.api.post(url, json=body, headers=office.api.as_key())).status_code)

        async def reverse() -> None:
            url = f"/allocations/{chance.choice(standing)}/reversal"
            answer = await office.api.post(url, json={"reason": "调整"}, headers=office.api.as_key())
            codes.add(answer.status_code)

        async def pay() -> None:
            body = request_body(chance.choice(standing), "3.33")
            answer = await desk.maker.put(f"/payments/{uuid7()}", json=body)
            codes.add(answer.status_code)
            if answer.status_code == 201:
                await desk.approve(answer.json())
                await desk.pay(answer.json())

        acts = iter([chance.choice([allocate, cut, reverse, pay]) for _ in range(96)])

        async def client() -> None:
            for act in acts:
                await act()

        await asyncio.gather(*(client() for _ in range(CLIENTS)))

        assert codes <= {200, 201, 409, 422}
        async with office.service.session() as session:
            found = await verify(session)
        assert found.problems == []
        assert found.transfers == (await office.pool(pool_id))["last_seq"]
