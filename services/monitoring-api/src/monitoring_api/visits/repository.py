"""Storing visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.db import insert_once
from monitoring_api.households.models import Household
from monitoring_api.households.repository import readable
from monitoring_api.visits.models import Visit


async def visited_household(session: AsyncSession, actor: Actor, household_id: UUID) -> Household:
    """Raises: NotFound when there is no such household in the actor's region."""
    query = select(Household).where(readable(actor, Household.county_code), Household.id == household_id)
    household = (await session.execute(query)).scalar_one_or_none()
    if household is None:
        raise NotFound()
    return household


async def add_visit(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert unless the id is taken; waits for another upload of the same id to end. False when it is taken."""
    return await insert_once(session, Visit, values)


async def stored_hash(session: AsyncSession, county_code: str, visit_id: UUID) -> str | None:
    query = select(Visit.payload_hash).where(Visit.county_code == county_code, Visit.id == visit_id)
    return (await session.execute(query)).scalar_one_or_none()
