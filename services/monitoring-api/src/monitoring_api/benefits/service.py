"""Use cases of policies enjoyed. Each is an act on the household and leaves a line in its history."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import AlreadyExists, FieldError, ValidationFailed
from service_kit.json import canonical
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.benefits import repository
from monitoring_api.benefits.models import PolicyBenefit
from monitoring_api.benefits.rules import FIELDS, period_errors, told
from monitoring_api.benefits.schemas import BenefitCreate, BenefitEnd, BenefitUpdate
from monitoring_api.errors import BenefitEnded
from monitoring_api.households import repository as households
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.rules import changes_between
from monitoring_api.households.schemas import Benefit
from monitoring_api.households.service.records import write_history
from monitoring_api.terms import Act


async def add(
    session: AsyncSession, actor: Actor, household_id: UUID, benefit_id: UUID, body: BenefitCreate
) -> tuple[Benefit, bool]:
    """Record a policy; false with it when the same request came before.

    Raises:
        NotFound, ValidationFailed: the member is not of this household.
        BenefitExists: the household (or the member) is on record as enjoying it.
        AlreadyExists: the id belongs to another request.
    """
    household = await households.lock_household(session, actor, household_id)
    digest = hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    known = await repository.find_benefit(session, household, benefit_id)
    if known is not None:
        if known.household_id != household.id or known.content_hash != digest:
            raise AlreadyExists()
        return await read(session, known), False
    member = await _member(session, household, body.member_id)
    benefit = PolicyBenefit(
        county_code=household.county_code,
        id=benefit_id,
        household_id=household.id,
        village_code=household.village_code,
        content_hash=digest,
        demo=False,
        **{field: getattr(body, field) for field in FIELDS},
    )
    session.add(benefit)
    await _tell(session, actor, household, "benefit_added", benefit, {}, member=member)
    return await read(session, benefit), True


async def correct(
    session: AsyncSession, actor: Actor, household_id: UUID, benefit_id: UUID, expected: int, body: BenefitUpdate
) -> Benefit:
    """Change the fields that were sent; ``expected`` is the version of the policy on record.

    Raises:
        NotFound, ValidationFailed, BenefitExists.
        VersionMismatch: with the record as it stands and what was sent.
    """
    household = await households.lock_household(session, actor, household_id)
    benefit = await repository.get_benefit(session, household, benefit_id)
    await _ensure_version(session, benefit, expected, body)
    sent = [field for field in FIELDS if field in body.model_fields_set]
    after = {field: getattr(body, field) if field in sent else getattr(benefit, field) for field in FIELDS}
    if errors := period_errors(after["since"], after["until"]):
        raise ValidationFailed(errors=errors)
    moved = after["member_id"] != benefit.member_id
    member = await _member(session, household, after["member_id"]) if moved else None
    if all(getattr(benefit, field) == after[field] for field in FIELDS):
        return await read(session, benefit)
    before = await _told(session, benefit)
    for field in sent:
        setattr(benefit, field, after[field])
    await _tell(session, actor, household, "benefit_corrected", benefit, before, member=member, reason=body.reason)
    return await read(session, benefit)


async def end(
    session: AsyncSession, actor: Actor, household_id: UUID, benefit_id: UUID, expected: int, body: BenefitEnd
) -> Benefit:
    """The policy is enjoyed no longer than a day, and the record says why.

    Raises:
        NotFound, VersionMismatch, BenefitEnded.
        ValidationFailed: the day lies before it began.
    """
    household = await households.lock_household(session, actor, household_id)
    benefit = await repository.get_benefit(session, household, benefit_id)
    await _ensure_version(session, benefit, expected, body)
    if benefit.until is not None:
        raise BenefitEnded()
    if errors := period_errors(benefit.since, body.until):
        raise ValidationFailed(errors=errors)
    before = await _told(session, benefit)
    benefit.until = body.until
    await _tell(session, actor, household, "benefit_ended", benefit, before, reason=body.reason)
    return await read(session, benefit)


async def read(session: AsyncSession, benefit: PolicyBenefit) -> Benefit:
    columns = {field: getattr(benefit, field) for field in (*FIELDS, "id", "version", "demo")}
    return Benefit.model_validate(columns | {"member_name": await repository.member_name(session, benefit)})


async def _member(session: AsyncSession, household: Household, member_id: UUID | None) -> HouseholdMember | None:
    if member_id is None:
        return None
    member = await households.find_member(session, household, member_id)
    if member is None or member.state in ("merged", "void"):
        raise ValidationFailed(errors=[FieldError("body.member_id", "member_unknown", "该户没有这位成员")])
    return member


async def _told(session: AsyncSession, benefit: PolicyBenefit) -> dict[str, Any]:
    values = {field: getattr(benefit, field) for field in FIELDS}
    return told(values | {"member_name": await repository.member_name(session, benefit)})


async def _tell(
    session: AsyncSession,
    actor: Actor,
    household: Household,
    act: Act,
    benefit: PolicyBenefit,
    before: dict[str, Any],
    *,
    member: HouseholdMember | None = None,
    reason: str | None = None,
) -> None:
    """History names the policy in every line, also when only another field changed."""
    household.updated_at = benefit.updated_at = now()
    await session.flush()
    after = await _told(session, benefit)
    changes = changes_between(before, after) if before else changes_between({}, {k: v for k, v in after.items() if v})
    if before.get("benefit.title") == after["benefit.title"]:
        title = after["benefit.title"]
        changes.insert(0, {"field": "benefit.title", "before": title, "after": title})
    await write_history(session, actor, household, act, changes, member=member, reason=reason)


async def _ensure_version(
    session: AsyncSession, benefit: PolicyBenefit, expected: int, body: BenefitUpdate | BenefitEnd
) -> None:
    if benefit.version != expected:
        view = (await read(session, benefit)).model_dump(mode="json")
        yours = body.model_dump(mode="json", exclude_unset=True)
        check_version(benefit.version, expected, current_view=view, yours=yours)
