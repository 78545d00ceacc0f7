"""SQL that stores what banks report, and the dated rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.clock import now
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.microloans.models import Microloan, MicroloanPolicy, MicroloanReport


async def policies(session: AsyncSession) -> Sequence[MicroloanPolicy]:
    query = select(MicroloanPolicy).order_by(
        MicroloanPolicy.region_code.desc(), MicroloanPolicy.effective_on.desc(), MicroloanPolicy.revision.desc()
    )
    return (await session.scalars(query)).all()


async def add_dated(session: AsyncSession, table: Any, same: tuple[Any, ...], values: dict[str, Any]) -> bool:
    """The next revision of what has the same values in the columns ``same``; False when another was quicker."""
    newest = select(func.coalesce(func.max(table.revision), 0)).where(*(c == values[c.key] for c in same))
    values = values | {"revision": (await session.execute(newest)).scalar_one() + 1, "created_at": now()}
    statement = insert(table).values(values).on_conflict_do_nothing().returning(table.id)
    return (await session.execute(statement)).scalar_one_or_none() is not None


_TAKEN = (
    "name", "person_key", "id_number", "id_number_mask", "member_id", "household_id", "village_code", "principal_fen",
    "balance_fen", "rate_bp", "disbursed_on", "due_on", "purpose", "household_used", "problems", "reported_on",
    "updated_at",
)  # fmt: skip
_CHUNK = 1_000


async def keep_loans(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Insert or bring up to date by contract; an older report than the newest known changes nothing."""
    for start in range(0, len(rows), _CHUNK):
        fresh = insert(Microloan).values(rows[start : start + _CHUNK])
        await session.execute(
            fresh.on_conflict_do_update(
                index_elements=["county_code", "lender", "contract_number"],
                set_={name: getattr(fresh.excluded, name) for name in _TAKEN} | {"version": Microloan.version + 1},
                where=Microloan.reported_on <= fresh.excluded.reported_on,
            )
        )


_REPORT = text(
    """
    INSERT INTO microloan_report (county_code, id, loan_id, reported_on, balance_fen, at, by, by_name)
    SELECT l.county_code, gen_random_uuid(), l.id, CAST(:day AS date), l.balance_fen, :at, :by, :by_name
    FROM microloan l
    WHERE l.county_code = CAST(:county_code AS text) AND l.reported_on = CAST(:day AS date)
    ON CONFLICT ON CONSTRAINT uq_microloan_report_day DO NOTHING
    """
)


async def note_reports(session: AsyncSession, county_code: str, day: date, by: UUID, by_name: str) -> None:
    await session.execute(_REPORT, {"county_code": county_code, "day": day, "at": now(), "by": by, "by_name": by_name})


_HOUSEHOLD_LIMIT = text(
    """
    UPDATE microloan l SET problems = CASE WHEN o.fen > CAST(:most AS bigint)
        THEN array_append(array_remove(l.problems, 'household_over_amount'), 'household_over_amount')
        ELSE array_remove(l.problems, 'household_over_amount') END
    FROM (SELECT household_id, sum(balance_fen) AS fen FROM microloan
          WHERE county_code = CAST(:county_code AS text) AND household_id IS NOT NULL GROUP BY household_id) o
    WHERE l.county_code = CAST(:county_code AS text) AND l.household_id = o.household_id AND l.balance_fen > 0
        AND (o.fen > CAST(:most AS bigint)) <> ('household_over_amount' = ANY (l.problems))
    """
)


async def mark_households(session: AsyncSession, county_code: str, most_fen: int) -> None:
    """Households whose open loans together are above the limit."""
    await session.execute(_HOUSEHOLD_LIMIT, {"county_code": county_code, "most": most_fen})


async def newly_overdue(session: AsyncSession, county_code: str, day: date) -> Sequence[Microloan]:
    """Open loans past their day of registered households that the register was not told of; marked as told."""
    query = (
        update(Microloan)
        .where(
            Microloan.county_code == county_code,
            Microloan.balance_fen > 0,
            Microloan.due_on < day,
            Microloan.told_overdue_at.is_(None),
            Microloan.household_id.is_not(None),
        )
        .values(told_overdue_at=now())
        .returning(Microloan)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(query)).all()


async def with_reports(session: AsyncSession, county_code: str, start: date, end: date) -> Sequence[Any]:
    """Loans that could bear subsidised interest in a period, each with its reports by day."""
    query = (
        select(
            Microloan,
            func.array_agg(MicroloanReport.reported_on).label("days"),
            func.array_agg(MicroloanReport.balance_fen).label("balances"),
        )
        .join(
            MicroloanReport,
            (MicroloanReport.county_code == Microloan.county_code) & (MicroloanReport.loan_id == Microloan.id),
        )
        .where(Microloan.county_code == county_code, Microloan.disbursed_on <= end, Microloan.due_on >= start)
        .group_by(Microloan.county_code, Microloan.id)
        .order_by(Microloan.lender, Microloan.contract_number)
    )
    rows: Sequence[Any] = (await session.execute(query)).all()
    return rows
