"""Loading and storing policies enjoyed."""

from __future__ import annotations

from uuid import UUID

from service_kit.errors import NotFound
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.benefits.models import PolicyBenefit
from monitoring_api.households.models import Household, HouseholdMember


async def find_benefit(session: AsyncSession, household: Household, benefit_id: UUID) -> PolicyBenefit | None:
    """In the tenant of the household; of another household too, for an id is used once."""
    return await session.get(PolicyBenefit, (household.county_code, benefit_id), populate_existing=True)


async def get_benefit(session: AsyncSession, household: Household, benefit_id: UUID) -> PolicyBenefit:
    """Raises: NotFound when the household has no such policy."""
    found = await find_benefit(session, household, benefit_id)
    if found is None or found.household_id != household.id:
        raise NotFound()
    return found


async def member_name(session: AsyncSession, benefit: PolicyBenefit) -> str | None:
    if benefit.member_id is None:
        return None
    query = select(HouseholdMember.name).where(
        HouseholdMember.county_code == benefit.county_code, HouseholdMember.id == benefit.member_id
    )
    return (await session.execute(query)).scalar_one_or_none()
