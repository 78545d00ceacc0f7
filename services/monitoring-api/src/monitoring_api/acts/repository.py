"""Loading and storing acts. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts.models import RegisterAct
from monitoring_api.casework.models import Case
from monitoring_api.helpers.models import HelperAssignment
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.repository import readable


async def lock_households(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Household]:
    """The households by id, locked in one order, so that two acts on the same two wait and never lock up.

    Raises:
        NotFound: one of them is not in the actor's region.
    """
    query = (
        select(Household)
        .where(readable(actor, Household.county_code), Household.id.in_(ids))
        .order_by(Household.county_code, Household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {household.id: household for household in (await session.execute(query)).scalars()}
    if set(found) != set(ids):
        raise NotFound()
    return found


async def lock_household_in(session: AsyncSession, county_code: str, household_id: UUID) -> Household | None:
    query = select(Household).where(Household.county_code == county_code, Household.id == household_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    found: Household | None = (await session.execute(query)).scalar_one_or_none()
    return found


async def members_of(session: AsyncSession, household: Household) -> list[HouseholdMember]:
    """Everybody on the household's record, heads first; merged and void records too."""
    query = (
        select(HouseholdMember)
        .where(
            HouseholdMember.county_code == household.county_code,
            HouseholdMember.village_code == household.village_code,
            HouseholdMember.household_id == household.id,
        )
        .order_by(HouseholdMember.is_head.desc(), HouseholdMember.birth_date, HouseholdMember.id)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())


async def members_by_id(session: AsyncSession, county_code: str, ids: Collection[UUID]) -> dict[UUID, HouseholdMember]:
    query = (
        select(HouseholdMember)
        .where(HouseholdMember.county_code == county_code, HouseholdMember.id.in_(ids))
        .order_by(HouseholdMember.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {member.id: member for member in (await session.execute(query)).scalars()}


async def has_open_case(session: AsyncSession, household: Household) -> bool:
    query = select(func.count()).where(
        Case.county_code == household.county_code, Case.household_id == household.id, Case.is_open
    )
    return (await session.execute(query)).scalar_one() > 0


async def find_act(session: AsyncSession, county_code: str, act_id: UUID) -> RegisterAct | None:
    query = select(RegisterAct).where(RegisterAct.county_code == county_code, RegisterAct.id == act_id)
    return (await session.execute(query)).scalar_one_or_none()


async def is_undone(session: AsyncSession, act: RegisterAct) -> bool:
    query = select(func.count()).where(RegisterAct.county_code == act.county_code, RegisterAct.undoes == act.id)
    return (await session.execute(query)).scalar_one() > 0


async def next_number(session: AsyncSession, county_code: str, village_code: str) -> str:
    """The next household number of a village, as wide as the longest; others who ask wait for this transaction."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"household_no.{village_code}"}
    )
    query = (
        select(Household.household_no)
        .where(
            Household.county_code == county_code,
            Household.village_code == village_code,
            Household.household_no.regexp_match("^[0-9]{1,18}$"),
        )
        .order_by(func.length(Household.household_no).desc(), Household.household_no.desc())
        .limit(1)
    )
    last = (await session.execute(query)).scalar_one_or_none() or "0000"
    return str(int(last) + 1).zfill(len(last))


async def number_taken(session: AsyncSession, county_code: str, village_code: str, number: str) -> bool:
    query = select(func.count()).where(
        Household.county_code == county_code,
        Household.village_code == village_code,
        Household.household_no == number,
    )
    return (await session.execute(query)).scalar_one() > 0


async def current_helper(session: AsyncSession, household: Household) -> HelperAssignment | None:
    query = select(HelperAssignment).where(
        HelperAssignment.county_code == household.county_code,
        HelperAssignment.household_id == household.id,
        HelperAssignment.until.is_(None),
    )
    return (await session.execute(query)).scalar_one_or_none()


def copied_helper(helper: HelperAssignment, to: Household, actor: Actor, since: date, reason: str) -> HelperAssignment:
    """The same person as helper of another household, from today."""
    return HelperAssignment(
        county_code=to.county_code,
        id=uuid7(),
        household_id=to.id,
        village_code=to.village_code,
        helper_id=helper.helper_id,
        helper_name=helper.helper_name,
        helper_unit=helper.helper_unit,
        since=since,
        assigned_by=actor.id,
        assigned_by_name=actor.name,
        reason=reason,
    )


async def end_helpers(session: AsyncSession, county_code: str, ids: Collection[UUID], on: date, reason: str) -> None:
    await session.execute(
        update(HelperAssignment)
        .where(HelperAssignment.county_code == county_code, HelperAssignment.id.in_(ids))
        .values(until=on, release_reason=reason, updated_at=now(), version=HelperAssignment.version + 1)
        .execution_options(synchronize_session=False)
    )


async def resume_helpers(session: AsyncSession, county_code: str, ids: Collection[UUID]) -> None:
    await session.execute(
        update(HelperAssignment)
        .where(HelperAssignment.county_code == county_code, HelperAssignment.id.in_(ids))
        .values(until=None, release_reason=None, updated_at=now(), version=HelperAssignment.version + 1)
        .execution_options(synchronize_session=False)
    )
