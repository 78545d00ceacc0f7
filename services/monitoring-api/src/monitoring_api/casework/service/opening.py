"""Opening a case: the application, whoever brings it."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service_kit.clock import SHANGHAI, now, today
from service_kit.errors import AlreadyExists, FieldError, ValidationFailed
from service_kit.json import canonical
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository, rules
from monitoring_api.casework.models import Case
from monitoring_api.casework.schemas import CaseOpen
from monitoring_api.casework.service import records
from monitoring_api.errors import CaseNotPossible, StepNotYours
from monitoring_api.households.models import Household
from monitoring_api.policy.rules import income_window
from monitoring_api.policy.service import policy_on


@dataclass(frozen=True, slots=True)
class Opened:
    """The case after it was opened; ``created`` is false for a repeated request."""

    body: bytes
    created: bool


async def open_case(
    session: AsyncSession,
    actor: Actor,
    case_id: UUID,
    body: CaseOpen,
    *,
    origin: rules.Origin | None = None,
    received_at: datetime | None = None,
) -> Opened:
    """Open a case under the rules of today. The same request again has no further effect.

    Args:
        origin: where it came from, when not from the hand of who is signed in.
        received_at: when it was handed in, when that was before; the first time limit runs from there.

    Raises:
        NotFound: no such active household in the actor's region.
        AlreadyExists: the id belongs to another request.
        CaseExists: the household has an open case.
        CaseNotPossible: e.g. elimination for a household that is not monitored.
        StepNotYours: the policy does not let the actor's role take applications.
        ValidationFailed: a risk that the county does not watch.
    """
    household = await repository.lock_active_household(session, actor, body.household_id)
    digest = hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    known = await repository.find_case(session, household.county_code, case_id)
    if known is not None:
        if known.content_hash != digest:
            raise AlreadyExists()
        return Opened(await records.answer(session, actor, household.county_code, case_id), created=False)
    _ensure_possible(household, body.kind)
    policy = await policy_on(session, household.county_code, today())
    _ensure_risks_known(body.risks, policy.risks)
    approvers = policy.rules["approvers"].value
    if origin != "self_application" and actor.role not in approvers["application"]:
        raise StepNotYours()
    at = now()
    window = income_window(at.date(), **policy.rules["income_window"].value)
    case = Case(
        county_code=household.county_code,
        id=case_id,
        household_id=household.id,
        village_code=household.village_code,
        kind=body.kind,
        origin=origin or _origin(actor, body),
        lead_id=body.lead_id,
        previous_case_id=await repository.last_case_id(session, household),
        difficulty=body.difficulty,
        risks=sorted(set(body.risks)),
        opened_at=at,
        opened_by=actor.id,
        opened_by_name=actor.name,
        profile_code=policy.profile.code,
        rules=policy.snapshot(),
        income_line=policy.income_line,
        window_from=window[0],
        window_to=window[1],
        content_hash=digest,
        demo=household.demo,
    )
    start = rules.START[body.kind]
    records.arrive(case, start, at)
    if received_at is not None:
        case.opened_at = received_at
        case.due_on = rules.due_on(start, received_at.astimezone(SHANGHAI).date(), case.rules["time_limits"])
    session.add(case)
    evidence = body.model_dump(mode="json", exclude={"household_id"})
    await records.write_step(
        session, actor, case, "open", before=None, opinion=body.difficulty, evidence=evidence, due_on=None
    )
    return Opened(await records.answer(session, actor, case.county_code, case.id), created=True)


def _origin(actor: Actor, body: CaseOpen) -> rules.Origin:
    if body.lead_id is not None:
        return "lead"
    return "township" if actor.role == "township" else "cadre"


def _ensure_possible(household: Household, kind: rules.Kind) -> None:
    if household.monitored != (kind != "identification"):
        word = "该户已是监测对象" if household.monitored else "该户不是监测对象"
        raise CaseNotPossible(word)


def _ensure_risks_known(risks: list[str], known: Container[str]) -> None:
    errors = [
        FieldError(f"body.risks.{index}", "risk_unknown", "没有这项风险")
        for index, risk in enumerate(risks)
        if risk not in known
    ]
    if errors:
        raise ValidationFailed(errors=errors)
