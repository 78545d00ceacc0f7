"""What an order of an archive asks of the database."""

from __future__ import annotations

from uuid import UUID

from service_kit.errors import NotFound
from service_kit.kit_tables import region
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.households.models import Household
from monitoring_api.households.repository import readable
from monitoring_api.terms import Status


async def region_name(session: AsyncSession, code: str) -> str:
    """Raises: NotFound."""
    name = (await session.execute(select(region.c.name).where(region.c.code == code))).scalar_one_or_none()
    if name is None:
        raise NotFound()
    return str(name)


async def household_number(session: AsyncSession, actor: Actor, household_id: UUID) -> tuple[str, str]:
    """Village code and 户编号. Raises: NotFound."""
    query = select(Household.village_code, Household.household_no).where(
        readable(actor, Household.county_code), Household.id == household_id
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound()
    return row.village_code, row.household_no


async def count_households(session: AsyncSession, code: str, status: Status | None, at_most: int) -> int:
    """Active households of a region (county or below), counted no further than ``at_most + 1``."""
    scope = Scope(code)
    query = select(Household.id).where(
        Household.county_code == code[:6],
        Household.village_code >= scope.lo,
        Household.village_code < scope.hi,
        Household.state == "active",
    )
    match status:
        case "lifted":
            query = query.where(Household.lifted)
        case "monitored":
            query = query.where(Household.monitored)
        case "ordinary":
            query = query.where(~Household.lifted, ~Household.monitored)
    counted = select(func.count()).select_from(query.limit(at_most + 1).subquery())
    return (await session.execute(counted)).scalar_one()
