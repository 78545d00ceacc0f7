"""Loading and storing cases. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework.models import Case, CaseNotice, CaseStep, Objection
from monitoring_api.households.models import Household, HouseholdIncome, HouseholdMember
from monitoring_api.households.repository import readable


async def lock_case(session: AsyncSession, actor: Actor, case_id: UUID) -> Case:
    """Load a case for a step; others wait, so that steps follow one another.

    Raises:
        NotFound: no such case in the actor's region.
    """
    query = select(Case).where(readable(actor, Case.county_code), Case.id == case_id)
    case = (
        await session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if case is None:
        raise NotFound()
    return case


async def find_case(session: AsyncSession, county_code: str, case_id: UUID) -> Case | None:
    query = select(Case).where(Case.county_code == county_code, Case.id == case_id)
    return (await session.execute(query)).scalar_one_or_none()


async def hold_case_of_notice(session: AsyncSession, county_code: str, notice_id: UUID) -> Case | None:
    """The case of a notice, which no step can change until the transaction ends.

    Steps lock the case and then its notice. Whoever is about to lock a notice comes through here first, so that nobody
    holds a notice while waiting for its case.
    """
    of_notice = select(CaseNotice.case_id).where(CaseNotice.county_code == county_code, CaseNotice.id == notice_id)
    query = select(Case).where(Case.county_code == county_code, Case.id == of_notice.scalar_subquery())
    held = query.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    found: Case | None = (await session.execute(held)).scalar_one_or_none()
    return found


async def claim_case(session: AsyncSession, case: Case) -> bool:
    """Insert the row unless its id is taken; waits for another opening of the same id to end."""
    values = {
        column.key: getattr(case, column.key)
        for column in Case.__table__.columns
        if getattr(case, column.key) is not None
    }
    statement = insert(Case).values(values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(Case.id))).scalar_one_or_none() is not None


async def lock_active_household(session: AsyncSession, actor: Actor, household_id: UUID) -> Household:
    """Raises: NotFound when there is no such active household in the actor's region."""
    query = select(Household).where(readable(actor, Household.county_code), Household.id == household_id)
    household = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if household is None or household.state != "active":
        raise NotFound()
    return household


async def household_of(session: AsyncSession, case: Case) -> Household:
    query = select(Household).where(Household.county_code == case.county_code, Household.id == case.household_id)
    return (await session.execute(query)).scalar_one()


async def last_case_id(session: AsyncSession, household: Household) -> UUID | None:
    query = (
        select(Case.id)
        .where(Case.county_code == household.county_code, Case.household_id == household.id)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def present_people(session: AsyncSession, case: Case) -> int:
    query = select(func.count()).where(
        HouseholdMember.county_code == case.county_code,
        HouseholdMember.village_code == case.village_code,
        HouseholdMember.household_id == case.household_id,
        HouseholdMember.state == "present",
    )
    return (await session.execute(query)).scalar_one()


async def last_verification(session: AsyncSession, case: Case) -> dict[str, Any]:
    """The form of the last home verification; every case that the villages handled has one."""
    query = (
        select(CaseStep.evidence)
        .where(
            CaseStep.county_code == case.county_code,
            CaseStep.case_id == case.id,
            CaseStep.from_state == "home_verification",
            CaseStep.action == "complete",
        )
        .order_by(CaseStep.seq.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none() or {}


async def open_case_exists(session: AsyncSession, household: Household) -> bool:
    query = select(Case.id).where(
        Case.county_code == household.county_code, Case.household_id == household.id, Case.is_open
    )
    return (await session.execute(query)).first() is not None


async def members_of(session: AsyncSession, household: Household) -> Sequence[HouseholdMember]:
    """Everybody present."""
    query = select(HouseholdMember).where(
        HouseholdMember.county_code == household.county_code,
        HouseholdMember.village_code == household.village_code,
        HouseholdMember.household_id == household.id,
        HouseholdMember.state == "present",
    )
    return (await session.execute(query)).scalars().all()


async def latest_income(session: AsyncSession, household: Household) -> HouseholdIncome | None:
    """The registered income of the latest year."""
    query = (
        select(HouseholdIncome)
        .where(HouseholdIncome.county_code == household.county_code, HouseholdIncome.household_id == household.id)
        .order_by(HouseholdIncome.year.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def get_household(session: AsyncSession, actor: Actor, household_id: UUID) -> Household:
    """Raises: NotFound when there is no such active household in the actor's region."""
    query = select(Household).where(readable(actor, Household.county_code), Household.id == household_id)
    household = (await session.execute(query)).scalar_one_or_none()
    if household is None or household.state != "active":
        raise NotFound()
    return household


async def get_case(session: AsyncSession, actor: Actor, case_id: UUID) -> Case:
    """Raises: NotFound when there is no such case in the actor's region."""
    query = select(Case).where(readable(actor, Case.county_code), Case.id == case_id)
    case = (await session.execute(query)).scalar_one_or_none()
    if case is None:
        raise NotFound()
    return case


async def last_evidence(session: AsyncSession, case: Case) -> dict[str, Any]:
    """What the last step left on record; ``{}`` when nothing."""
    query = select(CaseStep.evidence).where(
        CaseStep.county_code == case.county_code, CaseStep.case_id == case.id, CaseStep.seq == case.version
    )
    return (await session.execute(query)).scalar_one_or_none() or {}


async def head_name(session: AsyncSession, case: Case) -> str:
    query = select(HouseholdMember.name).where(
        HouseholdMember.county_code == case.county_code,
        HouseholdMember.household_id == case.household_id,
        HouseholdMember.is_head,
    )
    return (await session.execute(query)).scalar_one_or_none() or ""


async def lock_notice(session: AsyncSession, county_code: str, notice_id: UUID) -> CaseNotice | None:
    query = select(CaseNotice).where(CaseNotice.county_code == county_code, CaseNotice.id == notice_id)
    found: CaseNotice | None = (
        await session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    return found


async def find_objection(session: AsyncSession, actor: Actor, objection_id: UUID) -> Objection:
    """Raises: NotFound when there is no such objection in the actor's region."""
    query = select(Objection).where(readable(actor, Objection.county_code), Objection.id == objection_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def objection_of(session: AsyncSession, county_code: str, objection_id: UUID) -> Objection:
    query = select(Objection).where(Objection.county_code == county_code, Objection.id == objection_id)
    return (await session.execute(query)).scalar_one()


async def objections_by_phone(session: AsyncSession, notice: CaseNotice, phone_index: bytes) -> int:
    query = select(func.count()).where(
        Objection.county_code == notice.county_code,
        Objection.notice_id == notice.id,
        Objection.phone_index == phone_index,
    )
    return (await session.execute(query)).scalar_one()


async def objections_of(session: AsyncSession, notice: CaseNotice) -> int:
    query = select(func.count()).where(Objection.county_code == notice.county_code, Objection.notice_id == notice.id)
    return (await session.execute(query)).scalar_one()
