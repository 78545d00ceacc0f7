"""Drafting a yearly plan from the library, showing it, and putting it in force (FND-4, FND-7)."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from service_kit import audit, notices
from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from service_kit.ids import uuid7
from service_kit.json import canonical
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.rules import public_text
from funds_ledger.errors import PlanNotInState, SamePerson
from funds_ledger.plans import repository, rules
from funds_ledger.plans.models import YearlyPlan
from funds_ledger.plans.schemas import Plan, PlanLineRead, PlanRow, PlanWrite
from funds_ledger.projects.rules import CATEGORY_NAMES
from funds_ledger.publication import service as publication
from funds_ledger.publication.schemas import NoticeState
from funds_ledger.terms import PURPOSE_NAMES


def read_row(row: Any) -> PlanRow:
    """From a row of ``repository.page``."""
    return PlanRow.model_validate(_fields(row))


def _fields(row: Any) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in PlanRow.model_fields if hasattr(row, name)}
    notice = None
    if row.notice_id is not None:
        notice = NoticeState(
            id=row.notice_id, act=row.act, starts_on=row.starts_on, ends_on=row.ends_on, closed_on=row.closed_on
        )
    return fields | {"notice": notice}


async def get(session: AsyncSession, actor: Actor, plan_id: UUID) -> Plan:
    """Raises NotFound when there is none in the actor's scope."""
    rows = await repository.page(session, actor, plan_id=plan_id)
    if not rows:
        raise NotFound()
    row = rows[0]
    plan = await repository.of_county(session, row.county_code, plan_id)
    assert plan is not None  # noqa: S101 - it was just read
    lines = [PlanLineRead.model_validate(line) for line in await repository.lines(session, plan)]
    return Plan.model_validate(_fields(row) | {"projects": lines, "mine": row.created_by == actor.id})


async def draft(
    session: AsyncSession, actor: Actor, county_code: str, plan_id: UUID, body: PlanWrite
) -> tuple[Plan, bool]:
    """Draft a plan; the same content again changes nothing. Says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
        ValidationFailed: lines that are not in the library, or plan more than its financing leaves.
    """
    ensure_in_scope(actor, county_code)
    digest = hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    moment = now()
    created = await repository.claim(
        session,
        {
            "county_code": county_code,
            "id": plan_id,
            "year": body.year,
            "title": body.title,
            "note": body.note,
            "state": "draft",
            "created_by": actor.id,
            "created_by_name": actor.name,
            "content_hash": digest,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        },
    )
    plan = await repository.of_county(session, county_code, plan_id)
    if plan is None or plan.content_hash != digest:
        raise AlreadyExists()
    if created:
        await _write_lines(session, plan, body)
        await _record(session, actor, plan, "drafted")
    return await get(session, actor, plan_id), created


async def rewrite(session: AsyncSession, actor: Actor, plan_id: UUID, expected: int, body: PlanWrite) -> Plan:
    """Write a draft anew.

    Raises:
        NotFound, VersionMismatch, PlanNotInState, ValidationFailed.
    """
    plan = await repository.lock(session, actor, plan_id)
    if plan.version != expected:
        current = (await get(session, actor, plan_id)).model_dump(mode="json")
        check_version(plan.version, expected, current_view=current, yours=body.model_dump(mode="json"))
    if plan.state != "draft":
        raise PlanNotInState(state_now=plan.state)
    plan.year, plan.title, plan.note, plan.updated_at = body.year, body.title, body.note, now()
    await session.flush()
    await _write_lines(session, plan, body)
    await _record(session, actor, plan, "rewritten")
    return await get(session, actor, plan_id)


