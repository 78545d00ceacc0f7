"""Loading and storing applications. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.kit_tables import region
from service_kit.tokens import Actor
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.applications.models import Application
from monitoring_api.casework.models import Case, CaseStep
from monitoring_api.households.repository import readable


async def lock_application(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    """Raises: NotFound when there is no such application in the actor's region."""
    query = select(Application).where(readable(actor, Application.county_code), Application.id == application_id)
    found = (
        await session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def application_of(session: AsyncSession, county_code: str, application_id: UUID) -> Application:
    query = select(Application).where(Application.county_code == county_code, Application.id == application_id)
    return (await session.execute(query)).scalar_one()


async def is_village(session: AsyncSession, code: str) -> bool:
    query = select(region.c.code).where(region.c.code == code, region.c.level == "village")
    return (await session.execute(query)).scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Match:
    application_id: UUID
    household_id: UUID


# One statement for one application or for all that wait: identity numbers meet through the registry of persons. The
# name must agree too; a right number under a wrong name is for a person to look at. A monitored household needs no
# identification, so what it is about is likewise for a person.
_MATCH = """
SELECT a.id AS application_id, h.id AS household_id
FROM application a
JOIN person_registry p ON p.id_number_index = a.id_number_index AND p.county_code = a.county_code
JOIN household_member m ON m.county_code = a.county_code AND m.county_code = :county AND m.id = p.member_id
    AND m.state = 'present'
JOIN household h ON h.county_code = a.county_code AND h.county_code = :county AND h.id = m.household_id
    AND h.state = 'active' AND NOT h.monitored
JOIN household_member head ON head.county_code = a.county_code AND head.county_code = :county
    AND head.household_id = h.id AND head.is_head
WHERE a.county_code = :county AND a.state = 'to_check' AND a.head_name IN (m.name, head.name)
"""


async def matches(session: AsyncSession, county_code: str, application_id: UUID | None = None) -> list[Match]:
    """Which waiting applications of a county belong to which households, in the order of their receipt."""
    only = "" if application_id is None else " AND a.id = :id"
    statement = text(_MATCH + only + " ORDER BY a.received_at, a.id")
    arguments: dict[str, Any] = {"county": county_code} | ({"id": application_id} if application_id else {})
    return [Match(row.application_id, row.household_id) for row in await session.execute(statement, arguments)]


async def open_case_of(session: AsyncSession, county_code: str, household_id: UUID) -> Case | None:
    query = select(Case).where(Case.county_code == county_code, Case.household_id == household_id, Case.is_open)
    return (await session.execute(query)).scalar_one_or_none()


async def case_of(session: AsyncSession, application: Application) -> Case | None:
    if application.case_id is None:
        return None
    query = select(Case).where(Case.county_code == application.county_code, Case.id == application.case_id)
    return (await session.execute(query)).scalar_one()


async def steps_of(session: AsyncSession, case: Case) -> Sequence[CaseStep]:
    query = (
        select(CaseStep)
        .where(CaseStep.county_code == case.county_code, CaseStep.case_id == case.id)
        .order_by(CaseStep.seq)
    )
    return (await session.execute(query)).scalars().all()
