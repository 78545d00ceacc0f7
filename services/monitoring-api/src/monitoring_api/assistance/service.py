"""Use cases of assistance plans."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from service_kit import audit
from service_kit.clock import now, today
from service_kit.db import ReadConnection
from service_kit.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from service_kit.ids import uuid7
from service_kit.json import canonical
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.assistance import repository, rules, views
from monitoring_api.assistance.models import AssistancePlan, Measure
from monitoring_api.assistance.schemas import (
    AcceptSuggestions,
    HouseholdAssistance,
    MeasureCancel,
    MeasureCreate,
    MeasureDelivery,
    MeasureRow,
    MeasureUpdate,
    Plan,
    PlanConfirm,
    PlanRow,
    SuggestionRead,
)
from monitoring_api.errors import BackstopNeeded, MeasureNotPossible, PlanNotPossible
from monitoring_api.households.models import Household
from monitoring_api.policy.service import policy_on
from monitoring_api.visits.repository import visited_household


async def add_measure(
    session: AsyncSession, actor: Actor, plan_id: UUID, measure_id: UUID, body: MeasureCreate
) -> tuple[MeasureRow, bool]:
    """Plan a measure; returns it and whether it is new.

    Raises:
        NotFound, AlreadyExists.
        PlanNotPossible: the plan has ended.
    """
    plan, _ = await repository.lock_plan(session, actor, plan_id)
    digest = hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    known = await repository.find_measure(session, plan.county_code, measure_id)
    if known is not None:
        if (known.content_hash, known.plan_id) != (digest, plan.id):
            raise AlreadyExists()
        return await measure_view(session, known), False
    _ensure_going_on(plan)
    measure = _new(plan, actor, measure_id, body)
    measure.content_hash = digest
    session.add(measure)
    await session.flush()
    await _audit(session, actor, plan, "measure.plan", {"measure_id": str(measure.id), "type": measure.type})
    return await measure_view(session, measure), True


async def accept_suggestions(session: AsyncSession, actor: Actor, plan_id: UUID, body: AcceptSuggestions) -> Plan:
    """Take measures over from the packages of the household's risks; those that the plan has already stay one.

    Raises:
        NotFound, PlanNotPossible.
        ValidationFailed: something was chosen that the packages do not suggest.
    """
    plan, household = await repository.lock_plan(session, actor, plan_id)
    _ensure_going_on(plan)
    suggested = {(s.type, s.title): s for s in await _suggestions(session, plan, household)}
    present = {(m.type, m.title) for m in await repository.measures_of(session, plan) if m.kept}
    errors = []
    for index, chosen in enumerate(body.chosen):
        key = (chosen.type, chosen.title)
        if key in present:
            continue
        if key not in suggested:
            errors.append(FieldError(f"body.chosen.{index}", "not_suggested", "套餐中没有这项措施"))
            continue
        present.add(key)
        fields = {"type": chosen.type, "title": chosen.title, "department": suggested[key].department}
        create = MeasureCreate.model_validate(
            fields | {"planned_from": body.planned_from, "planned_to": body.planned_to}
        )
        session.add(_new(plan, actor, uuid7(), create))
    if errors:
        raise ValidationFailed(errors=errors)
    await session.flush()
    await _audit(session, actor, plan, "plan.accept", {"measures": len(body.chosen)})
    return await plan_view(session, plan, household)


async def confirm(session: AsyncSession, actor: Actor, plan_id: UUID, expected: int, body: PlanConfirm) -> Plan:
    """Confirm a plan, or confirm it anew after the risks have changed.

    Who can work is counted by the very statement that confirms, while the household is locked against every other act
    on it.

    Raises:
        NotFound, VersionMismatch.
        PlanNotPossible: it has ended, or has no measure.
        BackstopNeeded: nobody in the household can work and no social-security measure is planned (MON-10).
    """
    plan, household = await repository.lock_plan(session, actor, plan_id)
    check_version(plan.version, expected)
    _ensure_going_on(plan)
    kept = [measure for measure in await repository.measures_of(session, plan) if measure.kept]
    if not kept:
        raise PlanNotPossible("请先安排至少一项帮扶措施")
    backstop = next((measure for measure in kept if measure.type == rules.BACKSTOP), None)
    if backstop is None and not await repository.labour_people(session, household):
        raise BackstopNeeded()
    plan.state, plan.goal = "confirmed", body.goal
    plan.confirmed_at, plan.confirmed_by, plan.confirmed_by_name = now(), actor.id, actor.name
    plan.confirmed_risks = list(household.risks)
    plan.labour_people = repository.labour_count(household)
    _point_at(plan, backstop)
    await session.flush()
    await session.refresh(plan)
    await _audit(session, actor, plan, "plan.confirm", {"measures": len(kept), "labour_people": plan.labour_people})
    return await plan_view(session, plan, household)


async def change_measure(
    session: AsyncSession, actor: Actor, measure_id: UUID, expected: int, body: MeasureUpdate
) -> MeasureRow:
    """Change a measure still to be delivered, or the result of a delivered one.

    Raises:
        NotFound, VersionMismatch, MeasureNotPossible, ValidationFailed.
    """
    plan, measure = await _lock_measure(session, actor, measure_id, expected)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if measure.state == "cancelled" or (measure.state == "delivered" and set(changes) - {"result"}):
        raise MeasureNotPossible("已落实的措施只能补充成效，已取消的措施不能修改")
    if measure.state == "planned" and "result" in changes:
        raise MeasureNotPossible("措施落实以后再填写成效")
    for name, value in changes.items():
        setattr(measure, name, value)
    if errors := rules.dates_errors(measure.planned_from, measure.planned_to):
        raise ValidationFailed(errors=errors)
    await session.flush()
    await _audit(session, actor, plan, "measure.change", {"measure_id": str(measure.id), "fields": sorted(changes)})
    return await measure_view(session, measure)


async def deliver(
    session: AsyncSession, actor: Actor, measure_id: UUID, expected: int, body: MeasureDelivery
) -> MeasureRow:
    """Record that a measure was delivered, also after the monitoring has ended.

    Raises:
        NotFound, VersionMismatch, MeasureNotPossible.
    """
    plan, measure = await _lock_measure(session, actor, measure_id, expected)
    if measure.state != "planned":
        raise MeasureNotPossible("这项措施已经落实或取消")
    measure.state = "delivered"
    measure.delivered_on, measure.delivered_amount = body.delivered_on, body.amount
    measure.evidence, measure.result = body.evidence, body.result
    measure.delivered_by_name = actor.name
    await session.flush()
    await _audit(session, actor, plan, "measure.deliver", {"measure_id": str(measure.id), "fen": body.amount})
    return await measure_view(session, measure)


async def cancel(
    session: AsyncSession, actor: Actor, measure_id: UUID, expected: int, body: MeasureCancel
) -> MeasureRow:
    """Cancel a measure with its reason. The backstop of a confirmed plan goes only when another takes its place.

    Raises:
        NotFound, VersionMismatch, MeasureNotPossible, BackstopNeeded.
    """
    plan, measure = await _lock_measure(session, actor, measure_id, expected)
    if measure.state != "planned":
        raise MeasureNotPossible("这项措施已经落实或取消")
    if plan.backstop_id == measure.id:
        others = await repository.measures_of(session, plan)
        successor = next((m for m in others if m.kept and m.type == rules.BACKSTOP and m.id != measure.id), None)
        if successor is None and not plan.labour_people:
            raise BackstopNeeded()
        _point_at(plan, successor)
        await session.flush()
    measure.state, measure.kept, measure.cancel_reason = "cancelled", False, body.reason
    await session.flush()
    await _audit(session, actor, plan, "measure.cancel", {"measure_id": str(measure.id), "reason": body.reason})
    return await measure_view(session, measure)


async def of_household(session: AsyncSession, actor: Actor, household_id: UUID) -> HouseholdAssistance:
    """The plan that goes on and the earlier ones.

    Raises:
        NotFound: no such household in the actor's region.
    """
    household = await visited_household(session, actor, household_id)
    connection = await _reading(session)
    found = await views.plans_of_household(connection, household.county_code, household.id, today())
    rows = [PlanRow.model_validate_json(text) for text in found]
    current = await repository.current_plan(session, household.county_code, household.id)
    return HouseholdAssistance(
        plan=await plan_view(session, current, household) if current else None,
        earlier=[row for row in rows if row.state == "closed"],
    )


async def get_plan(session: AsyncSession, actor: Actor, plan_id: UUID) -> Plan:
    """Raises: NotFound."""
    plan = await repository.find_plan(session, actor, plan_id)
    return await plan_view(session, plan, await visited_household(session, actor, plan.household_id))


async def plan_view(session: AsyncSession, plan: AssistancePlan, household: Household) -> Plan:
    connection = await _reading(session)
    row = await views.get_plan(connection, plan.county_code, plan.id, today())
    if row is None:
        raise NotFound()
    measures = await views.measures_of(connection, plan.county_code, plan.id, today())
    suggestions = await _suggestions(session, plan, household) if plan.state != "closed" else []
    parts: dict[str, Any] = orjson.loads(row)
    parts["measure_list"] = orjson.loads(measures)
    parts["suggestions"] = [SuggestionRead.model_validate(asdict(suggestion)) for suggestion in suggestions]
    return Plan.model_validate(parts)


async def measure_view(session: AsyncSession, measure: Measure) -> MeasureRow:
    found = await views.get_measure(await _reading(session), measure.county_code, measure.id, today())
    if found is None:
        raise NotFound()
    return MeasureRow.model_validate_json(found)


async def _suggestions(session: AsyncSession, plan: AssistancePlan, household: Household) -> list[rules.Suggestion]:
    """What the packages in force ask for and the plan does not have."""
    policy = await policy_on(session, plan.county_code, today())
    measures = await repository.measures_of(session, plan)
    return rules.suggest(
        policy.rules["assistance_packages"].value["packages"],
        household.risks,
        has_labour=await repository.labour_people(session, household) > 0,
        present={(measure.type, measure.title) for measure in measures if measure.kept},
    )


async def _lock_measure(
    session: AsyncSession, actor: Actor, measure_id: UUID, expected: int
) -> tuple[AssistancePlan, Measure]:
    seen = await repository.get_measure(session, actor, measure_id)
    plan, _ = await repository.lock_plan(session, actor, seen.plan_id)
    await session.refresh(seen)
    if seen.version != expected:
        check_version(seen.version, expected, current_view=(await measure_view(session, seen)).model_dump(mode="json"))
    return plan, seen


def _new(plan: AssistancePlan, actor: Actor, measure_id: UUID, body: MeasureCreate) -> Measure:
    return Measure(
        county_code=plan.county_code,
        id=measure_id,
        plan_id=plan.id,
        household_id=plan.household_id,
        village_code=plan.village_code,
        created_by_name=actor.name,
        demo=plan.demo,
        **{name: getattr(body, name) for name in MeasureCreate.model_fields},
    )


def _point_at(plan: AssistancePlan, backstop: Measure | None) -> None:
    plan.backstop_id = backstop.id if backstop else None
    plan.backstop_type = rules.BACKSTOP if backstop else None
    plan.backstop_kept = True if backstop else None


def _ensure_going_on(plan: AssistancePlan) -> None:
    if plan.state == "closed":
        raise PlanNotPossible("监测已经结束，计划不能再修改")


async def _reading(session: AsyncSession) -> ReadConnection:
    return ReadConnection(await raw_connection(session))


async def _audit(
    session: AsyncSession, actor: Actor, plan: AssistancePlan, action: str, detail: dict[str, Any]
) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="household",
        subject_id=plan.household_id,
        region_code=plan.village_code,
        detail=detail | {"plan_id": str(plan.id)},
    )
