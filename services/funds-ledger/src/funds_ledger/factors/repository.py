"""SQL of schemes and of this service's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import and_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.factors.models import FactorScheme
from funds_ledger.pools.models import Pool
from funds_ledger.scoping import in_counties

_OWN = text(
    """
    SELECT left(e.region_code, CAST(:length AS integer)) AS region_code,
        CAST(count(*) FILTER (WHERE e.left_on IS NULL AND p.state = 'library') AS integer) AS tasks,
        CAST(coalesce(avg(m.score_bp), 0) AS integer) AS performance
    FROM library_entry e
    JOIN project p ON p.county_code = CAST(:county_code AS text) AND p.id = e.id
    LEFT JOIN LATERAL (
        SELECT r.score_bp FROM performance_record r
        WHERE r.county_code = CAST(:county_code AS text) AND r.project_id = e.id AND r.kind = 'self_evaluation'
        ORDER BY r.at DESC LIMIT 1
    ) m ON true
    WHERE e.county_code = CAST(:county_code AS text)
    GROUP BY 1
    """
)


async def own_figures(session: AsyncSession, county_code: str, length: int) -> dict[str, Any]:
    """Projects of the library that wait, and the mean of the newest self-evaluations, by region."""
    rows = await session.execute(_OWN, {"county_code": county_code, "length": length})
    return {row.region_code: row for row in rows}


_ROOM = text(
    """
    SELECT t.project_id, t.region_code, t.planned_fen - t.allocated_fen AS left_fen
    FROM plan_entry t
    WHERE t.county_code = CAST(:county_code AS text) AND t.year = CAST(:year AS integer) AND t.ended_on IS NULL
        AND t.purpose = CAST(:purpose AS text) AND t.planned_fen > t.allocated_fen
    ORDER BY t.priority, t.project_id
    """
)


async def room(session: AsyncSession, scheme: FactorScheme) -> Sequence[Any]:
    """What the projects of the year's plan can still take, by their priority."""
    values = {"county_code": scheme.county_code, "year": scheme.year, "purpose": scheme.purpose}
    rows: Sequence[Any] = (await session.execute(_ROOM, values)).all()
    return rows


async def claim(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a scheme unless its id is taken."""
    statement = insert(FactorScheme).values(**values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(FactorScheme.id))).scalar_one_or_none() is not None


async def of_county(session: AsyncSession, county_code: str, scheme_id: UUID) -> FactorScheme | None:
    query = select(FactorScheme).where(FactorScheme.county_code == county_code, FactorScheme.id == scheme_id)
    return (await session.scalars(query)).one_or_none()


async def lock(session: AsyncSession, actor: Actor, scheme_id: UUID) -> FactorScheme:
    """Raises NotFound when there is none in the actor's scope."""
    query = (
        select(FactorScheme)
        .where(in_counties(FactorScheme.county_code, actor.region), FactorScheme.id == scheme_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    scheme = (await session.scalars(query)).one_or_none()
    if scheme is None:
        raise NotFound()
    return scheme


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    year: int | None = None,
    scheme_id: UUID | None = None,
    after: tuple[datetime, str, UUID] | None = None,
    limit: int = 2,
) -> Sequence[Any]:
    """Newest first, with the source of the pool."""
    query = (
        select(FactorScheme, Pool.source_level)
        .join(Pool, and_(Pool.county_code == FactorScheme.county_code, Pool.id == FactorScheme.pool_id))
        .where(in_counties(FactorScheme.county_code, actor.region))
    )
    if year is not None:
        query = query.where(FactorScheme.year == year)
    if scheme_id is not None:
        query = query.where(FactorScheme.id == scheme_id)
    key = (FactorScheme.created_at, FactorScheme.county_code, FactorScheme.id)
    if after is not None:
        query = query.where(tuple_(*key) < after)
    rows: Sequence[Any] = (
        await session.execute(
            query.order_by(*(column.desc() for column in key)).limit(limit).execution_options(populate_existing=True)
        )
    ).all()
    return rows
