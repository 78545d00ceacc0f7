"""A plan begins and ends with the monitoring of its household."""

from __future__ import annotations

from service_kit.calendar import add_working_days
from service_kit.clock import today
from service_kit.ids import uuid7
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.assistance import repository
from monitoring_api.assistance.models import AssistancePlan
from monitoring_api.households.models import Household
from monitoring_api.policy.service import policy_on


async def follow(session: AsyncSession, household: Household) -> None:
    """Begin a plan for who is monitored now, end that of who is not, and take up again one whose end was a mistake.

    The limit counts from the day the monitoring is entered here: nobody can keep one that had passed before they heard
    of it. A determination enters it on the day it is made.
    """
    plan = await repository.current_plan(session, household.county_code, household.id)
    if household.monitored_since is None:
        if plan is not None:
            plan.state, plan.closed_on = "closed", today()
    elif plan is None and (ended := await repository.ended_plan(session, household)) is not None:
        ended.state = "draft" if ended.confirmed_at is None else "confirmed"
        ended.closed_on = None
    elif plan is None:
        policy = await policy_on(session, household.county_code, today())
        days = int(policy.rules["assistance_plan"].value["working_days"])
        session.add(
            AssistancePlan(
                county_code=household.county_code,
                id=uuid7(),
                household_id=household.id,
                village_code=household.village_code,
                since=household.monitored_since,
                working_days=days,
                due_on=add_working_days(today(), days),
                demo=household.demo,
            )
        )
    elif plan.state == "draft":
        plan.since = household.monitored_since
    await session.flush()
