"""SQL of pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit.tokens import Actor
from sqlalchemy import Select, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.pools.models import Pool
from funds_ledger.scoping import in_counties
from funds_ledger.terms import SourceLevel


def readable(actor: Actor) -> Select[Pool]:
    """Where every read starts; row-level security adds that a township sees no pool."""
    return select(Pool).where(in_counties(Pool.county_code, actor.region))


async def find(session: AsyncSession, actor: Actor, pool_id: UUID) -> Pool | None:
    return (await session.scalars(readable(actor).where(Pool.id == pool_id))).one_or_none()


async def find_by_source(session: AsyncSession, county_code: str, year: int, source_level: SourceLevel) -> Pool | None:
    query = select(Pool).where(Pool.county_code == county_code, Pool.year == year, Pool.source_level == source_level)
    return (await session.scalars(query)).one_or_none()


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    year: int | None,
    source_level: SourceLevel | None,
    after: tuple[int, str, UUID] | None,
    limit: int,
) -> Sequence[Pool]:
    """Newest year first."""
    query = readable(actor)
    if year is not None:
        query = query.where(Pool.year == year)
    if source_level is not None:
        query = query.where(Pool.source_level == source_level)
    if after is not None:
        query = query.where(tuple_(Pool.year, Pool.county_code, Pool.id) < after)
    query = query.order_by(Pool.year.desc(), Pool.county_code.desc(), Pool.id.desc())
    return (await session.scalars(query.limit(limit))).all()


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """Insert a pool unless its county, year and source have one."""
    await session.execute(insert(Pool).values(**values).on_conflict_do_nothing())


async def lock_all(session: AsyncSession, year: int, source_level: SourceLevel, region_code: str) -> Sequence[Pool]:
    """All pools of a year and source in a region, locked in one order. Not ``FOR UPDATE``: see ``ledger.posting``."""
    query = (
        select(Pool)
        .where(
            in_counties(Pool.county_code, region_code),
            Pool.year == year,
            Pool.source_level == source_level,
        )
        .order_by(Pool.county_code, Pool.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def lock(session: AsyncSession, county_code: str, pool_id: UUID) -> Pool:
    """The pool as it is now, kept so until the transaction ends."""
    query = (
        select(Pool)
        .where(Pool.county_code == county_code, Pool.id == pool_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()
