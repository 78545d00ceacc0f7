"""SQL that loads and stores months, statements and the state of matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.bulk import copy_rows
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.reconciliation.models import Match, MatchPart, ReconciliationMonth, Statement
from funds_ledger.reconciliation.rules import MatchState
from funds_ledger.reconciliation.sheet import StatementRow
from funds_ledger.scoping import in_counties

_LINE_COLUMNS = (
    "county_code", "id", "statement_id", "live", "row_number", "day", "direction", "amount_fen", "reference",
    "counterparty", "summary",
)  # fmt: skip


async def month_of(
    session: AsyncSession, county_code: str, month: date, *, lock: bool = False
) -> ReconciliationMonth | None:
    """``lock`` lets one person at a time change what belongs to the month."""
    query = select(ReconciliationMonth).where(
        ReconciliationMonth.county_code == county_code, ReconciliationMonth.month == month
    )
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def by_id(session: AsyncSession, county_code: str, month_id: UUID) -> ReconciliationMonth:
    query = select(ReconciliationMonth).where(
        ReconciliationMonth.county_code == county_code, ReconciliationMonth.id == month_id
    )
    return (await session.scalars(query)).one()


async def ends(session: AsyncSession, county_code: str) -> tuple[date | None, date | None]:
    """The first and the last month that the county has opened."""
    query = select(func.min(ReconciliationMonth.month), func.max(ReconciliationMonth.month)).where(
        ReconciliationMonth.county_code == county_code
    )
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def open_before(session: AsyncSession, county_code: str, month: date) -> bool:
    query = select(ReconciliationMonth.id).where(
        ReconciliationMonth.county_code == county_code,
        ReconciliationMonth.month < month,
        ReconciliationMonth.state != "closed",
    )
    return (await session.execute(query.limit(1))).first() is not None


async def add_month(session: AsyncSession, county_code: str, month: date, window_days: int) -> bool:
    """False when another one has just opened it."""
    moment = now()
    query = (
        insert(ReconciliationMonth)
        .values(
            county_code=county_code,
            id=uuid7(),
            month=month,
            window_days=window_days,
            state="open",
            note="",
            version=1,
            created_at=moment,
            updated_at=moment,
        )
        .on_conflict_do_nothing(constraint="uq_reconciliation_month_month")
        .returning(ReconciliationMonth.id)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def months(
    session: AsyncSession, actor: Actor, after: tuple[date, str] | None, limit: int
) -> Sequence[ReconciliationMonth]:
    """Newest first."""
    key = (ReconciliationMonth.month, ReconciliationMonth.county_code)
    query = select(ReconciliationMonth).where(in_counties(ReconciliationMonth.county_code, actor.region))
    if after is not None:
        query = query.where(tuple_(*key) < after)
    return (await session.scalars(query.order_by(*(column.desc() for column in key)).limit(limit))).all()


async def live_statement(session: AsyncSession, county_code: str, digest: bytes) -> Statement | None:
    query = select(Statement).where(Statement.county_code == county_code, Statement.digest == digest, Statement.live)
    return (await session.scalars(query)).one_or_none()


async def statement_of(session: AsyncSession, county_code: str, statement_id: UUID) -> Statement | None:
    query = select(Statement).where(Statement.county_code == county_code, Statement.id == statement_id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def statements(
    session: AsyncSession, month: ReconciliationMonth, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Statement]:
    query = select(Statement).where(Statement.county_code == month.county_code, Statement.month_id == month.id)
    if after is not None:
        query = query.where(tuple_(Statement.created_at, Statement.id) > after)
    return (await session.scalars(query.order_by(Statement.created_at, Statement.id).limit(limit))).all()


async def add_statement(session: AsyncSession, statement: Statement, rows: Sequence[tuple[int, StatementRow]]) -> None:
    """A statement with its lines, at the speed of COPY."""
    session.add(statement)
    await session.flush()
    lines = (
        (
            statement.county_code, uuid7(), statement.id, True, number, row.day, row.direction, row.amount,
            row.reference, row.counterparty, row.summary,
        )
        for number, row in rows
    )  # fmt: skip
    await copy_rows(await raw_connection(session), "reconciliation_line", _LINE_COLUMNS, lines)


async def withdraw(session: AsyncSession, actor: Actor, statement: Statement, reason: str) -> None:
    """The lines follow; the database refuses when one of them is matched."""
    await session.execute(
        update(Statement)
        .where(Statement.county_code == statement.county_code, Statement.id == statement.id)
        .values(
            live=False,
            withdrawn_at=now(),
            withdrawn_by=actor.id,
            withdrawn_by_name=actor.name,
            withdrawal_reason=reason,
        )
        .execution_options(synchronize_session=False)
    )


async def match_of(session: AsyncSession, county_code: str, match_id: UUID) -> Match | None:
    query = select(Match).where(Match.county_code == county_code, Match.id == match_id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def parts_of(session: AsyncSession, county_code: str, match_id: UUID) -> set[UUID]:
    query = select(func.coalesce(MatchPart.line_id, MatchPart.transfer_id)).where(
        MatchPart.county_code == county_code, MatchPart.match_id == match_id
    )
    return set((await session.scalars(query)).all())


async def settle(
    session: AsyncSession,
    month: ReconciliationMonth,
    match_ids: Sequence[UUID],
    before: MatchState,
    values: dict[str, Any],
) -> int:
    """Move matches of a month from one state on; how many there were. The parts follow."""
    query = (
        update(Match)
        .where(
            Match.county_code == month.county_code,
            Match.month_id == month.id,
            Match.id.in_(match_ids),
            Match.state == before,
        )
        .values(**values)
        .returning(Match.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.execute(query)).all())
