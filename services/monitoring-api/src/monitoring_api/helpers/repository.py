"""Loading and storing helpers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.kit_tables import region as region_table
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy import Row, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.helpers.models import HelperAssignment
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.repository import readable


async def current_helper(session: AsyncSession, county_code: str, household_id: UUID) -> HelperAssignment | None:
    query = select(HelperAssignment).where(
        HelperAssignment.county_code == county_code,
        HelperAssignment.household_id == household_id,
        HelperAssignment.until.is_(None),
    )
    return (await session.execute(query)).scalar_one_or_none()


async def find_assignment(session: AsyncSession, county_code: str, assignment_id: UUID) -> HelperAssignment | None:
    return await session.get(HelperAssignment, (county_code, assignment_id))


async def get_assignment(session: AsyncSession, actor: Actor, assignment_id: UUID) -> HelperAssignment:
    """Raises: NotFound."""
    query = select(HelperAssignment).where(
        readable(actor, HelperAssignment.county_code), HelperAssignment.id == assignment_id
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def assignments_of(session: AsyncSession, actor: Actor, household_id: UUID) -> Sequence[HelperAssignment]:
    """All helpers that a household has had, the newest first."""
    query = (
        select(HelperAssignment)
        .where(readable(actor, HelperAssignment.county_code), HelperAssignment.household_id == household_id)
        .order_by(HelperAssignment.created_at.desc(), HelperAssignment.id.desc())
    )
    return (await session.execute(query)).scalars().all()


async def current_of_helper(
    session: AsyncSession, actor: Actor, helper_id: UUID, region: str
) -> Sequence[HelperAssignment]:
    """What one person helps in a region, locked in one order."""
    scope = Scope(region)
    query = (
        select(HelperAssignment)
        .where(
            readable(actor, HelperAssignment.county_code),
            HelperAssignment.helper_id == helper_id,
            HelperAssignment.until.is_(None),
            HelperAssignment.village_code >= scope.lo,
            HelperAssignment.village_code < scope.hi,
        )
        .order_by(HelperAssignment.county_code, HelperAssignment.household_id)
        .with_for_update()
    )
    return (await session.execute(query)).scalars().all()


async def workloads(
    session: AsyncSession, actor: Actor, region: str, q: str | None, after: tuple[int, UUID] | None, limit: int
) -> Sequence[Row[UUID, str, str, int, int]]:
    """People who help in a region, who helps most first; ``q`` is a part of their name or unit."""
    scope = Scope(region)
    table, count = HelperAssignment, func.count()
    query = (
        select(
            table.helper_id,
            func.max(table.helper_name).label("helper_name"),
            func.max(table.helper_unit).label("helper_unit"),
            count.label("households"),
            count.filter(Household.monitored).label("monitored"),
        )
        .join(Household, and_(Household.county_code == table.county_code, Household.id == table.household_id))
        .where(
            readable(actor, table.county_code),
            table.until.is_(None),
            table.village_code >= scope.lo,
            table.village_code < scope.hi,
        )
        .group_by(table.helper_id)
        .order_by(count.desc(), table.helper_id)
        .limit(limit)
    )
    if q:
        query = query.where((func.strpos(table.helper_name, q) > 0) | (func.strpos(table.helper_unit, q) > 0))
    if after is not None:
        households, helper_id = after
        query = query.having((count < households) | and_(count == households, table.helper_id > helper_id))
    return (await session.execute(query)).all()


async def helped_households(
    session: AsyncSession,
    actor: Actor,
    helper_id: UUID,
    region: str,
    after: tuple[str, str, UUID] | None,
    limit: int,
) -> Sequence[Row[UUID, UUID, str, str, str | None, str | None, bool, str | None, date]]:
    """What one person helps now in a region, by village and household number."""
    scope, table = Scope(region), HelperAssignment
    query = (
        select(
            table.id.label("assignment_id"),
            table.household_id,
            Household.household_no,
            table.village_code,
            region_table.c.name.label("village_name"),
            HouseholdMember.name.label("head_name"),
            Household.monitored,
            Household.monitored_class,
            table.since,
        )
        .join(Household, and_(Household.county_code == table.county_code, Household.id == table.household_id))
        .outerjoin(
            HouseholdMember,
            and_(
                HouseholdMember.county_code == table.county_code,
                HouseholdMember.household_id == table.household_id,
                HouseholdMember.is_head,
            ),
        )
        .outerjoin(region_table, region_table.c.code == table.village_code)
        .where(
            readable(actor, table.county_code),
            table.helper_id == helper_id,
            table.until.is_(None),
            table.village_code >= scope.lo,
            table.village_code < scope.hi,
        )
        .order_by(table.village_code, Household.household_no, table.household_id)
        .limit(limit)
    )
    if after is not None:
        key = tuple_(table.village_code, Household.household_no, table.household_id)
        query = query.where(key > tuple_(*after))
    return (await session.execute(query)).all()
