"""Registering households and adding members."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.crypto import FieldCrypto
from service_kit.errors import AlreadyExists, ValidationFailed
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts.repository import next_number
from monitoring_api.duplicates.service.finding import claim, flag
from monitoring_api.errors import HeadExists
from monitoring_api.households import repository
from monitoring_api.households.models import Household, HouseholdIncome
from monitoring_api.households.rules import changes_between, composition_errors, year_errors
from monitoring_api.households.schemas import HouseholdCreate, MemberCreate
from monitoring_api.households.service import records


@dataclass(frozen=True, slots=True)
class Written:
    """The household card after an act; ``created`` is false for a repeated request."""

    body: bytes
    version: int
    created: bool


async def register_household(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    household_id: UUID,
    body: HouseholdCreate,
    *,
    refuse_duplicates: bool = False,
) -> Written:
    """Register a household with its members in one act. The same request again has no further effect.

    Who may be registered already is kept and put on the list of duplicate persons: two cadres without a network can
    both have met a newcomer, and what either wrote must not be lost. A household without a number gets the next one.

    Raises:
        ValidationFailed, RegionOutOfScope, HouseholdNumberTaken, VillageUnknown.
        PersonAlreadyRegistered: only with ``refuse_duplicates``.
        AlreadyExists: the id belongs to another request.
    """
    errors = composition_errors(body.members) + year_errors([i.year for i in body.incomes], today().year)
    if errors:
        raise ValidationFailed(errors=errors)
    ensure_in_scope(actor, body.village_code)
    digest = records.content_hash(crypto, body)
    county_code = county_of(body.village_code)
    known = await repository.find_household(session, county_code, household_id)
    if known is not None:
        return await _known(session, known, digest)
    at = now()
    household = Household(
        county_code=county_code,
        id=household_id,
        village_code=body.village_code,
        state="active",
        monitored=False,
        risks=[],
        demo=False,
        version=1,
        created_at=at,
        updated_at=at,
        content_hash=digest,
        **{field: getattr(body, field) for field in records.HOUSEHOLD_FIELDS},
    )
    if body.household_no is None:
        household.household_no = await next_number(session, county_code, body.village_code)
    if not await repository.claim_household(session, household):
        return await _known(session, await repository.find_household(session, county_code, household_id), digest)
    members = [records.new_member(household, member.id, member, crypto) for member in body.members]
    paths = {member.id: f"body.members.{index}.id_number" for index, member in enumerate(body.members)}
    holders = await claim(session, actor, members, paths, refuse=refuse_duplicates)
    session.add_all(members)
    session.add_all(
        HouseholdIncome(
            county_code=county_code,
            household_id=household_id,
            village_code=body.village_code,
            year=income.year,
            **records.income_columns(income),
        )
        for income in body.incomes
    )
    changes = changes_between({}, records.household_view(household) | {"members": len(members)})
    await records.write_history(session, actor, household, "registered", changes)
    await records.announce(session, household, "registered")
    await flag(session, actor, members, holders)
    return Written(*await records.card(session, household), created=True)


async def _known(session: AsyncSession, known: Household | None, digest: bytes) -> Written:
    if known is None or known.content_hash != digest:
        raise AlreadyExists()
    return Written(*await records.card(session, known), created=False)


async def add_member(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    household_id: UUID,
    member_id: UUID,
    body: MemberCreate,
    *,
    refuse_duplicates: bool = False,
) -> Written:
    """Add one person. The same request again has no further effect.

    Raises:
        NotFound, HeadExists.
        PersonAlreadyRegistered: only with ``refuse_duplicates``; else the person is kept and flagged.
        AlreadyExists: the id belongs to another request.
    """
    household = await repository.lock_household(session, actor, household_id)
    digest = records.content_hash(crypto, body)
    known = await repository.find_member(session, household, member_id)
    if known is not None:
        if known.content_hash != digest:
            raise AlreadyExists()
        return Written(*await records.card(session, household), created=False)
    if body.relation == "head":
        raise HeadExists()
    member = records.new_member(household, member_id, body, crypto)
    member.content_hash = digest
    paths = {member_id: "body.id_number"}
    holders = await claim(session, actor, [member], paths, refuse=refuse_duplicates)
    session.add(member)
    household.updated_at = now()
    changes = changes_between({}, records.member_view(member))
    await records.write_history(session, actor, household, "member_added", changes, member=member)
    await flag(session, actor, [member], holders)
    return Written(*await records.card(session, household), created=True)
