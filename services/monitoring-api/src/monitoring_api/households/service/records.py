"""What all acts on a household share: member rows from requests, history, audit, events, and the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from uuid import UUID

import orjson
from pydantic import BaseModel
from service_kit import audit
from service_kit.clock import now
from service_kit.crypto import FieldCrypto, mask_id_number, mask_phone
from service_kit.db import ReadConnection
from service_kit.errors import FieldError
from service_kit.json import canonical
from service_kit.outbox import publish
from service_kit.pinyin import initials
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import PersonAlreadyRegistered
from monitoring_api.events import HouseholdChanged, HouseholdChangeKind
from monitoring_api.households import repository, views
from monitoring_api.households.models import Household, HouseholdChange, HouseholdMember
from monitoring_api.households.rules import MASKED_FIELDS, Change
from monitoring_api.households.schemas import IncomeInput, MemberCreate, RigidKindsInput
from monitoring_api.terms import Act

PLAIN_MEMBER_FIELDS = (
    "name", "relation", "sex", "birth_date", "labour_ability", "health", "education", "schooling", "employment",
    "insured",
)  # fmt: skip
AMOUNTS = ("wage", "business", "property", "transfer", "rigid_expense")
HOUSEHOLD_FIELDS = (
    "household_no", "group_name", "address", "dwelling_grade", "water_supply", "lifted", "lifted_year",
)  # fmt: skip


def income_columns(income: IncomeInput) -> dict[str, int | None]:
    """The amounts of a year as its row holds them, fen; the kinds of rigid expense null unless given."""
    kinds = income.rigid_kinds
    return {field: getattr(income, field) for field in AMOUNTS} | {
        f"rigid_{kind}": getattr(kinds, kind) if kinds is not None else None for kind in RigidKindsInput.model_fields
    }


def content_hash(crypto: FieldCrypto, body: BaseModel) -> bytes:
    """Keyed, because a plain hash of a body with few unknown digits could be searched through."""
    return crypto.blind_index(hashlib.sha256(canonical(body.model_dump(mode="json"))).hexdigest())


def set_name(member: HouseholdMember, name: str) -> None:
    """Store a name with what searches need of it."""
    member.name, member.name_tail, member.initials = name, name[1:], initials(name)


def set_id_number(member: HouseholdMember, number: str | None, crypto: FieldCrypto) -> None:
    member.id_number = crypto.encrypt(number) if number else None
    member.id_number_index = crypto.blind_index(number) if number else None
    member.id_number_masked = mask_id_number(number) if number else None


def set_phone(member: HouseholdMember, phone: str | None, crypto: FieldCrypto) -> None:
    member.phone = crypto.encrypt(phone) if phone else None
    member.phone_masked = mask_phone(phone) if phone else None


def new_member(household: Household, member_id: UUID, body: MemberCreate, crypto: FieldCrypto) -> HouseholdMember:
    member = HouseholdMember(
        county_code=household.county_code,
        id=member_id,
        household_id=household.id,
        village_code=household.village_code,
        is_head=body.relation == "head",
        **{field: getattr(body, field) for field in PLAIN_MEMBER_FIELDS if field != "name"},
    )
    set_name(member, body.name)
    set_id_number(member, body.id_number, crypto)
    set_phone(member, body.phone, crypto)
    return member


def member_view(member: HouseholdMember) -> dict[str, Any]:
    """The fields of a member that history compares, numbers masked."""
    plain = {field: getattr(member, field) for field in PLAIN_MEMBER_FIELDS}
    masked = {field: getattr(member, stored) for field, stored in MASKED_FIELDS.items()}
    return plain | {"birth_date": member.birth_date.isoformat()} | masked


def household_view(household: Household) -> dict[str, Any]:
    """The fields of a household that history compares."""
    return {field: getattr(household, field) for field in HOUSEHOLD_FIELDS}


def monitoring_view(household: Household) -> dict[str, Any]:
    since = household.monitored_since
    return {
        "monitored": household.monitored,
        "class": household.monitored_class,
        "risks": list(household.risks),
        "since": since.isoformat() if since else None,
    }


async def claim_persons(session: AsyncSession, members: Sequence[HouseholdMember], paths: dict[UUID, str]) -> None:
    """Claim the identity numbers of members.

    Raises:
        PersonAlreadyRegistered: names each field, and the household only when the actor may see it.
    """
    if taken := await repository.register_persons(session, members):
        await refuse_registered(session, taken, paths)


async def refuse_registered(
    session: AsyncSession, taken: Sequence[HouseholdMember], paths: Mapping[UUID, str]
) -> NoReturn:
    """Say who is registered already, and where only to those who may see it."""
    seen = [await repository.household_of_person(session, m.id_number_index or b"") for m in taken]
    known = [str(household_id) for household_id in seen if household_id is not None]
    errors = [FieldError(paths[m.id], "person_already_registered", "该身份证号已在册") for m in taken]
    extra: dict[str, Any] = {"household_ids": known} if known else {}
    raise PersonAlreadyRegistered(errors=errors, **extra)


async def write_history(
    session: AsyncSession,
    actor: Actor,
    household: Household,
    act: Act,
    changes: Sequence[Change],
    *,
    member: HouseholdMember | None = None,
    reason: str | None = None,
) -> None:
    """Flush the act, then add its line of history and its audit entry (which names fields, never values)."""
    await session.flush()
    session.add(
        HouseholdChange(
            county_code=household.county_code,
            household_id=household.id,
            village_code=household.village_code,
            version=household.version,
            at=now(),
            actor_id=actor.id,
            actor_name=actor.name,
            act=act,
            member_id=member.id if member else None,
            reason=reason,
            changes=list(changes),
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor,
        action=f"household.{act}",
        subject_type="household",
        subject_id=household.id,
        region_code=household.village_code,
        detail={"version": household.version, "fields": [change["field"] for change in changes]}
        | ({"member_id": str(member.id)} if member else {}),
    )


async def announce(
    session: AsyncSession,
    household: Household,
    change: HouseholdChangeKind,
    *,
    member_ids: Sequence[UUID] = (),
    other: Household | None = None,
) -> None:
    """Tell other services of a change; ``change`` as in ``HouseholdChanged``."""
    states = await repository.member_states(session, household.county_code, member_ids) if member_ids else {}
    await publish(
        session,
        HouseholdChanged.model_validate(
            {
                "household_id": household.id,
                "county_code": household.county_code,
                "village_code": household.village_code,
                "household_version": household.version,
                "change": change,
                "state": household.state,
                "members": [{"id": member_id, "state": state} for member_id, state in states.items()],
                "other_household_id": other.id if other else None,
                "lifted": household.lifted,
                "monitored": household.monitored,
                "monitored_class": household.monitored_class,
                "changed_at": household.updated_at,
            }
        ),
        key=str(household.id),
    )


async def card(session: AsyncSession, household: Household) -> tuple[bytes, int]:
    """The household as it stands in this transaction."""
    connection = ReadConnection(await raw_connection(session))
    found = await views.get_household(connection, household.county_code, household.id)
    if found is None:
        raise LookupError("a household that was just written is not readable")
    return found


async def current_card(session: AsyncSession, household: Household) -> Any:
    """The household as data, for a refusal that shows both versions."""
    body, _ = await card(session, household)
    return orjson.loads(body)
