"""Sixteen clerks at once on a few hot pools, while things are killed: what was acknowledged, and what must be true.

Every act carries an id or a key of its own and is sent again, the same, until there is an answer. So in the end each
one is known to have been done or refused, and the ledger must hold exactly as many transfers as were acknowledged.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from service_kit.ids import uuid7
from service_kit.money import format_yuan, parse_yuan

CLERKS = 16
SOURCES = ("central", "provincial", "county")
BROUGHT = 3_000_000_00
"""Fen that each pool is given at first: soon used up, so that refusals are part of the load."""
_PATIENCE_SECONDS = 120
_LATER = {429, 502, 503, 504}


@dataclass
class Tally:
    """What was acknowledged: by kind the ids, in fen by pool."""

    acts: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    received: Counter[str] = field(default_factory=Counter)
    industry: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    sent_again: int = 0

    @property
    def postings(self) -> int:
        return sum(len(ids) for ids in self.acts.values())


_KINDS = ("receipt", "allocation", "reversal", "act", "payment")


class Load:
    """The clerks of one county.

    Args:
        base_url: of the ledger.
        maker, checker: headers of two persons who may do everything there.
        places: townships and villages that get money.
    """

    def __init__(
        self, base_url: str, maker: dict[str, str], checker: dict[str, str], county: str, places: list[str], year: int
    ) -> None:
        self.tally = Tally()
        self._base_url = base_url
        self._maker = maker
        self._checker = checker
        self._county = county
        self._places = places
        self._year = year
        self._chance = random.Random(20261122)
        self._pools: list[str] = []
        self._documents: list[tuple[str, str]] = []
        self._standing: list[tuple[str, str, str, int]] = []
        """Allocations that were acknowledged: id, pool, purpose, fen."""

    async def run(self, seconds: float, faults: Callable[[], Awaitable[None]]) -> Tally:
        """Feed the pools, let the clerks work for so long while ``faults`` does its part, and finish every act."""
        async with httpx.AsyncClient(base_url=self._base_url, timeout=10, trust_env=False) as self._http:
            for source in SOURCES:
                await self._feed(source)
            ends = time.monotonic() + seconds
            breaking = asyncio.create_task(faults())
            await asyncio.gather(*(self._work(ends) for _ in range(CLERKS)))
            await breaking
            await self._compare()
        return self.tally

    async def _settle(
        self, method: str, path: str, body: dict[str, Any] | None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """The answer, however often it must be asked for."""
        sent = (headers or self._maker) | ({"Idempotency-Key": str(uuid7())} if method == "POST" else {})
        ends = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = await self._http.request(method, path, json=body, headers=sent)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code not in _LATER:
                assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
                if answer.status_code >= 400:
                    self.tally.refused[answer.json()["code"]] += 1
                return answer
            assert time.monotonic() < ends, f"{method} {path}: no answer"
            self.tally.sent_again += 1
            await asyncio.sleep(0.1)

    async def _feed(self, source: str) -> None:
        shared = {"year": self._year, "source_level": source}
        floor = shared | {"region_code": self._county, "floor_bp": 5500, "basis": "演练"}
        (await self._settle("PUT", f"/floors/{uuid7()}", floor)).raise_for_status()
        body = shared | {
            "number": f"演练{uuid7()}", "title": "演练", "issued_on": "2026-01-05", "received_on": "2026-01-12",
            "amount": format_yuan(BROUGHT), "direct": True,
        }  # fmt: skip
        document = (await self._settle("PUT", f"/documents/{uuid7()}", body)).raise_for_status().json()
        self._pools.append(document["pool_id"])
        self._documents.append((document["id"], document["pool_id"]))
        self.tally.acts["receipt"].append(document["id"])
        self.tally.received[document["pool_id"]] += BROUGHT

    async def _work(self, ends: float) -> None:
        acts = (self._allocate, self._reverse, self._change, self._pay)
        while time.monotonic() < ends:
            await self._chance.choices(acts, weights=(50, 20, 15, 15))[0]()

    async def _allocate(self) -> None:
        document_id, pool_id = self._chance.choice(self._documents)
        purpose = self._chance.choice(("industry", "other"))
        fen = self._chance.randint(1, 20_000_00)
        body = {
            "pool_id": pool_id, "region_code": self._chance.choice(self._places), "purpose": purpose, "title": "演练",
            "amount": format_yuan(fen), "document_id": self._chance.choice((None, document_id)),
        }  # fmt: skip
        answer = await self._settle("PUT", f"/allocations/{uuid7()}", body)
        if answer.is_success:
            allocation_id = answer.json()["id"]
            self.tally.acts["allocation"].append(allocation_id)
            (self.tally.industry if purpose == "industry" else self.tally.other)[pool_id] += fen
            self._standing.append((allocation_id, pool_id, purpose, fen))

    async def _reverse(self) -> None:
        if not self._standing:
            return
        allocation_id, pool_id, purpose, fen = self._chance.choice(self._standing)
        answer = await self._settle("POST", f"/allocations/{allocation_id}/reversal", {"reason": "演练"})
        if answer.is_success:
            self.tally.acts["reversal"].append(allocation_id)
            (self.tally.industry if purpose == "industry" else self.tally.other)[pool_id] -= fen

    async def _change(self) -> None:
        document_id, pool_id = self._chance.choice(self._documents)
        kind, fen = self._chance.choice(("supplement", "cut", "return")), self._chance.randint(1, 30_000_00)
        body = {
            "kind": kind, "number": f"演练{uuid7()}", "issued_on": "2026-03-01", "amount": format_yuan(fen),
            "reason": "演练",
        }  # fmt: skip
        answer = await self._settle("POST", f"/documents/{document_id}/acts", body)
        if answer.is_success:
            self.tally.acts["act"].append(answer.json()["id"])
            self.tally.received[pool_id] += fen if kind == "supplement" else -fen

    async def _pay(self) -> None:
        if not self._standing:
            return
        allocation_id, _, _, fen = self._chance.choice(self._standing)
        body = {
            "allocation_id": allocation_id, "amount": format_yuan(self._chance.randint(1, max(fen // 4, 1))),
            "payee": "演练公司", "bank": "农商银行", "account_number": "6222021234567890128",
            "evidence_number": "验收单1号", "evidence": "验收合格",
        }  # fmt: skip
        url = f"/payments/{uuid7()}"
        if not (await self._settle("PUT", url, body)).is_success:
            return
        approved = await self._settle("POST", f"{url}/approval", {"opinion": "同意"}, headers=self._checker)
        if approved.is_success and (await self._settle("POST", f"{url}/payment", None)).is_success:
            self.tally.acts["payment"].append(url.rpartition("/")[2])

    async def _compare(self) -> None:
        """The pools say what was acknowledged."""
        for pool_id in self._pools:
            pool = (await self._settle("GET", f"/pools/{pool_id}", None)).raise_for_status().json()
            said = [parse_yuan(pool[name]) for name in ("received", "allocated_industry", "allocated_other")]
            known = [total[pool_id] for total in (self.tally.received, self.tally.industry, self.tally.other)]
            assert said == known, (pool_id, said, known)

    async def lost_or_doubled(self, admin_url: str) -> list[str]:
        """Acknowledged acts that do not have exactly one transfer, and transfers that nobody was told of."""
        found = []
        columns = {
            "receipt": ("document_id", "receipt"),
            "allocation": ("allocation_id", "allocation"),
            "reversal": ("allocation_id", "reversal"),
            "act": ("act_id", None),
            "payment": ("payment_id", "payment"),
        }
        connection = await asyncpg.connect(admin_url, server_settings={"search_path": "funds"})
        try:
            for what, (column, kind) in columns.items():
                rows = await connection.fetch(
                    f"SELECT {column} AS id, count(*) AS n FROM transfer WHERE {column} = ANY($1::uuid[])"
                    " AND (kind = $2 OR $2 IS NULL) GROUP BY 1",
                    [UUID(value) for value in self.tally.acts[what]],
                    kind,
                )
                counts = {str(row["id"]): row["n"] for row in rows}
                found += [f"{what} {value}: {counts.get(value, 0)}" for value in self.tally.acts[what]
                          if counts.get(value) != 1]  # fmt: skip
            held = await connection.fetchval(
                "SELECT count(*) FROM transfer WHERE pool_id = ANY($1::uuid[])", [UUID(pool) for pool in self._pools]
            )
        finally:
            await connection.close()
        if held != self.tally.postings:
            found.append(f"{held} transfers, {self.tally.postings} acknowledged")
        return found
