"""What all acts on a project share: its step of history, its findings, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from service_kit import audit
from service_kit.clock import now
from service_kit.db import ReadConnection
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import StepNotPossible, StepNotYours
from funds_ledger.projects import repository, rules, views
from funds_ledger.projects.models import Project, ProjectStep
from funds_ledger.projects.schemas import FinancingIn, GoalIn, ProjectFields
from funds_ledger.projects.schemas import Project as ProjectRead
from funds_ledger.publication.models import ActNotice

PLAIN = (
    "category", "nature", "place", "starts_on", "ends_on", "responsible_unit", "tasks", "size", "beneficiaries",
    "beneficiary_households", "beneficiary_people", "benefit_mechanism",
)  # fmt: skip
"""Fields of the proposal that are stored as they come."""


def stored_financing(lines: list[FinancingIn]) -> list[dict[str, Any]]:
    return [{"source_level": line.source_level, "amount_fen": line.amount} for line in lines]


def stored_goals(goals: list[GoalIn]) -> list[dict[str, Any]]:
    return [goal.model_dump() for goal in goals]


def content(body: ProjectFields) -> dict[str, Any]:
    """The columns of a proposal."""
    return {name: getattr(body, name) for name in PLAIN} | {
        "planned_fen": sum(line.amount for line in body.financing) or None,
        "financing": stored_financing(body.financing),
        "goals": stored_goals(body.goals),
        "benefit_kinds": sorted(body.benefit_kinds),
    }


def fields_of(project: Project) -> dict[str, Any]:
    """What ``rules.missing`` looks at."""
    return {
        "name": project.name,
        "planned": project.planned_fen,
        "financing": project.financing,
        "goals": project.goals,
        "benefit_kinds": project.benefit_kinds,
    } | {name: getattr(project, name) for name in PLAIN}


def ensure_may(actor: Actor, project: Project, action: rules.Action, to: rules.State | None = None) -> rules.State:
    """Where the step leads.

    Raises:
        StepNotPossible: nothing leads there from where the project is.
        StepNotYours: another role takes it, or a wider region, or another person than the proposer.
    """
    after = rules.target(project.state, action, to)
    if after is None:
        raise StepNotPossible(state_now=project.state)
    mine = project.proposed_by == actor.id
    if not rules.may_take(project.state, action, role=actor.role, region=actor.region, is_proposer=mine):
        raise StepNotYours("本人申报的项目须由他人审核" if mine and project.state != "draft" else None)
    return after


async def ensure_version(session: AsyncSession, actor: Actor, project: Project, expected: int, yours: Any) -> None:
    """Raises VersionMismatch with the project as it stands."""
    if project.version != expected:
        view = orjson.loads(await answer(session, actor, project))
        check_version(project.version, expected, current_view=view, yours=yours)


async def move(
    session: AsyncSession,
    actor: Actor,
    project: Project,
    action: rules.Action,
    to: rules.State,
    *,
    opinion: str,
    evidence: Mapping[str, Any] | None = None,
    notice: ActNotice | None = None,
) -> None:
    """Take the project to a state, with its step and its audit entry (which carries no words)."""
    before, moment = project.state, now()
    project.state, project.state_since, project.updated_at = to, moment, moment
    await session.flush()
    await write_step(session, actor, project, action, before=before, opinion=opinion, evidence=evidence, notice=notice)


async def write_step(
    session: AsyncSession,
    actor: Actor,
    project: Project,
    action: rules.Action,
    *,
    before: str | None,
    opinion: str,
    evidence: Mapping[str, Any] | None = None,
    notice: ActNotice | None = None,
) -> None:
    session.add(
        ProjectStep(
            county_code=project.county_code,
            project_id=project.id,
            region_code=project.region_code,
            seq=project.version,
            previous_seq=project.version - 1 or None,
            from_state=before,
            to_state=project.state,
            action=action,
            opinion=opinion,
            evidence=dict(evidence or {}),
            at=project.state_since,
            actor_id=actor.id,
            actor_name=actor.name,
            actor_role=actor.role,
            notice_id=notice.id if notice else None,
            notice_closed_on=notice.closed_on if notice else None,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor,
        action=f"project.{action}",
        subject_type="project",
        subject_id=project.id,
        region_code=project.region_code,
        detail={"from": before, "to": project.state, "seq": project.version},
    )


async def answer(session: AsyncSession, actor: Actor, project: Project) -> bytes:
    """The project as it stands in this transaction."""
    connection = ReadConnection(await raw_connection(session))
    found = await views.get_project(connection, actor, project.county_code, project.id)
    if found is None:
        raise LookupError("a project that was just written is not readable")
    return found[0]


async def read(session: AsyncSession, actor: Actor, project: Project) -> ProjectRead:
    return ProjectRead.model_validate_json(await answer(session, actor, project))


async def locked(session: AsyncSession, actor: Actor, project_id: UUID) -> Project:
    """Raises NotFound."""
    return await repository.lock(session, actor, project_id)
