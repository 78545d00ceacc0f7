"""Monitoring and self-evaluation of a project's targets (FND-8)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.errors import FieldError, ValidationFailed
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import StepNotPossible
from funds_ledger.projects import repository, rules
from funds_ledger.projects.models import Project
from funds_ledger.projects.schemas import PerformanceWrite


def thousandths(text: str) -> int:
    """A measure as the rules count it."""
    return int(Decimal(text) * 1000)


async def record(session: AsyncSession, actor: Actor, project_id: UUID, body: PerformanceWrite) -> Project:
    """Write down how far each target is reached; the score follows from the targets' weights.

    Raises:
        NotFound.
        StepNotPossible: the project is not in the library, or is evaluated before it was accepted.
        ValidationFailed: not one value per target.
    """
    project = await repository.lock(session, actor, project_id)
    if project.state not in rules.IN_LIBRARY:
        raise StepNotPossible("只有库内项目才作绩效监控", state_now=project.state)
    if body.kind == "self_evaluation" and project.state not in ("accepted", "settled", "completed"):
        raise StepNotPossible("验收以后才作绩效自评", state_now=project.state)
    if len(body.actuals) != len(project.goals):
        message = f"应逐项填写 {len(project.goals)} 个绩效目标的完成值"
        raise ValidationFailed(errors=[FieldError("body.actuals", "actuals_incomplete", message)])
    goals = [rules.Goal(thousandths(g["target"]), g["at_least"], g["weight"]) for g in project.goals]
    record_id = uuid7()
    await repository.add_performance(
        session,
        {
            "county_code": project.county_code,
            "id": record_id,
            "project_id": project.id,
            "region_code": project.region_code,
            "kind": body.kind,
            "as_of": body.as_of,
            "actuals": body.actuals,
            "score_bp": rules.score_bp(goals, [thousandths(actual) for actual in body.actuals]),
            "benefited_households": body.benefited_households,
            "benefited_people": body.benefited_people,
            "income_fen": body.income,
            "problems": body.problems,
            "at": now(),
            "actor_id": actor.id,
            "actor_name": actor.name,
        },
    )
    await audit.record(
        session,
        actor,
        action=f"project.{body.kind}",
        subject_type="project",
        subject_id=project.id,
        region_code=project.region_code,
        detail={"record_id": str(record_id)},
    )
    return project
