"""SQL of land revenue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit.kit_tables import region
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.land_revenue.models import LandRevenueReport, LandRevenueRule

_LOCK = 0x4C52
"""Namespace of the advisory lock on revisions."""

_YEARS = text(
    """
    SELECT DISTINCT ON (r.year) r.*, count(*) OVER (PARTITION BY r.year) AS reports,
        (SELECT coalesce(sum(p.received_fen), 0)::bigint FROM pool p
         WHERE p.county_code = :county AND p.year = r.year AND p.source_level = 'land_revenue') AS in_ledger
    FROM land_revenue_report r WHERE r.county_code = :county
    ORDER BY r.year DESC, r.as_of DESC, r.revision DESC LIMIT 100
    """
)


async def lock(session: AsyncSession, key: int) -> None:
    """Let one transaction at a time number the revisions of a county's year, or of rules."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), {"space": _LOCK, "key": key})


async def years(session: AsyncSession, county_code: str) -> Sequence[Any]:
    """The standing report of each year, newest year first; there are never more than a hundred."""
    rows: Sequence[Any] = (await session.execute(_YEARS, {"county": county_code})).all()
    return rows


async def reports(
    session: AsyncSession, county_code: str, year: int | None, after: UUID | None, limit: int
) -> Sequence[LandRevenueReport]:
    query = select(LandRevenueReport).where(LandRevenueReport.county_code == county_code)
    if year is not None:
        query = query.where(LandRevenueReport.year == year)
    if after is not None:
        query = query.where(LandRevenueReport.id < after)
    return (await session.scalars(query.order_by(LandRevenueReport.id.desc()).limit(limit))).all()


async def report_of(session: AsyncSession, county_code: str, report_id: UUID) -> LandRevenueReport | None:
    return await session.get(LandRevenueReport, (county_code, report_id))


async def next_report(session: AsyncSession, report: LandRevenueReport) -> int:
    query = select(func.coalesce(func.max(LandRevenueReport.revision), 0) + 1).where(
        LandRevenueReport.county_code == report.county_code,
        LandRevenueReport.year == report.year,
        LandRevenueReport.as_of == report.as_of,
    )
    return int((await session.execute(query)).scalar_one())


async def rules(session: AsyncSession) -> Sequence[LandRevenueRule]:
    """All of them: a catalogue with a line or two per region."""
    return (await session.scalars(select(LandRevenueRule))).all()


async def rule_page(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[Any]:
    """Newest first, with the region's name."""
    query = select(LandRevenueRule, region.c.name.label("region_name")).outerjoin(
        region, region.c.code == LandRevenueRule.region_code
    )
    if after is not None:
        query = query.where(LandRevenueRule.id < after)
    rows: Sequence[Any] = (await session.execute(query.order_by(LandRevenueRule.id.desc()).limit(limit))).all()
    return rows


async def next_rule(session: AsyncSession, region_code: str, from_year: int) -> int:
    query = select(func.coalesce(func.max(LandRevenueRule.revision), 0) + 1).where(
        LandRevenueRule.region_code == region_code, LandRevenueRule.from_year == from_year
    )
    return int((await session.execute(query)).scalar_one())
