"""Correcting what is registered of a household or a member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service_kit.clock import now, today
from service_kit.crypto import FieldCrypto
from service_kit.errors import FieldError, ValidationFailed
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import MonitoringInvalid
from monitoring_api.households import repository
from monitoring_api.households.models import RIGID_KINDS, Household, HouseholdIncome, HouseholdMember
from monitoring_api.households.rules import Change, changes_between, year_errors
from monitoring_api.households.schemas import HouseholdUpdate, IncomeInput, MemberUpdate, identity
from monitoring_api.households.service import records
from monitoring_api.households.service.register import Written

_COLUMNS = (*records.AMOUNTS, *RIGID_KINDS)


async def correct_household(
    session: AsyncSession, actor: Actor, household_id: UUID, expected: int, body: HouseholdUpdate
) -> Written:
    """Change the fields that were sent. Nothing changed means no new version.

    Raises:
        NotFound, ValidationFailed, HouseholdNumberTaken.
        VersionMismatch: with the household as it stands and what was sent.
        MonitoringInvalid: the monitored class does not fit a household that is (not) lifted.
    """
    household = await repository.lock_household(session, actor, household_id)
    await _ensure_version(session, household, household.version, expected, body)
    if errors := year_errors([income.year for income in body.incomes], today().year):
        raise ValidationFailed(errors=errors)
    before = records.household_view(household)
    sent = body.model_fields_set & set(records.HOUSEHOLD_FIELDS)
    after = before | {field: getattr(body, field) for field in sent}
    if not after["lifted"]:
        if "lifted_year" in sent and after["lifted_year"] is not None:
            raise ValidationFailed(errors=[FieldError("body.lifted_year", "not_lifted", "只有脱贫户才填脱贫年份")])
        after["lifted_year"] = None
    if household.monitored and after["lifted"] != before["lifted"]:
        await _ensure_class_fits(session, household, lifted=after["lifted"])
    changes = changes_between(before, after) + await _write_incomes(session, household, body.incomes)
    if not changes:
        return Written(*await records.card(session, household), created=False)
    for field, value in after.items():
        setattr(household, field, value)
    household.updated_at = now()
    await records.write_history(session, actor, household, "corrected", changes, reason=body.reason)
    if after["lifted"] != before["lifted"]:
        await records.announce(session, household, "lifted")
    return Written(*await records.card(session, household), created=False)


async def correct_member(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    household_id: UUID,
    member_id: UUID,
    expected: int,
    body: MemberUpdate,
) -> Written:
    """Change the fields that were sent of one person; ``expected`` is the member's version.

    Raises:
        NotFound, ValidationFailed, PersonAlreadyRegistered.
        VersionMismatch: with the household as it stands and what was sent.
    """
    household = await repository.lock_household(session, actor, household_id)
    member = await repository.get_member(session, household, member_id)
    await _ensure_version(session, household, member.version, expected, body)
    before = records.member_view(member)
    sent = body.model_fields_set
    if member.is_head and "relation" in sent:
        raise ValidationFailed(errors=[FieldError("body.relation", "is_head", "户主的与户主关系不能在此更改")])
    old_index = member.id_number_index
    _set_identity(member, body, crypto)
    for field in sent & set(records.PLAIN_MEMBER_FIELDS) - {"name", "sex", "birth_date"}:
        setattr(member, field, getattr(body, field))
    if "name" in sent:
        records.set_name(member, body.name)
    replaced = _replace_numbers(member, body, crypto)
    after = records.member_view(member)
    # Two numbers can look alike behind their masks, so a replaced one is a change whatever the masks say.
    changes: list[Change] = [
        {"field": field, "before": before[field], "after": value}
        for field, value in after.items()
        if before[field] != value or field in replaced
    ]
    if not changes:
        return Written(*await records.card(session, household), created=False)
    if "id_number" in replaced:
        await records.claim_persons(session, [member], {member.id: "body.id_number"})
        if old_index is not None:
            await repository.unregister_person(session, old_index)
    member.updated_at = household.updated_at = now()
    await records.write_history(
        session, actor, household, "member_corrected", changes, member=member, reason=body.reason
    )
    return Written(*await records.card(session, household), created=False)


def _set_identity(member: HouseholdMember, body: MemberUpdate, crypto: FieldCrypto) -> None:
    """Keep sex and birth date in agreement with the identity number, new or on file.

    Raises:
        ValidationFailed: what was sent contradicts it.
    """
    sent = body.model_fields_set
    if not sent & {"id_number", "sex", "birth_date"}:
        return
    number = body.id_number
    if "id_number" not in sent and member.id_number is not None:
        number = crypto.decrypt(member.id_number)
    sex: Any = body.sex if "sex" in sent else None
    born = body.birth_date if "birth_date" in sent else None
    if number is None:
        sex, born = sex or member.sex, born or member.birth_date
    try:
        member.sex, member.birth_date = identity(number, sex, born)
    except ValueError:
        error = FieldError("body", "identity_contradiction", "性别或出生日期与身份证号不符")
        raise ValidationFailed(errors=[error]) from None


def _replace_numbers(member: HouseholdMember, body: MemberUpdate, crypto: FieldCrypto) -> set[str]:
    """Store the numbers that were sent and differ; returns their fields."""
    replaced = set()
    if "id_number" in body.model_fields_set and _plain(crypto, member.id_number) != body.id_number:
        records.set_id_number(member, body.id_number, crypto)
        replaced.add("id_number")
    if "phone" in body.model_fields_set and _plain(crypto, member.phone) != body.phone:
        records.set_phone(member, body.phone, crypto)
        replaced.add("phone")
    return replaced


def _plain(crypto: FieldCrypto, stored: bytes | None) -> str | None:
    return None if stored is None else crypto.decrypt(stored)


async def _ensure_version(
    session: AsyncSession, household: Household, current: int, expected: int, body: HouseholdUpdate | MemberUpdate
) -> None:
    if current == expected:
        return
    view = await records.current_card(session, household)
    # What was sent comes back to its sender only.
    check_version(current, expected, current_view=view, yours=body.model_dump(mode="json", exclude_unset=True))


async def _ensure_class_fits(session: AsyncSession, household: Household, *, lifted: bool) -> None:
    classes = await repository.monitored_classes(session)
    wanted = classes[household.monitored_class or ""]
    if wanted.lifted is not None and wanted.lifted != lifted:
        error = FieldError("body.lifted", "class_does_not_fit", f"该户现为{wanted.name}，请先更正监测类别")
        raise MonitoringInvalid(errors=[error])


async def _write_incomes(session: AsyncSession, household: Household, incomes: list[IncomeInput]) -> list[Change]:
    """Replace the years that are named; returns what changed, in yuan."""
    if not incomes:
        return []
    known = await repository.incomes_of(session, household, [income.year for income in incomes])
    changes: list[Change] = []
    for income in incomes:
        stored = known.get(income.year)
        before = _in_yuan({field: getattr(stored, field) for field in _COLUMNS}) if stored else None
        after = _in_yuan(records.income_columns(income))
        if before == after:
            continue
        changes.append({"field": f"incomes.{income.year}", "before": before, "after": after})
        if stored is None:
            stored = HouseholdIncome(
                county_code=household.county_code,
                household_id=household.id,
                village_code=household.village_code,
                year=income.year,
            )
            session.add(stored)
        for field, amount in records.income_columns(income).items():
            setattr(stored, field, amount)
    return changes


def _in_yuan(amounts: Mapping[str, int | None]) -> dict[str, str]:
    return {field: format_yuan(fen) for field, fen in amounts.items() if fen is not None}
