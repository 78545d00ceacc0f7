"""Loading and storing projects. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.region import ancestors_of
from service_kit.tokens import Actor
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.projects.models import LibraryEntry, NegativeListItem, PerformanceRecord, Project, ProjectFinding
from funds_ledger.scoping import in_counties


async def lock(session: AsyncSession, actor: Actor, project_id: UUID) -> Project:
    """Load a project for a step; others wait, so that steps follow one another.

    Raises:
        NotFound: no such project in the actor's region.
    """
    query = (
        select(Project)
        .where(in_counties(Project.county_code, actor.region), Project.id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    project = (await session.scalars(query)).one_or_none()
    if project is None:
        raise NotFound()
    return project


async def find(session: AsyncSession, actor: Actor, project_id: UUID) -> Project | None:
    query = select(Project).where(in_counties(Project.county_code, actor.region), Project.id == project_id)
    return (await session.scalars(query)).one_or_none()


async def of_county(session: AsyncSession, county_code: str, project_id: UUID) -> Project | None:
    query = select(Project).where(Project.county_code == county_code, Project.id == project_id)
    return (await session.scalars(query)).one_or_none()


async def claim(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a project unless its id is taken; waits for another opening of the same id to end."""
    statement = insert(Project).values(**values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(Project.id))).scalar_one_or_none() is not None


async def negative_list(session: AsyncSession, county_code: str, day: date) -> Sequence[NegativeListItem]:
    """The entries in force for a county: the newest revision of each code and region, while it lasts."""
    query = (
        select(NegativeListItem)
        .where(
            NegativeListItem.region_code.in_(["", *ancestors_of(county_code), county_code]),
            NegativeListItem.effective_on <= day,
        )
        .ext(distinct_on(NegativeListItem.region_code, NegativeListItem.code))
        .order_by(NegativeListItem.region_code, NegativeListItem.code, NegativeListItem.revision.desc())
    )
    return [item for item in await session.scalars(query) if item.ends_on is None or item.ends_on >= day]


_SIMILAR = text(
    """
    SELECT p.id, p.name, p.year, p.state, p.region_code, p.planned_fen,
        CAST(round(CAST(similarity(p.name, :name) * 100 AS numeric)) AS integer) AS likeness
    FROM project p
    WHERE p.county_code = CAST(:county_code AS text) AND p.id <> CAST(:id AS uuid)
        AND p.region_code >= CAST(:township AS text) AND p.region_code < CAST(:township AS text) || ':'
        AND p.state NOT IN ('draft', 'refused', 'withdrawn')
        AND (p.category = CAST(:category AS text) OR p.region_code = CAST(:region_code AS text))
        AND (similarity(p.name, :name) >= :likeness OR (p.place = :place AND p.category = CAST(:category AS text)))
    ORDER BY likeness DESC, p.id
    LIMIT 10
    """
)
LIKENESS = 0.5
"""Names at least this alike in trigrams are shown to a person as a possible duplicate."""


async def similar(session: AsyncSession, project: Project) -> Sequence[Any]:
    """Other projects of the township that may be the same: alike in name, or one kind of thing at one place."""
    values = {
        "county_code": project.county_code,
        "id": project.id,
        "township": project.region_code[:9],
        "region_code": project.region_code,
        "category": project.category,
        "name": project.name,
        "place": project.place,
        "likeness": LIKENESS,
    }
    rows: Sequence[Any] = (await session.execute(_SIMILAR, values)).all()
    return rows


async def findings(session: AsyncSession, project: Project) -> Sequence[ProjectFinding]:
    query = select(ProjectFinding).where(
        ProjectFinding.county_code == project.county_code, ProjectFinding.project_id == project.id
    )
    return (await session.scalars(query)).all()


async def add_finding(
    session: AsyncSession, project: Project, kind: str, subject_id: UUID, detail: dict[str, Any]
) -> None:
    await session.execute(
        insert(ProjectFinding).values(
            county_code=project.county_code,
            id=uuid7(),
            project_id=project.id,
            region_code=project.region_code,
            kind=kind,
            subject_id=subject_id,
            detail=detail,
            found_at=now(),
            active=True,
        )
    )


async def lock_entry(session: AsyncSession, county_code: str, project_id: UUID) -> LibraryEntry | None:
    query = (
        select(LibraryEntry)
        .where(LibraryEntry.county_code == county_code, LibraryEntry.id == project_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def enter(session: AsyncSession, values: dict[str, Any]) -> None:
    moment = now()
    await session.execute(insert(LibraryEntry).values(**values, allocated_fen=0, created_at=moment, updated_at=moment))


async def change_entry(session: AsyncSession, county_code: str, project_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(
        update(LibraryEntry)
        .where(LibraryEntry.county_code == county_code, LibraryEntry.id == project_id)
        .values(**values, updated_at=now())
        .execution_options(synchronize_session=False)
    )


_END_PLAN = text(
    "UPDATE plan_entry SET ended_on = CAST(:day AS date), updated_at = :moment"
    " WHERE county_code = CAST(:county_code AS text) AND project_id = CAST(:project_id AS uuid) AND ended_on IS NULL"
)


async def leave_plans(session: AsyncSession, county_code: str, project_id: UUID, day: date) -> None:
    """End what of the project is planned; CHECKs refuse it while money is allocated."""
    await session.execute(
        _END_PLAN, {"county_code": county_code, "project_id": project_id, "day": day, "moment": now()}
    )


async def add_performance(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(PerformanceRecord).values(**values))


async def next_item_revision(session: AsyncSession, region_code: str, code: str) -> int:
    query = select(func.coalesce(func.max(NegativeListItem.revision), 0) + 1).where(
        NegativeListItem.region_code == region_code, NegativeListItem.code == code
    )
    return int((await session.execute(query)).scalar_one())
