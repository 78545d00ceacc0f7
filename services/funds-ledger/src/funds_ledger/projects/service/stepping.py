"""Reviewing a project and taking it into, through and out of the library (FND-4)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.errors import DomainError, FieldError, NotFound, ValidationFailed
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.acceptance import repository as acceptances
from funds_ledger.errors import AllocatedAlready, FindingsOpen, ProjectFunded, StepNotPossible, StepNotYours
from funds_ledger.projects import announcement, repository, rules
from funds_ledger.projects.models import Project, ProjectFinding
from funds_ledger.projects.schemas import (
    Adjustment,
    BatchAnswer,
    BatchDecision,
    BatchResult,
    Decision,
    FindingDecision,
    PriorityWrite,
)
from funds_ledger.projects.service import records
from funds_ledger.projects.service.proposing import count_open, submit
from funds_ledger.publication import service as publication
from funds_ledger.publication.models import ActNotice


async def decide(session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: Decision) -> Project:
    """Take a step that has no form of its own.

    Raises:
        NotFound, VersionMismatch, StepNotPossible, StepNotYours.
        ValidationFailed: a step that needs a reason came without one.
        ProposalIncomplete, FindingsOpen, NoticeStillUp, ProjectFunded: by the step.
    """
    project = await repository.lock(session, actor, project_id)
    await records.ensure_version(session, actor, project, expected, body.model_dump(mode="json"))
    await take(session, actor, project, body.action, body.to, body.opinion)
    return project


async def take(
    session: AsyncSession, actor: Actor, project: Project, action: rules.Action, to: rules.State | None, opinion: str
) -> None:
    if action == "submit":
        await submit(session, actor, project, opinion)
        return
    after = records.ensure_may(actor, project, action, to)
    if action in rules.NEEDS_REASON and len(opinion) < 2:
        raise ValidationFailed(errors=[FieldError("body.opinion", "reason_required", "请写明理由")])
    notice = await _effect(session, project, action, opinion)
    await records.move(session, actor, project, action, after, opinion=opinion, notice=notice)


async def _effect(session: AsyncSession, project: Project, action: rules.Action, opinion: str) -> ActNotice | None:
    """What the step does besides moving the project; the closed notice, for a step that needed one."""
    match action, project.state:
        case "approve", "county_review":
            _ensure_decided(project)
            project.notice_id = (await announcement.entry(session, project)).id
        case "enter", _:
            return await _enter(session, project)
        case "remove", _:
            await _ensure_unfunded(session, project)
            notice = await announcement.withdrawal(session, project, opinion)
            project.pending, project.notice_id = {"reason": opinion}, notice.id
        case "confirm", "adjustment_notice":
            return await _confirm_adjustment(session, project)
        case "confirm", "withdrawal_notice":
            return await _confirm_withdrawal(session, project)
        case "return", "adjustment_notice" | "withdrawal_notice":
            project.pending = None
        case "return", "accepted":
            await acceptances.end(session, project)
        case _:
            pass
    return None


def _ensure_decided(project: Project) -> None:
    if project.open_findings:
        raise FindingsOpen(
            f"还有 {project.open_findings} 项负面清单或重复提示没有排除", open_findings=project.open_findings
        )


def _notice_of(project: Project) -> UUID:
    if project.notice_id is None:
        raise StepNotPossible("该项目没有公示")
    return project.notice_id


async def _enter(session: AsyncSession, project: Project) -> ActNotice:
    """Raises NoticeStillUp."""
    notice = await publication.close(session, project.county_code, _notice_of(project))
    await repository.enter(
        session,
        {
            "county_code": project.county_code,
            "id": project.id,
            "region_code": project.region_code,
            "purpose": rules.PURPOSE_OF[project.category],  # type: ignore[index] # complete by its CHECK
            "planned_fen": project.planned_fen,
            "notice_id": notice.id,
            "entered_on": notice.closed_on,
        },
    )
    return notice


async def adjust(session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: Adjustment) -> Project:
    """Put a change of a project in the library on notice.

    Raises:
        NotFound, VersionMismatch, StepNotPossible, StepNotYours.
        AllocatedAlready: less than what has been allocated or planned.
    """
    project = await repository.lock(session, actor, project_id)
    await records.ensure_version(session, actor, project, expected, body.model_dump(mode="json"))
    after = records.ensure_may(actor, project, "adjust")
    changes = body.model_dump(mode="json", exclude={"reason", "financing"}, exclude_none=True)
    if body.ends_on and project.starts_on and body.ends_on < project.starts_on:
        raise ValidationFailed(errors=[FieldError("body.ends_on", "schedule", "完工日期不能早于开工日期")])
    if body.financing is not None:
        total = sum(line.amount for line in body.financing)
        await _ensure_covers(session, project, total)
        changes |= {"financing": records.stored_financing(body.financing), "planned_fen": total}
    before = {name: records.fields_of(project).get(name, getattr(project, name)) for name in changes}
    notice = await announcement.adjustment(session, project, body.reason, changes)
    project.pending, project.notice_id = {"reason": body.reason, "changes": changes}, notice.id
    evidence = {"changes": changes, "before": {k: str(v) if hasattr(v, "isoformat") else v for k, v in before.items()}}
    await records.move(session, actor, project, "adjust", after, opinion=body.reason, evidence=evidence)
    return project


async def _ensure_covers(session: AsyncSession, project: Project, total: int) -> None:
    entry = await repository.lock_entry(session, project.county_code, project.id)
    if entry is not None and total < entry.allocated_fen:
        allocated = format_yuan(entry.allocated_fen)
        raise AllocatedAlready(f"已分配 {allocated} 元，计划投资不能低于已分配金额", allocated=allocated)


async def _confirm_adjustment(session: AsyncSession, project: Project) -> ActNotice:
    """Raises NoticeStillUp, AllocatedAlready."""
    notice = await publication.close(session, project.county_code, _notice_of(project))
    changes: dict[str, Any] = (project.pending or {}).get("changes", {})
    if "planned_fen" in changes:
        await _ensure_covers(session, project, changes["planned_fen"])
        await repository.change_entry(session, project.county_code, project.id, {"planned_fen": changes["planned_fen"]})
    for name, value in changes.items():
        setattr(project, name, _as_day(value) if name == "ends_on" else value)
    project.pending = None
    return notice


def _as_day(value: str) -> date:
    return date.fromisoformat(value)


async def _ensure_unfunded(session: AsyncSession, project: Project) -> None:
    entry = await repository.lock_entry(session, project.county_code, project.id)
    if entry is not None and entry.allocated_fen:
        allocated = format_yuan(entry.allocated_fen)
        raise ProjectFunded(f"已分配 {allocated} 元，须先撤销分配", must_move=allocated)


async def _confirm_withdrawal(session: AsyncSession, project: Project) -> ActNotice:
    """Raises NoticeStillUp, ProjectFunded."""
    notice = await publication.close(session, project.county_code, _notice_of(project))
    await _ensure_unfunded(session, project)
    await repository.leave_plans(session, project.county_code, project.id, today())
    await repository.change_entry(session, project.county_code, project.id, {"left_on": today()})
    project.pending = None
    return notice


async def decide_finding(
    session: AsyncSession, actor: Actor, project_id: UUID, finding_id: UUID, body: FindingDecision
) -> Project:
    """A person's decision on a match with the negative list or a possible duplicate.

    Raises:
        NotFound.
        StepNotPossible: the project is not under review.
        StepNotYours: for whoever may not approve it.
    """
    project = await repository.lock(session, actor, project_id)
    if project.state not in ("township_review", "county_review"):
        raise StepNotPossible(state_now=project.state)
    records.ensure_may(actor, project, "approve")
    finding = _finding(await repository.findings(session, project), finding_id)
    finding.verdict, finding.reason = body.verdict, body.reason
    finding.decided_by, finding.decided_by_name, finding.decided_at = actor.id, actor.name, now()
    await session.flush()
    await set_quietly(session, project, {"open_findings": await count_open(session, project)})
    await _record_finding(session, actor, project, finding)
    return project


def _finding(found: Any, finding_id: UUID) -> ProjectFinding:
    for finding in found:
        if finding.id == finding_id:
            known: ProjectFinding = finding
            return known
    raise NotFound()


async def _record_finding(session: AsyncSession, actor: Actor, project: Project, finding: ProjectFinding) -> None:
    await audit.record(
        session,
        actor,
        action=f"project_finding.{finding.verdict}",
        subject_type="project",
        subject_id=project.id,
        region_code=project.region_code,
        detail={"finding_id": str(finding.id), "kind": finding.kind},
    )


async def set_quietly(session: AsyncSession, project: Project, values: dict[str, Any]) -> None:
    """Change what is no step of the history, so without a new version."""
    await session.execute(
        update(Project)
        .where(Project.county_code == project.county_code, Project.id == project.id)
        .values(**values, updated_at=now())
        .execution_options(synchronize_session=False)
    )
    await session.refresh(project)


async def prioritise(session: AsyncSession, actor: Actor, project_id: UUID, body: PriorityWrite) -> Project:
    """Give a project of the library its place in the order.

    Raises:
        NotFound, StepNotPossible, StepNotYours.
    """
    project = await repository.lock(session, actor, project_id)
    if project.state not in rules.IN_LIBRARY:
        raise StepNotPossible("只有库内项目排优先次序", state_now=project.state)
    if actor.role != "bureau":
        raise StepNotYours()
    await set_quietly(session, project, {"priority": body.priority})
    return project


async def review_batch(session: AsyncSession, actor: Actor, body: BatchDecision) -> BatchAnswer:
    """The same step for many projects, each with its own result; a refused one leaves the others as they are."""
    results = []
    for project_id in body.project_ids:
        try:
            async with session.begin_nested() as attempt:
                project = await repository.lock(session, actor, project_id)
                await take(session, actor, project, body.action, body.to, body.opinion)
                results.append(_result(project_id, project))
                if body.preview:
                    await attempt.rollback()
        except DomainError as error:
            known = await repository.of_county(session, actor.region[:6], project_id)
            results.append(_result(project_id, known, error))
        session.expire_all()
    return BatchAnswer(results=results)


def _result(project_id: UUID, project: Project | None, error: DomainError | None = None) -> BatchResult:
    return BatchResult(
        project_id=project_id,
        name=project.name if project else "",
        ok=error is None,
        state=project.state if project else None,
        code=error.code if error else None,
        message=(error.detail or error.title) if error else None,
    )
