"""Read-only SQL for spending progress and the speed of allocation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.payments.models import AllocationSpeedRule

_PROGRESS = text(
    """
    SELECT a.source_level, left(a.region_code, 9) AS township, r.name,
        CAST(sum(a.amount_fen) AS bigint) AS allocated, CAST(sum(a.paid_fen) AS bigint) AS paid,
        CAST(sum(a.committed_fen - a.paid_fen) AS bigint) AS requested
    FROM allocation a LEFT JOIN region r ON r.code = left(a.region_code, 9)
    WHERE a.county_code = CAST(:county_code AS text) AND a.year = CAST(:year AS integer) AND a.status = 'allocated'
    GROUP BY a.source_level, left(a.region_code, 9), r.name
    ORDER BY a.source_level, left(a.region_code, 9)
    """
)

_BY_MONTH = text(
    """
    SELECT to_char(t.posted_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
        CAST(sum(CASE t.kind WHEN 'payment' THEN t.amount_fen ELSE -t.amount_fen END) AS bigint) AS paid
    FROM transfer t
    JOIN allocation a ON a.county_code = CAST(:county_code AS text) AND a.county_code = t.county_code
        AND a.id = t.allocation_id
    WHERE t.county_code = CAST(:county_code AS text) AND a.year = CAST(:year AS integer)
        AND t.kind IN ('payment', 'refund')
    GROUP BY 1 ORDER BY 1
    """
)

_IN_FORCE = text(
    """
    SELECT DISTINCT ON (source_level, region_code, due_on) source_level, region_code, due_on, share_bp
    FROM progress_checkpoint WHERE year = CAST(:year AS integer)
    ORDER BY source_level, region_code, due_on, revision DESC
    """
)

_DOCUMENTS = text(
    """
    SELECT id, number, source_level, received_on, amount_fen + adjusted_fen AS fen FROM fund_document
    WHERE county_code = CAST(:county_code AS text) AND year = CAST(:year AS integer)
        AND amount_fen + adjusted_fen > 0
    ORDER BY received_on, id
    """
)

_GIVEN = text(
    """
    SELECT a.source_level, a.document_id,
        CAST(a.created_at AT TIME ZONE 'Asia/Shanghai' AS date) AS day, CAST(sum(a.amount_fen) AS bigint) AS fen
    FROM allocation a
    WHERE a.county_code = CAST(:county_code AS text) AND a.year = CAST(:year AS integer) AND a.status = 'allocated'
    GROUP BY a.source_level, a.document_id, CAST(a.created_at AT TIME ZONE 'Asia/Shanghai' AS date)
    """
)


async def _rows(session: AsyncSession, query: Any, **values: Any) -> Sequence[Any]:
    found: Sequence[Any] = (await session.execute(query, values)).all()
    return found


async def progress(session: AsyncSession, county_code: str, year: int) -> Sequence[Any]:
    """What was allocated, paid and asked for, per source and township."""
    return await _rows(session, _PROGRESS, county_code=county_code, year=year)


async def by_month(session: AsyncSession, county_code: str, year: int) -> Sequence[Any]:
    """What was paid in each month out of the money of a year, less what came back in it."""
    return await _rows(session, _BY_MONTH, county_code=county_code, year=year)


async def checkpoints(session: AsyncSession, year: int) -> Sequence[Any]:
    """The newest revision of each checkpoint of a year."""
    return await _rows(session, _IN_FORCE, year=year)


async def documents(session: AsyncSession, county_code: str, year: int) -> Sequence[Any]:
    """What each document of a year brings now."""
    return await _rows(session, _DOCUMENTS, county_code=county_code, year=year)


async def given(session: AsyncSession, county_code: str, year: int) -> Sequence[Any]:
    """What was allocated on which day, per source and document named."""
    return await _rows(session, _GIVEN, county_code=county_code, year=year)


async def speed_rules(session: AsyncSession) -> Sequence[AllocationSpeedRule]:
    return (await session.scalars(select(AllocationSpeedRule))).all()
