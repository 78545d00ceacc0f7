"""What of many orders fits, and the rows that write it down (FND-1, FND-2). No I/O.

The caller has locked the documents and pools that the orders name, so what is found here stays true until the
transaction ends. Orders are taken in the order in which they came; one that is out of the ordinary (a project, an id
that is known, a limit that would be broken) is left out, and is then done or refused step by step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from service_kit.ids import uuid7
from service_kit.json import dumps
from service_kit.money import format_yuan
from service_kit.tokens import Actor

from funds_ledger.allocations import announcement
from funds_ledger.allocations.rules import public_text
from funds_ledger.allocations.schemas import AllocationLine
from funds_ledger.ledger.chain import as_text, link_texts
from funds_ledger.pools.rules import Balance
from funds_ledger.publication.rules import PERIOD
from funds_ledger.terms import SourceLevel

Held = tuple[UUID, str, str]
"""An account that holds what was allocated: pool, region, purpose."""


@dataclass(frozen=True, slots=True)
class Order:
    """Lines of one pool that one person wants posted: all of them or none.

    Args:
        ids: of the allocations, one for each line.
        batch_id: of a bulk allocation; None for a single line.
        title: of the notice of a bulk allocation.
        command: remembers the answer under the command's key, in the same transaction.
    """

    actor: Actor
    pool_id: UUID
    ids: Sequence[UUID]
    lines: Sequence[AllocationLine]
    batch_id: UUID | None = None
    title: str = ""
    command: Remembered | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The key of a command; ``row`` is that of ``idempotency_key`` for its answer."""

    key: str
    row: Callable[[BaseModel], tuple[Any, ...]]
    answer: Callable[[Done], BaseModel]


@dataclass(slots=True)
class PoolState:
    """A locked pool and what the batch makes of it."""

    id: UUID
    year: int
    source_level: SourceLevel
    library_from: date
    available_id: UUID
    balance: Balance
    seq: int
    head: bytes
    previous: bytes = b""
    posted: int = 0
    total: int = 0


@dataclass(slots=True)
class DocumentState:
    """A locked document; ``left`` and ``drawn`` in fen."""

    pool_id: UUID
    number: str
    direct: bool
    left: int
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What the transaction holds or knows."""

    pools: Mapping[UUID, PoolState]
    documents: Mapping[UUID, DocumentState]
    accounts: dict[Held, UUID]
    known: Collection[UUID]
    """Allocations that are there already."""
    answered: Collection[tuple[UUID, str]]
    """Commands that were carried out before: actor and key."""
    places: Mapping[str, str]
    shown: Shown | None
    """None when nobody has said how long an allocation is shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The days of the notices."""

    days: int
    starts_on: date
    ends_on: date

    @property
    def words(self) -> str:
        """What the notice says of them."""
        since, to, end = PERIOD
        return f"{since}{self.starts_on.isoformat()}{to}{self.ends_on.isoformat()}{end}"


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was taken."""

    pool: PoolState
    moment: datetime
    first_seq: int
    last_seq: int
    transfer_ids: Sequence[UUID]
    places: Mapping[str, str]
    direct: bool
    """Whether the first line draws on a document with the marker."""


