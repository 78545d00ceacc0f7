"""Loading and storing households. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from monitoring_api.households.models import (
    Household,
    HouseholdIncome,
    HouseholdMember,
    MonitoredClass,
    PersonRegistry,
    RiskKind,
)


def readable(actor: Actor, county: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The tenants an actor can meet: where every query starts."""
    scope = actor.scope
    if len(actor.region) >= 6:
        return county == actor.region[:6]
    return and_(county >= scope.county_lo, county < scope.county_hi)


async def lock_household(session: AsyncSession, actor: Actor, household_id: UUID) -> Household:
    """Load a household for an act on it or its members; others wait, so that its versions follow one another.

    Raises:
        NotFound: no such household in the actor's region.
    """
    query = select(Household).where(readable(actor, Household.county_code), Household.id == household_id)
    household = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if household is None:
        raise NotFound()
    return household


async def find_household(session: AsyncSession, county_code: str, household_id: UUID) -> Household | None:
    query = select(Household).where(Household.county_code == county_code, Household.id == household_id)
    return (await session.execute(query)).scalar_one_or_none()


async def claim_household(session: AsyncSession, household: Household) -> bool:
    """Insert the row unless its id is taken; waits for another registration of the same id to end."""
    values = {
        column.key: getattr(household, column.key)
        for column in Household.__table__.columns
        if getattr(household, column.key) is not None
    }
    statement = insert(Household).values(values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(Household.id))).scalar_one_or_none() is not None


async def find_member(session: AsyncSession, household: Household, member_id: UUID) -> HouseholdMember | None:
    query = select(HouseholdMember).where(
        HouseholdMember.county_code == household.county_code,
        HouseholdMember.household_id == household.id,
        HouseholdMember.id == member_id,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def get_member(session: AsyncSession, household: Household, member_id: UUID) -> HouseholdMember:
    """Raises: NotFound when the household has no such member."""
    member = await find_member(session, household, member_id)
    if member is None:
        raise NotFound()
    return member


async def readable_member(
    session: AsyncSession, actor: Actor, household_id: UUID, member_id: UUID
) -> HouseholdMember | None:
    """A member of a household in the actor's region."""
    query = select(HouseholdMember).where(
        readable(actor, HouseholdMember.county_code),
        HouseholdMember.household_id == household_id,
        HouseholdMember.id == member_id,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def member_states(session: AsyncSession, county_code: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    query = select(HouseholdMember.id, HouseholdMember.state).where(
        HouseholdMember.county_code == county_code, HouseholdMember.id.in_(list(ids))
    )
    return {row.id: row.state for row in await session.execute(query.order_by(HouseholdMember.id))}


async def incomes_of(session: AsyncSession, household: Household, years: Iterable[int]) -> dict[int, HouseholdIncome]:
    """Registered incomes of the given years, by year."""
    query = select(HouseholdIncome).where(
        HouseholdIncome.county_code == household.county_code,
        HouseholdIncome.household_id == household.id,
        HouseholdIncome.year.in_(list(years)),
    )
    return {income.year: income for income in (await session.execute(query)).scalars()}


async def register_persons(session: AsyncSession, members: Sequence[HouseholdMember]) -> list[HouseholdMember]:
    """Claim identity numbers for members, across all counties; returns those whose number is taken.

    In one order of numbers, so that two registrations of the same people wait for each other and never lock up.
    """
    numbered = sorted((m for m in members if m.id_number_index), key=lambda m: m.id_number_index or b"")
    if not numbered:
        return []
    rows = [{"id_number_index": m.id_number_index, "county_code": m.county_code, "member_id": m.id} for m in numbered]
    statement = insert(PersonRegistry).values(rows).on_conflict_do_nothing(index_elements=["id_number_index"])
    claimed = set((await session.execute(statement.returning(PersonRegistry.id_number_index))).scalars())
    return [m for m in numbered if m.id_number_index not in claimed]


async def unregister_person(session: AsyncSession, id_number_index: bytes) -> None:
    await session.execute(delete(PersonRegistry).where(PersonRegistry.id_number_index == id_number_index))


async def release_person(session: AsyncSession, member: HouseholdMember) -> None:
    """Let go of a number, if it is this member who holds it."""
    await session.execute(
        delete(PersonRegistry).where(
            PersonRegistry.id_number_index == member.id_number_index,
            PersonRegistry.county_code == member.county_code,
            PersonRegistry.member_id == member.id,
        )
    )


async def release_number(session: AsyncSession, index: bytes, only: Sequence[UUID] = ()) -> None:
    """Let go of a number, whoever holds it, or only if one of these does."""
    statement = delete(PersonRegistry).where(PersonRegistry.id_number_index == index)
    if only:
        statement = statement.where(PersonRegistry.member_id.in_(only))
    await session.execute(statement)


async def hold_person(session: AsyncSession, index: bytes, county_code: str, member_id: UUID) -> None:
    """Note who holds a number, unless somebody does already."""
    row = {"id_number_index": index, "county_code": county_code, "member_id": member_id}
    await session.execute(insert(PersonRegistry).values(row).on_conflict_do_nothing())


async def holders_of(session: AsyncSession, indexes: Iterable[bytes]) -> dict[bytes, tuple[str, UUID]]:
    """Who holds these numbers: county and member, by blind index."""
    query = select(PersonRegistry).where(PersonRegistry.id_number_index.in_(list(indexes)))
    rows = (await session.execute(query)).scalars()
    return {bytes(row.id_number_index): (row.county_code, row.member_id) for row in rows}


async def household_of_person(session: AsyncSession, id_number_index: bytes) -> UUID | None:
    """The household where a person is registered, if the actor may see it."""
    query = (
        select(HouseholdMember.household_id)
        .join(
            PersonRegistry,
            and_(
                PersonRegistry.county_code == HouseholdMember.county_code,
                PersonRegistry.member_id == HouseholdMember.id,
            ),
        )
        .where(PersonRegistry.id_number_index == id_number_index)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def monitored_classes(session: AsyncSession) -> dict[str, MonitoredClass]:
    return {row.code: row for row in (await session.execute(select(MonitoredClass))).scalars()}


async def risk_kinds(session: AsyncSession) -> dict[str, RiskKind]:
    return {row.code: row for row in (await session.execute(select(RiskKind))).scalars()}
