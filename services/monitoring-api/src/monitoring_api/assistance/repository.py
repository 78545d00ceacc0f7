"""Loading and storing assistance plans. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.assistance.models import AssistancePlan, Measure
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.repository import readable

ABLE_TO_WORK = ("skilled", "ordinary", "weak")


async def current_plan(session: AsyncSession, county_code: str, household_id: UUID) -> AssistancePlan | None:
    """The plan of the time under monitoring that goes on."""
    query = select(AssistancePlan).where(
        AssistancePlan.county_code == county_code,
        AssistancePlan.household_id == household_id,
        AssistancePlan.state != "closed",
    )
    return (await session.execute(query)).scalar_one_or_none()


async def ended_plan(session: AsyncSession, household: Household) -> AssistancePlan | None:
    """The ended plan of the very monitoring that the household is under, whose end has been taken back."""
    query = (
        select(AssistancePlan)
        .where(
            AssistancePlan.county_code == household.county_code,
            AssistancePlan.household_id == household.id,
            AssistancePlan.state == "closed",
            AssistancePlan.since == household.monitored_since,
        )
        .order_by(AssistancePlan.created_at.desc(), AssistancePlan.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def find_plan(session: AsyncSession, actor: Actor, plan_id: UUID) -> AssistancePlan:
    """Raises: NotFound when there is no such plan in the actor's region."""
    query = select(AssistancePlan).where(readable(actor, AssistancePlan.county_code), AssistancePlan.id == plan_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def lock_plan(session: AsyncSession, actor: Actor, plan_id: UUID) -> tuple[AssistancePlan, Household]:
    """A plan for an act on it, and its household: both locked, the household first as every act on it does.

    Raises:
        NotFound: no such plan in the actor's region.
    """
    seen = await find_plan(session, actor, plan_id)
    household = (
        await session.execute(
            select(Household)
            .where(Household.county_code == seen.county_code, Household.id == seen.household_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one()
    plan = (
        await session.execute(
            select(AssistancePlan)
            .where(AssistancePlan.county_code == seen.county_code, AssistancePlan.id == seen.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one()
    return plan, household


def labour_count(household: Household) -> ScalarSelect[int]:
    """SQL of how many present members can work, to be counted by the statement that it becomes part of."""
    return (
        select(func.count())
        .where(
            HouseholdMember.county_code == household.county_code,
            HouseholdMember.village_code == household.village_code,
            HouseholdMember.household_id == household.id,
            HouseholdMember.state == "present",
            HouseholdMember.labour_ability.in_(ABLE_TO_WORK),
        )
        .scalar_subquery()
    )


async def labour_people(session: AsyncSession, household: Household) -> int:
    """How many present members can work."""
    return (await session.execute(select(labour_count(household)))).scalar_one()


async def measures_of(session: AsyncSession, plan: AssistancePlan) -> Sequence[Measure]:
    """All measures of a plan, oldest first."""
    query = (
        select(Measure)
        .where(Measure.county_code == plan.county_code, Measure.plan_id == plan.id)
        .order_by(Measure.planned_from, Measure.id)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def find_measure(session: AsyncSession, county_code: str, measure_id: UUID) -> Measure | None:
    query = select(Measure).where(Measure.county_code == county_code, Measure.id == measure_id)
    return (await session.execute(query)).scalar_one_or_none()


async def get_measure(session: AsyncSession, actor: Actor, measure_id: UUID) -> Measure:
    """Raises: NotFound when there is no such measure in the actor's region."""
    query = select(Measure).where(readable(actor, Measure.county_code), Measure.id == measure_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def delivered(session: AsyncSession, county_code: str, household_id: UUID) -> int | None:
    """Delivered measures of the plan that goes on; None when there is no plan, so that nobody can know."""
    plan = await current_plan(session, county_code, household_id)
    if plan is None:
        return None
    query = select(func.count()).where(
        Measure.county_code == county_code, Measure.plan_id == plan.id, Measure.state == "delivered"
    )
    return (await session.execute(query)).scalar_one()