@dataclass(slots=True)
class Batch:
    """Collects the rows of one county's orders, column by column."""

    county_code: str
    moment: datetime
    found: Found
    groups: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    debits: defaultdict[Held, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, order: Order) -> Done | None:
        """Make the order part of the batch if it fits as a whole."""
        pool, shown = self.found.pools.get(order.pool_id), self.found.shown
        if pool is None or shown is None or pool.library_from <= self.moment.date() or not self._is_ordinary(order):
            return None
        industry = sum(line.amount for line in order.lines if line.purpose == "industry")
        other = sum(line.amount for line in order.lines) - industry
        if pool.balance.after(industry=industry, other=other).refusal() is not None:
            return None
        if not self._draw(order, pool):
            return None
        first = pool.seq + 1
        transfer_ids = self._post(order, pool)
        self.groups.append(self._group(order, pool, shown, transfer_ids, first))
        document_id = order.lines[0].document_id
        direct = document_id is not None and self.found.documents[document_id].direct
        done = Done(pool, self.moment, first, pool.seq, transfer_ids, self.found.places, direct)
        if order.command is not None:
            self.answers.append(order.command.row(order.command.answer(done)))
        return done

    def _is_ordinary(self, order: Order) -> bool:
        found = self.found
        if order.command is not None and (order.actor.id, order.command.key) in found.answered:
            return False
        return all(line.project_id is None and line.region_code in found.places for line in order.lines) and not any(
            allocation_id in found.known for allocation_id in order.ids
        )

    def _draw(self, order: Order, pool: PoolState) -> bool:
        """Take what the lines draw on documents; nothing when one of them does not hold so much."""
        wanted: dict[UUID, int] = defaultdict(int)
        for line in order.lines:
            if line.document_id is not None:
                wanted[line.document_id] += line.amount
        documents = self.found.documents
        for document_id, fen in wanted.items():
            document = documents.get(document_id)
            if document is None or document.pool_id != pool.id or document.left - document.drawn < fen:
                return False
        for document_id, fen in wanted.items():
            documents[document_id].drawn += fen
        return True

    def _post(self, order: Order, pool: PoolState) -> list[UUID]:
        """The rows of all lines and the pool after them; the ids of the transfers."""
        shared = self._shared_texts(order, pool)
        industry, other, head = pool.balance.industry, pool.balance.other, pool.head
        transfer_ids = []
        for seq, (allocation_id, line) in enumerate(zip(order.ids, order.lines, strict=True), pool.seq + 1):
            if line.purpose == "industry":
                industry += line.amount
            else:
                other += line.amount
            held_id = self._debit((pool.id, line.region_code, line.purpose), line.amount)
            transfer_id, pool.previous = uuid7(), head
            head = link_texts(
                head,
                shared
                | {
                    "seq": str(seq),
                    "id": str(transfer_id),
                    "region_code": line.region_code,
                    "debit_account_id": str(held_id),
                    "amount_fen": str(line.amount),
                    "document_id": as_text(line.document_id),
                    "allocation_id": str(allocation_id),
                    "industry_after_fen": str(industry),
                    "other_after_fen": str(other),
                },
            )
            direct = line.document_id is not None and self.found.documents[line.document_id].direct
            self.lines.append(
                (
                    len(self.groups), allocation_id, line.region_code, line.purpose, line.title, line.note,
                    line.amount, line.document_id, direct, seq, transfer_id, held_id, industry, other, pool.previous,
                    head,
                )
            )  # fmt: skip
            transfer_ids.append(transfer_id)
        total = industry + other - pool.balance.allocated
        pool.balance = replace(pool.balance, industry=industry, other=other)
        pool.seq, pool.head = pool.seq + len(transfer_ids), head
        pool.posted, pool.total = pool.posted + len(transfer_ids), pool.total + total
        return transfer_ids

    def _shared_texts(self, order: Order, pool: PoolState) -> dict[str, str]:
        """Columns of the chain that are the same in all lines of an order."""
        shared = {
            "county_code": self.county_code,
            "pool_id": pool.id,
            "kind": "allocation",
            "credit_account_id": pool.available_id,
            "act_id": None,
            "payment_id": None,
            "reverses_id": None,
            "received_after_fen": pool.balance.received,
            "floor_bp": pool.balance.floor_bp,
            "posted_at": self.moment,
            "posted_by": order.actor.id,
            "posted_by_name": order.actor.name,
        }
        return {name: as_text(value) for name, value in shared.items()}

    def _debit(self, held: Held, fen: int) -> UUID:
        """Add to what an account is debited; its id, a new one when it is not there yet."""
        account_id = self.found.accounts.get(held)
        if account_id is None:
            account_id = self.found.accounts[held] = uuid7()
        self.debits[held] += fen
        return account_id

    def _group(
        self, order: Order, pool: PoolState, shown: Shown, transfer_ids: Sequence[UUID], first: int
    ) -> tuple[Any, ...]:
        """Columns that the lines of an order share, its audit entry and its notice."""
        if order.batch_id is None:
            region_code, subject = order.lines[0].region_code, ("allocation", str(order.ids[0]))
            audited = ("transfer.allocation", "transfer", str(transfer_ids[0]))
        else:
            region_code, subject = self.county_code, ("allocation_batch", str(order.batch_id))
            audited = ("transfer.allocations", *subject)
        title, document_number, paragraphs, table = self._notice(order, pool)
        paragraphs = [*paragraphs, shown.words]
        return (
            len(self.groups), pool.id, order.batch_id, order.actor.id, order.actor.name, order.actor.role,
            uuid7(), *audited, region_code, dumps(self._detail(order, pool, first)).decode(),
            uuid7(), title, document_number, dumps(paragraphs).decode(), dumps(table.model_dump()).decode(), *subject,
        )  # fmt: skip

    def _detail(self, order: Order, pool: PoolState, first: int) -> dict[str, Any]:
        amount = format_yuan(sum(line.amount for line in order.lines))
        if order.batch_id is not None:
            return {"pool_id": str(pool.id), "first_seq": first, "last_seq": pool.seq, "amount": amount}
        [line] = order.lines
        return {
            "pool_id": str(pool.id),
            "seq": first,
            "debit_account_id": str(self.found.accounts[(pool.id, line.region_code, line.purpose)]),
            "credit_account_id": str(pool.available_id),
            "amount": amount,
        }

    def _notice(self, order: Order, pool: PoolState) -> tuple[str, str | None, list[str], Any]:
        places = self.found.places
        rows = [
            announcement.row(
                places[line.region_code],
                public_text(line.title),
                pool.year,
                pool.source_level,
                line.purpose,
                line.amount,
            )
            for line in order.lines
        ]
        if order.batch_id is not None:
            return announcement.of_lines(order.title, rows)
        [line] = order.lines
        document = self.found.documents[line.document_id] if line.document_id else None
        return announcement.of_one(rows[0], document.number if document else None)
