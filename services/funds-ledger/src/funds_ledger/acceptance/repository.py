"""SQL of acceptances and of what projects became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit.clock import now
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.acceptance.models import Acceptance, ProjectAsset
from funds_ledger.projects.models import Project


async def standing(session: AsyncSession, project: Project) -> Acceptance | None:
    """The acceptance in effect, locked."""
    query = (
        select(Acceptance)
        .where(
            Acceptance.county_code == project.county_code,
            Acceptance.project_id == project.id,
            Acceptance.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def end(session: AsyncSession, project: Project) -> None:
    """Take the acceptance in effect back."""
    await session.execute(
        update(Acceptance)
        .where(
            Acceptance.county_code == project.county_code,
            Acceptance.project_id == project.id,
            Acceptance.ended_at.is_(None),
        )
        .values(ended_at=now(), updated_at=now())
        .execution_options(synchronize_session=False)
    )


_MONEY = text(
    """
    SELECT a.source_level, a.year, d.number AS document_number, CAST(sum(a.amount_fen) AS bigint) AS allocated,
        CAST(sum(a.paid_fen) AS bigint) AS paid
    FROM allocation a
    LEFT JOIN fund_document d ON d.county_code = CAST(:county_code AS text) AND d.id = a.document_id
    WHERE a.county_code = CAST(:county_code AS text) AND a.project_id = CAST(:project_id AS uuid)
        AND a.status = 'allocated'
    GROUP BY a.source_level, a.year, d.number
    ORDER BY a.source_level, a.year, d.number NULLS LAST
    """
)


async def money_of(session: AsyncSession, project: Project) -> Sequence[Any]:
    """What was allocated to the project and paid, by source, year and document."""
    values = {"county_code": project.county_code, "project_id": project.id}
    rows: Sequence[Any] = (await session.execute(_MONEY, values)).all()
    return rows


async def add_asset(session: AsyncSession, values: dict[str, Any]) -> None:
    """Note an asset of a project; a second telling changes nothing."""
    await session.execute(insert(ProjectAsset).values(**values).on_conflict_do_nothing())


async def is_project(session: AsyncSession, county_code: str, project_id: UUID) -> bool:
    query = select(Project.id).where(Project.county_code == county_code, Project.id == project_id)
    return (await session.execute(query)).scalar_one_or_none() is not None
