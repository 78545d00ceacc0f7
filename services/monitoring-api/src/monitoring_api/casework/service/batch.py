"""Reviewing many cases alike, each for itself: one that fails does not stop the others."""

from __future__ import annotations

from typing import Any

from service_kit.errors import DomainError
from service_kit.problems import from_database
from service_kit.tokens import Actor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework.schemas import BatchAnswer, BatchItem, BatchResult, BatchReview, StepTake
from monitoring_api.casework.service.stepping import take_step
from monitoring_api.errors import CONSTRAINT_ERRORS


async def review(session: AsyncSession, actor: Actor, body: BatchReview) -> BatchAnswer:
    """Take the same step with each case; with ``preview`` undo each and only say what would happen."""
    results = []
    # In one order, so that two batches over the same cases wait for each other and never lock up.
    for item in sorted(body.items, key=lambda item: item.id):
        results.append(await _one(session, actor, item, body))
    done = sum(result.ok for result in results)
    return BatchAnswer(preview=body.preview, done=done, refused=len(results) - done, results=results)


async def _one(session: AsyncSession, actor: Actor, item: BatchItem, body: BatchReview) -> BatchResult:
    savepoint = await session.begin_nested()
    try:
        case = await take_step(session, actor, item.id, item.version, _step(item, body.step))
        result = BatchResult.model_validate({"id": item.id, "ok": True, "state": case.state, "version": case.version})
    except (DomainError, DBAPIError) as refused:
        await savepoint.rollback()
        error = refused if isinstance(refused, DomainError) else from_database(refused.orig, CONSTRAINT_ERRORS)
        first = error.errors[0].message if error.errors else None
        return BatchResult(id=item.id, ok=False, code=error.code, message=first or error.detail or error.title)
    if body.preview:
        await savepoint.rollback()
    else:
        await savepoint.commit()
    return result


def _step(item: BatchItem, step: StepTake) -> StepTake:
    """The common step with what is the case's own: class and risks."""
    if step.evidence is None or (item.monitored_class is None and not item.risks):
        return step
    own: dict[str, Any] = {}
    if item.monitored_class is not None:
        own["monitored_class"] = item.monitored_class
    if item.risks:
        own["risks"] = item.risks
    return step.model_copy(update={"evidence": step.evidence.model_copy(update=own)})
