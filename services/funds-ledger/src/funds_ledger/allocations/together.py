"""Ordinary allocations of many clerks in one transaction (ADR 0014).

What comes in while a batch is being posted makes the next one. The pools are locked in the order of their ids, so that
the next statement sees the newest committed ones; what fits and how the rows follow each other is worked out from
them (``batch``), and one statement writes it down. Whoever is left out is told None and goes step by step, and so is
everybody when the database refuses the batch: then nothing of it was kept.

Locks in the order of ``ledger.posting``: documents, pools, accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from datetime import date
from typing import Any, cast

import asyncpg
import structlog
from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.db import Writing, transaction
from service_kit.gathering import Gatherer
from service_kit.region import county_of
from service_kit.scope import Scope

from funds_ledger.allocations import batch_sql as sql
from funds_ledger.allocations.batch import Batch, DocumentState, Done, Found, Order, PoolState, Shown
from funds_ledger.errors import LedgerBroken
from funds_ledger.pools.rules import Balance
from funds_ledger.publication.rules import last_day

log = structlog.get_logger(__name__)

_MOST = 64
"""Orders of one batch."""
_JUDGED = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
"""The database has refused, and kept nothing."""

Desk = Gatherer[Order, Done | None]


async def post(db: Writing, order: Order) -> Done | None:
    """The order, committed; None when it is not an ordinary one, and then nothing of it has been done.

    Raises:
        asyncpg.PostgresError, OSError: the database is gone; nobody knows whether it was done.
    """
    desk: Desk | None = db.ctx.extras.get("allocations")
    if desk is None:
        desk = db.ctx.extras["allocations"] = Gatherer(_poster(db.ctx), _MOST)
    return await desk.submit((db.scope.code, county_of(order.lines[0].region_code)), order)


def _poster(ctx: ServiceContext) -> Any:
    async def work(key: Hashable, orders: Sequence[Order]) -> Sequence[Done | None]:
        scope, county_code = cast("tuple[str, str]", key)
        try:
            async with transaction(ctx, Scope(scope)) as connection:
                return await _post_all(connection, county_code, orders)
        except _JUDGED as error:
            log.warning("allocations_one_by_one", orders=len(orders), sqlstate=error.sqlstate)
            return [None] * len(orders)

    return work


async def _post_all(connection: asyncpg.Connection, county_code: str, orders: Sequence[Order]) -> list[Done | None]:
    moment = now()
    found = await _look(connection, county_code, orders, moment.date())
    batch = Batch(county_code, moment, found)
    done = [batch.take(order) for order in orders]
    if batch.lines:
        await _write(connection, batch)
    return done


async def _look(connection: asyncpg.Connection, county_code: str, orders: Sequence[Order], today: date) -> Found:
    lines = [line for order in orders for line in order.lines]
    documents = {line.document_id for line in lines if line.document_id is not None}
    drawn = await connection.fetch(sql.LOCK_DOCUMENTS, county_code, documents) if documents else []
    pools = await connection.fetch(sql.LOCK_POOLS, county_code, {order.pool_id for order in orders})
    held = {(order.pool_id, line.region_code, line.purpose) for order in orders for line in order.lines}
    ids = [allocation_id for order in orders for allocation_id in order.ids]
    keys = [(order.actor.id, order.command.key) for order in orders if order.command is not None]
    looked = await connection.fetch(sql.LOOK, county_code, ids, *_columns(held, 3), *_columns(keys, 2), today)
    return Found(
        pools={row["id"]: _pool(row) for row in pools},
        documents={
            row["id"]: DocumentState(row["pool_id"], row["number"], row["direct"], row["left"]) for row in drawn
        },
        accounts={(row["pool_id"], row["code"], row["word"]): row["id"] for row in looked if row["what"] == "account"},
        known={row["id"] for row in looked if row["what"] == "known"},
        answered={(row["id"], row["code"]) for row in looked if row["what"] == "answered"},
        places={row["code"]: row["word"] for row in looked if row["what"] == "place"},
        shown=next((_shown(row, today) for row in looked if row["what"] == "rule"), None),
    )


def _shown(row: asyncpg.Record, today: date) -> Shown:
    days = int(row["code"])
    return Shown(days, today, last_day(today, days, working_days=row["word"] == "true"))


def _pool(row: asyncpg.Record) -> PoolState:
    return PoolState(
        id=row["id"],
        year=row["year"],
        source_level=row["source_level"],
        library_from=row["library_from"],
        available_id=row["available_id"],
        balance=Balance(
            row["received_fen"], row["allocated_industry_fen"], row["allocated_other_fen"], row["floor_bp"]
        ),
        seq=row["last_seq"],
        head=row["last_hash"],
    )


async def _write(connection: asyncpg.Connection, batch: Batch) -> None:
    """Raises LedgerBroken: a pool or its account is not where it was locked; cannot happen."""
    pools = [
        (
            pool.id, pool.balance.industry, pool.balance.other, pool.seq, pool.posted, pool.previous, pool.head,
            pool.available_id, pool.total, pool.year, pool.source_level, pool.library_from, pool.balance.received,
            pool.balance.floor_bp,
        )
        for pool in batch.found.pools.values()
        if pool.posted
    ]  # fmt: skip
    accounts = [(batch.found.accounts[held], *held, fen) for held, fen in batch.debits.items()]
    documents = [(key, document.drawn) for key, document in batch.found.documents.items() if document.drawn]
    shown = cast("Shown", batch.found.shown)
    written = await connection.fetchrow(
        sql.WRITE,
        batch.county_code,
        batch.moment,
        shown.starts_on,
        shown.ends_on,
        shown.days,
        *_columns(pools, len(sql.POOL_TYPES)),
        *_columns(batch.groups, len(sql.GROUP_TYPES)),
        *_columns(batch.lines, len(sql.LINE_TYPES)),
        *_columns(accounts, len(sql.ACCOUNT_TYPES)),
        *_columns(documents, len(sql.DOCUMENT_TYPES)),
        *_columns(batch.answers, len(sql.ANSWER_TYPES)),
    )
    if tuple(written) != (len(pools), len(pools)):
        raise LedgerBroken()


def _columns(rows: Collection[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
