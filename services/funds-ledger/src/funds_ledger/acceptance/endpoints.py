"""HTTP of acceptance, settlement and hand-over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Response
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.tokens import Actor
from service_kit.versions import IfMatch, set_etag
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.acceptance import service
from funds_ledger.acceptance.schemas import AcceptanceWrite, HandOverWrite, SettlementWrite
from funds_ledger.projects.auth import ProjectsWrite
from funds_ledger.projects.models import Project as ProjectRecord
from funds_ledger.projects.schemas import Project
from funds_ledger.projects.service import records

router = APIRouter(prefix="/projects", tags=["acceptance"])


@router.post("/{project_id}/acceptance", summary="验收（作出即公示）")
async def accept_project(
    actor: ProjectsWrite,
    session: DbSession,
    command: Idempotency,
    project_id: UUID,
    expected: IfMatch,
    body: AcceptanceWrite,
    response: Response,
) -> Project:
    act = _act(session, actor, lambda: service.accept(session, actor, project_id, expected, body))
    answer = await command.once(session, actor, body, Project, act)
    set_etag(response, answer.version)
    return answer


@router.post("/{project_id}/settlement", summary="决算")
async def settle_project(
    actor: ProjectsWrite,
    session: DbSession,
    command: Idempotency,
    project_id: UUID,
    expected: IfMatch,
    body: SettlementWrite,
    response: Response,
) -> Project:
    act = _act(session, actor, lambda: service.settle(session, actor, project_id, expected, body))
    answer = await command.once(session, actor, body, Project, act)
    set_etag(response, answer.version)
    return answer


@router.post("/{project_id}/hand-over", summary="移交资产或登记成果")
async def hand_over_project(
    actor: ProjectsWrite,
    session: DbSession,
    command: Idempotency,
    project_id: UUID,
    expected: IfMatch,
    body: HandOverWrite,
    response: Response,
) -> Project:
    """The assets go to the registry as assets to be registered, with where their money came from."""
    act = _act(session, actor, lambda: service.hand_over(session, actor, project_id, expected, body))
    answer = await command.once(session, actor, body, Project, act)
    set_etag(response, answer.version)
    return answer


def _act(
    session: AsyncSession, actor: Actor, step: Callable[[], Awaitable[ProjectRecord]]
) -> Callable[[], Awaitable[Project]]:
    async def act() -> Project:
        return await records.read(session, actor, await step())

    return act
