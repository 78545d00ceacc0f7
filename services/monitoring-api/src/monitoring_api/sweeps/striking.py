"""Striking issues off one by one 销号: each for itself, so that one that fails does not stop the others."""

from __future__ import annotations

from service_kit import audit
from service_kit.clock import SHANGHAI, now
from service_kit.errors import DomainError, FieldError, ValidationFailed
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import IssueStruckOff
from monitoring_api.sweeps import repository
from monitoring_api.sweeps.schemas import IssueToStrike, StrikeOff, StrikeOffAnswer, StrikeOffResult


async def strike_off(session: AsyncSession, actor: Actor, body: StrikeOff) -> StrikeOffAnswer:
    """Strike issues off with one measure and one proof; each has its own result."""
    results = {}
    # In one order, so that two batches over the same issues wait for each other and never lock up.
    for item in sorted(body.items, key=lambda item: item.id):
        results[item.id] = await _try(session, actor, item, body)
    ordered = [results[item.id] for item in body.items]
    done = sum(result.ok for result in ordered)
    return StrikeOffAnswer(done=done, refused=len(ordered) - done, results=ordered)


async def _try(session: AsyncSession, actor: Actor, item: IssueToStrike, body: StrikeOff) -> StrikeOffResult:
    try:
        return StrikeOffResult(id=item.id, ok=True, version=await _one(session, actor, item, body))
    except DomainError as refused:
        # Nothing was written yet: all that can be refused is refused before the issue is touched.
        first = refused.errors[0].message if refused.errors else None
        message = first or refused.detail or refused.title
        return StrikeOffResult(id=item.id, ok=False, code=refused.code, message=message)


async def _one(session: AsyncSession, actor: Actor, item: IssueToStrike, body: StrikeOff) -> int:
    """Raises: NotFound, IssueStruckOff, VersionMismatch, ValidationFailed."""
    issue = await repository.lock_issue(session, actor, item.id)
    if issue.state != "open":
        raise IssueStruckOff()
    check_version(issue.version, item.version)
    if body.struck_off_on < issue.found_at.astimezone(SHANGHAI).date():
        error = FieldError("body.struck_off_on", "before_found", "销号日期不能早于发现日期")
        raise ValidationFailed(errors=[error])
    issue.state = "struck_off"
    issue.measure, issue.evidence, issue.struck_off_on = body.measure, body.evidence, body.struck_off_on
    issue.struck_off_at, issue.struck_off_by, issue.struck_off_by_name = now(), actor.id, actor.name
    await session.flush()
    await audit.record(
        session,
        actor,
        action="sweep_issue.strike_off",
        subject_type="household",
        subject_id=issue.household_id,
        region_code=issue.village_code,
        detail={"issue_id": str(issue.id), "kind": issue.kind},
    )
    return issue.version