async def _write_lines(session: AsyncSession, plan: YearlyPlan, body: PlanWrite) -> None:
    found = await repository.entries(session, plan.county_code, plan.year, [line.project_id for line in body.lines])
    errors = []
    for n, line in enumerate(body.lines):
        entry = found.get(line.project_id)
        if entry is None or entry.state not in ("library", "adjustment_notice"):
            errors.append(FieldError(f"body.lines.{n}.project_id", "not_in_library", "该项目不在项目库内"))
        elif line.amount > entry.planned_fen - entry.other_years:
            left = format_yuan(max(entry.planned_fen - entry.other_years, 0))
            message = f"超出项目计划投资，最多还可安排 {left} 元"
            errors.append(FieldError(f"body.lines.{n}.amount", "project_plan_exceeded", message))
    if errors:
        raise ValidationFailed(errors=errors)
    await repository.replace_lines(
        session,
        plan.county_code,
        plan.id,
        {
            "ids": [uuid7() for _ in body.lines],
            "projects": [line.project_id for line in body.lines],
            "regions": [found[line.project_id].region_code for line in body.lines],
            "priorities": [line.priority for line in body.lines],
            "amounts": [line.amount for line in body.lines],
        },
    )


async def publish(session: AsyncSession, actor: Actor, plan_id: UUID) -> Plan:
    """Show a plan; its projects cannot be changed from now on.

    Raises:
        NotFound, PlanNotInState, PublicationRuleMissing.
    """
    plan = await repository.lock(session, actor, plan_id)
    _ensure(plan, "publish")
    lines = await repository.lines(session, plan)
    total = sum(line.planned for line in lines)
    rows = [
        [
            str(line.priority),
            line.region_name or line.region_code,
            public_text(line.name),
            CATEGORY_NAMES[line.category],
            PURPOSE_NAMES[line.purpose],
            format_yuan(line.planned),
        ]
        for line in lines
    ]
    notice = await publication.put_up(
        session,
        act="yearly_plan",
        region_code=plan.county_code,
        subject_type="yearly_plan",
        subject_id=plan.id,
        title=f"{plan.year} 年度项目计划公示：{public_text(plan.title)}",
        paragraphs=[f"现将 {plan.year} 年度拟实施的 {len(lines)} 个项目（合计 {format_yuan(total)} 元）予以公示。"],
        table=notices.NoticeTable(columns=["次序", "地区", "项目", "类别", "用途", "计划资金（元）"], rows=rows),
    )
    plan.state, plan.notice_id, plan.updated_at = "notice", notice.id, now()
    await session.flush()
    await _record(session, actor, plan, "published")
    return await get(session, actor, plan_id)


async def enforce(session: AsyncSession, actor: Actor, plan_id: UUID) -> Plan:
    """Put a plan in force after its notice ended clear; by another person than its author.

    Raises:
        NotFound, PlanNotInState, SamePerson, NoticeStillUp.
        ProjectPlanExceeded: it plans less than what an earlier plan's money has been allocated.
    """
    plan = await repository.lock(session, actor, plan_id)
    _ensure(plan, "enforce")
    if plan.created_by == actor.id:
        raise SamePerson("编制人不能批准自己编制的计划")
    assert plan.notice_id is not None  # noqa: S101 - a plan on notice has one, by its CHECK
    notice = await publication.close(session, plan.county_code, plan.notice_id)
    assert notice.closed_on is not None  # noqa: S101 - it was just closed
    plan.state, plan.effective_on = "in_force", notice.closed_on
    plan.approved_by, plan.approved_by_name, plan.approved_at = actor.id, actor.name, now()
    plan.updated_at = now()
    await session.flush()
    await repository.enforce(session, plan, notice.closed_on)
    await _record(session, actor, plan, "enforced")
    return await get(session, actor, plan_id)


async def drop(session: AsyncSession, actor: Actor, plan_id: UUID) -> Plan:
    """Give up a plan that is not in force.

    Raises:
        NotFound, PlanNotInState.
    """
    plan = await repository.lock(session, actor, plan_id)
    _ensure(plan, "drop")
    plan.state, plan.updated_at = "dropped", now()
    await session.flush()
    await _record(session, actor, plan, "dropped")
    return await get(session, actor, plan_id)


def _ensure(plan: YearlyPlan, action: rules.PlanAction) -> None:
    if rules.target(plan.state, action) is None:
        raise PlanNotInState(state_now=plan.state)


async def _record(session: AsyncSession, actor: Actor, plan: YearlyPlan, what: str) -> None:
    await audit.record(
        session,
        actor,
        action=f"yearly_plan.{what}",
        subject_type="yearly_plan",
        subject_id=plan.id,
        region_code=plan.county_code,
        detail={"year": plan.year, "version": plan.version},
    )
