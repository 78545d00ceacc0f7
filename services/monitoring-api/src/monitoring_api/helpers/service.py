"""Use cases of helpers: a household at risk is never without one (MON-9)."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.clock import today
from service_kit.errors import AlreadyExists
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import HelperEnded, HelperNeeded
from monitoring_api.helpers import repository
from monitoring_api.helpers.models import HelperAssignment
from monitoring_api.helpers.schemas import Assign, HandedOver, HandOver, Person, Release
from monitoring_api.households.models import Household
from monitoring_api.households.repository import lock_household


async def assign(
    session: AsyncSession, actor: Actor, assignment_id: UUID, body: Assign
) -> tuple[HelperAssignment, bool]:
    """Name a helper; whoever helped before hands over in the same act. Returns it and whether it is new.

    Raises:
        NotFound: no such household in the actor's region.
        AlreadyExists: the id belongs to another assignment.
    """
    household = await lock_household(session, actor, body.household_id)
    known = await repository.find_assignment(session, household.county_code, assignment_id)
    if known is not None:
        if (known.household_id, known.helper_id) != (household.id, body.helper.id):
            raise AlreadyExists()
        return known, False
    before = await repository.current_helper(session, household.county_code, household.id)
    new = _new(household.county_code, household.id, household.village_code, assignment_id, actor, body.helper)
    new.reason = body.reason
    if before is not None:
        _succeed(before, new)
        # The old one ends first: there is one current helper per household at every moment.
        await session.flush()
    session.add(new)
    await session.flush()
    await _audit(session, actor, new, "helper.assign")
    return new, True


async def release(session: AsyncSession, actor: Actor, assignment_id: UUID, body: Release) -> HelperAssignment:
    """End a helper's duty without a successor; only when no risk remains.

    Raises:
        NotFound, HelperEnded.
        HelperNeeded: the household is monitored.
    """
    seen = await repository.get_assignment(session, actor, assignment_id)
    household: Household = await lock_household(session, actor, seen.household_id)
    await session.refresh(seen)
    if seen.until is not None:
        raise HelperEnded()
    if household.monitored:
        raise HelperNeeded()
    seen.until, seen.release_reason = today(), body.reason
    await session.flush()
    await _audit(session, actor, seen, "helper.release")
    return seen


async def hand_over(session: AsyncSession, actor: Actor, body: HandOver, region: str) -> HandedOver:
    """Give all households of one helper in a region to another, e.g. when a cadre leaves."""
    held = await repository.current_of_helper(session, actor, body.from_id, region)
    if body.to.id == body.from_id:
        return HandedOver(households=0)
    successors = []
    for old in held:
        new = _new(old.county_code, old.household_id, old.village_code, uuid7(), actor, body.to)
        new.reason = body.reason
        _succeed(old, new)
        successors.append(new)
    await session.flush()
    session.add_all(successors)
    await session.flush()
    await audit.record(
        session,
        actor,
        action="helper.hand_over",
        subject_type="helper",
        subject_id=body.from_id,
        region_code=region,
        detail={"to": str(body.to.id), "households": len(successors)},
    )
    return HandedOver(households=len(successors))


def _new(
    county_code: str, household_id: UUID, village_code: str, assignment_id: UUID, actor: Actor, helper: Person
) -> HelperAssignment:
    return HelperAssignment(
        county_code=county_code,
        id=assignment_id,
        household_id=household_id,
        village_code=village_code,
        helper_id=helper.id,
        helper_name=helper.name,
        helper_unit=helper.unit,
        since=today(),
        assigned_by=actor.id,
        assigned_by_name=actor.name,
    )


def _succeed(old: HelperAssignment, new: HelperAssignment) -> None:
    old.until, old.successor_id = today(), new.id


async def _audit(session: AsyncSession, actor: Actor, assignment: HelperAssignment, action: str) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="household",
        subject_id=assignment.household_id,
        region_code=assignment.village_code,
        detail={"assignment_id": str(assignment.id), "helper_id": str(assignment.helper_id)},
    )
