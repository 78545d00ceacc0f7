"""SQL of floor rules. A catalogue: readable in every scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit.kit_tables import region
from sqlalchemy import Select, exists, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from funds_ledger.floors.models import FloorRule
from funds_ledger.terms import SOURCE_LEVELS, SourceLevel

_LOCK = 0x464C
"""Namespace of the advisory lock on the floors of a year and source."""


async def lock(session: AsyncSession, year: int, source_level: SourceLevel) -> None:
    """Let one transaction at a time set a rule or create a pool of this year and source.

    Otherwise a pool made at the same moment could keep a floor that has just been raised. Both are rare acts.
    """
    await session.execute(
        text("SELECT pg_advisory_xact_lock(:space, :key)"),
        {"space": _LOCK, "key": year * 100 + SOURCE_LEVELS.index(source_level)},
    )


async def by_id(session: AsyncSession, rule_id: UUID) -> FloorRule | None:
    return await session.get(FloorRule, rule_id)


async def in_force(session: AsyncSession, year: int, source_level: SourceLevel) -> Sequence[FloorRule]:
    """The newest revision of each region's rule."""
    query = (
        select(FloorRule)
        .where(FloorRule.year == year, FloorRule.source_level == source_level)
        .ext(distinct_on(FloorRule.region_code))
        .order_by(FloorRule.region_code, FloorRule.revision.desc())
    )
    return (await session.scalars(query)).all()


async def next_revision(session: AsyncSession, year: int, source_level: SourceLevel, region_code: str) -> int:
    query = select(func.coalesce(func.max(FloorRule.revision), 0) + 1).where(
        FloorRule.year == year,
        FloorRule.source_level == source_level,
        FloorRule.region_code == region_code,
    )
    return int((await session.execute(query)).scalar_one())


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a rule; False when the id is already taken."""
    query = (
        insert(FloorRule).values(**values).on_conflict_do_nothing(index_elements=[FloorRule.id]).returning(FloorRule.id)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


def listing() -> Select[Any]:
    """Rows of ``FloorRead``, newest year first."""
    newer = aliased(FloorRule)
    replaced = exists().where(
        newer.year == FloorRule.year,
        newer.source_level == FloorRule.source_level,
        newer.region_code == FloorRule.region_code,
        newer.revision > FloorRule.revision,
    )
    return (
        select(
            FloorRule.id,
            FloorRule.year,
            FloorRule.source_level,
            FloorRule.region_code,
            region.c.name.label("region_name"),
            FloorRule.floor_bp,
            FloorRule.not_below_last_year,
            FloorRule.basis,
            FloorRule.revision,
            (~replaced).label("in_force"),
            FloorRule.created_at,
            FloorRule.created_by_name,
        )
        .outerjoin(region, region.c.code == FloorRule.region_code)
        .order_by(FloorRule.year.desc(), FloorRule.id.desc())
    )


async def page(
    session: AsyncSession,
    *,
    year: int | None,
    source_level: SourceLevel | None,
    after: tuple[int, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    query = listing()
    if year is not None:
        query = query.where(FloorRule.year == year)
    if source_level is not None:
        query = query.where(FloorRule.source_level == source_level)
    if after is not None:
        query = query.where(tuple_(FloorRule.year, FloorRule.id) < after)
    rows: Sequence[Any] = (await session.execute(query.limit(limit))).all()
    return rows


async def read(session: AsyncSession, rule_id: UUID) -> Any:
    return (await session.execute(listing().where(FloorRule.id == rule_id))).one()
