"""SQL of yearly plans."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.plans.models import YearlyPlan
from funds_ledger.scoping import in_counties


async def lock(session: AsyncSession, actor: Actor, plan_id: UUID) -> YearlyPlan:
    """Raises NotFound when there is none in the actor's scope."""
    query = (
        select(YearlyPlan)
        .where(in_counties(YearlyPlan.county_code, actor.region), YearlyPlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    plan = (await session.scalars(query)).one_or_none()
    if plan is None:
        raise NotFound()
    return plan


async def of_county(session: AsyncSession, county_code: str, plan_id: UUID) -> YearlyPlan | None:
    query = select(YearlyPlan).where(YearlyPlan.county_code == county_code, YearlyPlan.id == plan_id)
    return (await session.scalars(query)).one_or_none()


async def claim(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a plan unless its id is taken."""
    statement = insert(YearlyPlan).values(**values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(YearlyPlan.id))).scalar_one_or_none() is not None


_ENTRIES = text(
    """
    SELECT e.id, e.region_code, e.purpose, e.planned_fen, p.name, p.state,
        CAST(coalesce((SELECT sum(t.planned_fen) FROM plan_entry t
            WHERE t.county_code = CAST(:county_code AS text) AND t.project_id = e.id AND t.year <> :year
              AND t.ended_on IS NULL), 0) AS bigint) AS other_years
    FROM library_entry e
    JOIN project p ON p.county_code = CAST(:county_code AS text) AND p.id = e.id
    WHERE e.county_code = CAST(:county_code AS text) AND e.id = ANY(CAST(:ids AS uuid[])) AND e.left_on IS NULL
    ORDER BY e.id
    """
)


async def entries(session: AsyncSession, county_code: str, year: int, ids: Collection[UUID]) -> dict[UUID, Any]:
    """The library's entries of some projects, with what other years plan for them."""
    rows = await session.execute(_ENTRIES, {"county_code": county_code, "year": year, "ids": list(ids)})
    return {UUID(str(row.id)): row for row in rows}


_ADD_LINES = text(
    """
    INSERT INTO plan_line (county_code, id, plan_id, project_id, region_code, priority, planned_fen)
    SELECT CAST(:county_code AS text), l.id, CAST(:plan_id AS uuid), l.project_id, l.region_code, l.priority,
        l.planned_fen
    FROM unnest(CAST(:ids AS uuid[]), CAST(:projects AS uuid[]), CAST(:regions AS text[]),
        CAST(:priorities AS smallint[]), CAST(:amounts AS bigint[])) AS l(id, project_id, region_code, priority,
        planned_fen)
    """
)
_DROP_LINES = text(
    "DELETE FROM plan_line WHERE county_code = CAST(:county_code AS text) AND plan_id = CAST(:plan_id AS uuid)"
)


async def replace_lines(session: AsyncSession, county_code: str, plan_id: UUID, values: dict[str, Any]) -> None:
    """Write the lines of a draft anew; what differs from line to line comes as lists."""
    key = {"county_code": county_code, "plan_id": plan_id}
    await session.execute(_DROP_LINES, key)
    await session.execute(_ADD_LINES, values | key)


_ENFORCE = text(
    """
    INSERT INTO plan_entry (county_code, id, project_id, year, region_code, purpose, plan_id, effective_on, priority,
        planned_fen, allocated_fen, created_at, updated_at)
    SELECT l.county_code, l.id, l.project_id, CAST(:year AS integer), l.region_code, e.purpose, l.plan_id,
        CAST(:effective_on AS date), l.priority, l.planned_fen, 0, :moment, :moment
    FROM plan_line l
    JOIN library_entry e ON e.county_code = CAST(:county_code AS text) AND e.id = l.project_id
    WHERE l.county_code = CAST(:county_code AS text) AND l.plan_id = CAST(:plan_id AS uuid)
    ORDER BY l.project_id
    ON CONFLICT ON CONSTRAINT uq_plan_entry_year DO UPDATE SET
        plan_id = excluded.plan_id, effective_on = excluded.effective_on, priority = excluded.priority,
        planned_fen = excluded.planned_fen, ended_on = NULL, updated_at = excluded.updated_at
    """
)


async def enforce(session: AsyncSession, plan: YearlyPlan, effective_on: date) -> None:
    """Put the lines of a plan in force; a line of an earlier plan for the same project and year is replaced."""
    await session.execute(
        _ENFORCE,
        {
            "county_code": plan.county_code,
            "plan_id": plan.id,
            "year": plan.year,
            "effective_on": effective_on,
            "moment": now(),
        },
    )


_LINES = text(
    """
    SELECT l.project_id, p.name, l.region_code, r.name AS region_name, p.category, e.purpose, p.state, l.priority,
        l.planned_fen AS planned, coalesce(t.allocated_fen, 0) AS allocated, t.ended_on
    FROM plan_line l
    JOIN project p ON p.county_code = CAST(:county_code AS text) AND p.id = l.project_id
    JOIN library_entry e ON e.county_code = CAST(:county_code AS text) AND e.id = l.project_id
    LEFT JOIN plan_entry t ON t.county_code = CAST(:county_code AS text) AND t.project_id = l.project_id
        AND t.year = CAST(:year AS integer) AND t.plan_id = l.plan_id
    LEFT JOIN region r ON r.code = l.region_code
    WHERE l.county_code = CAST(:county_code AS text) AND l.plan_id = CAST(:plan_id AS uuid)
    ORDER BY l.priority, l.region_code, l.project_id
    """
)


async def lines(session: AsyncSession, plan: YearlyPlan) -> Sequence[Any]:
    values = {"county_code": plan.county_code, "plan_id": plan.id, "year": plan.year}
    rows: Sequence[Any] = (await session.execute(_LINES, values)).all()
    return rows


_PAGE = """
    SELECT y.id, y.county_code, y.year, y.title, y.note, y.state, y.effective_on, y.created_by, y.created_by_name,
        y.approved_by_name, y.created_at, y.version, n.id AS notice_id, n.act, n.starts_on, n.ends_on, n.closed_on,
        s.lines, s.planned, s.industry
    FROM yearly_plan y
    LEFT JOIN act_notice n ON n.county_code = y.county_code AND n.id = y.notice_id
        AND n.county_code >= :lo AND n.county_code < :hi
    LEFT JOIN LATERAL (
        SELECT count(*) AS lines, CAST(coalesce(sum(l.planned_fen), 0) AS bigint) AS planned,
            CAST(coalesce(sum(l.planned_fen) FILTER (WHERE e.purpose = 'industry'), 0) AS bigint) AS industry
        FROM plan_line l JOIN library_entry e ON e.county_code = l.county_code AND e.id = l.project_id
        WHERE l.county_code = y.county_code AND l.plan_id = y.id
    ) s ON true
    WHERE y.county_code >= :lo AND y.county_code < :hi {more}
    ORDER BY y.created_at DESC, y.county_code DESC, y.id DESC
    LIMIT :limit
"""


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    year: int | None = None,
    plan_id: UUID | None = None,
    after: tuple[Any, str, UUID] | None = None,
    limit: int = 2,
) -> Sequence[Any]:
    """Newest first, with totals of the lines."""
    more, values = "", {"lo": actor.scope.county_lo, "hi": actor.scope.county_hi, "limit": limit}
    if year is not None:
        more, values["year"] = more + " AND y.year = CAST(:year AS integer)", year
    if plan_id is not None:
        more, values["plan_id"] = more + " AND y.id = CAST(:plan_id AS uuid)", plan_id
    if after is not None:
        more += " AND (y.created_at, y.county_code, y.id) < (:at, CAST(:county AS text), CAST(:after_id AS uuid))"
        values |= {"at": after[0], "county": after[1], "after_id": after[2]}
    rows: Sequence[Any] = (await session.execute(text(_PAGE.format(more=more)), values)).all()
    return rows
