"""Allocations draw on what is planned for a project: the guard between the plan and the money (FND-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.clock import now, today
from service_kit.errors import FieldError
from service_kit.money import format_yuan
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import ProjectNotPlanned, ProjectPlanExceeded, ProjectRequired


@dataclass(frozen=True, slots=True)
class Draw:
    """One allocation that wants money for a project; ``path`` is where its line stands in the request."""

    path: str
    project_id: UUID | None
    region_code: str
    purpose: str
    amount: int


_LOCK = text(
    """
    SELECT t.project_id, t.region_code, t.purpose, t.planned_fen, t.allocated_fen
    FROM plan_entry t
    WHERE t.county_code = CAST(:county_code AS text) AND t.project_id = ANY(CAST(:ids AS uuid[]))
        AND t.year = CAST(:year AS integer) AND t.ended_on IS NULL
    ORDER BY t.project_id
    FOR NO KEY UPDATE
    """
)
_DRAW = """
    UPDATE {table} t SET allocated_fen = t.allocated_fen + d.fen, updated_at = :moment
    FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS bigint[])) AS d(project_id, fen)
    WHERE t.county_code = CAST(:county_code AS text) AND t.{key} = d.project_id {more}
"""
_DRAW_PLAN = text(_DRAW.format(table="plan_entry", key="project_id", more="AND t.year = CAST(:year AS integer)"))
_DRAW_LIBRARY = text(_DRAW.format(table="library_entry", key="id", more=""))


async def ensure(
    session: AsyncSession, county_code: str, year: int, library_from: date, draws: Sequence[Draw]
) -> dict[UUID, int]:
    """Make sure that the plan leaves what allocations of one year need, and lock it; fen wanted by project.

    Raises:
        ProjectRequired: money of that day needs a project.
        ProjectNotPlanned: a project that is not in the plan of the year, or another region or purpose than its own.
        ProjectPlanExceeded: more than the plan of the year or the project's financing leaves, with ``shortfall``.
    """
    bare = [draw.path for draw in draws if draw.project_id is None]
    if bare and today() >= library_from:
        raise ProjectRequired(
            f"自 {library_from.isoformat()} 起，{year} 年度资金只能安排给库内且列入年度计划的项目",
            errors=[FieldError(f"{path}.project_id", "project_required", "请选择年度计划内的项目") for path in bare],
        )
    wanted: dict[UUID, int] = defaultdict(int)
    for one in draws:
        if one.project_id is not None:
            wanted[one.project_id] += one.amount
    if not wanted:
        return {}
    rows = await session.execute(_LOCK, {"county_code": county_code, "year": year, "ids": sorted(wanted)})
    planned = {UUID(str(row.project_id)): row for row in rows}
    _ensure_planned(planned, draws)
    _ensure_room(planned, wanted, draws)
    return dict(wanted)


def _ensure_planned(planned: Mapping[UUID, Any], draws: Collection[Draw]) -> None:
    errors = []
    for one in draws:
        if one.project_id is None:
            continue
        entry = planned.get(one.project_id)
        if entry is None:
            errors.append(FieldError(f"{one.path}.project_id", "project_not_planned", "该项目没有列入当年计划"))
        elif entry.region_code != one.region_code:
            errors.append(FieldError(f"{one.path}.region_code", "region_of_project", "应与项目所在地一致"))
        elif entry.purpose != one.purpose:
            errors.append(FieldError(f"{one.path}.purpose", "purpose_of_project", "应与项目的用途一致"))
    if errors:
        raise ProjectNotPlanned(errors=errors)


def _ensure_room(planned: Mapping[UUID, Any], wanted: Mapping[UUID, int], draws: Collection[Draw]) -> None:
    for project_id, fen in wanted.items():
        entry = planned[project_id]
        left = entry.planned_fen - entry.allocated_fen
        if fen > left:
            over = format_yuan(fen - left)
            paths = [one.path for one in draws if one.project_id == project_id]
            raise ProjectPlanExceeded(
                f"该项目本年度计划只余 {format_yuan(left)} 元可分配，超出 {over} 元",
                errors=[FieldError(f"{path}.amount", "project_plan_exceeded", "超出计划资金") for path in paths],
                shortfall=over,
                headroom_project=format_yuan(left),
            )


async def move(session: AsyncSession, county_code: str, year: int, amounts: Mapping[UUID, int]) -> None:
    """Add to what is allocated to projects, in the plan and in the library; negative to give back.

    CHECKs bound both.
    """
    ids = sorted(amounts)
    values = {
        "county_code": county_code,
        "year": year,
        "ids": ids,
        "amounts": [amounts[project_id] for project_id in ids],
        "moment": now(),
    }
    await session.execute(_DRAW_PLAN, values)
    del values["year"]
    await session.execute(_DRAW_LIBRARY, values)
