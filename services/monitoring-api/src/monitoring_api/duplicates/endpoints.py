"""HTTP doors of duplicate persons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.auth import ensure_in_scope
from service_kit.db import DbSession, ReadConnection, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.queue import raw_connection
from service_kit.region import RegionCode
from service_kit.tokens import Actor
from service_kit.versions import IfMatch
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.duplicates import views
from monitoring_api.duplicates.auth import DuplicatesDecide, DuplicatesRead
from monitoring_api.duplicates.rules import Basis, State
from monitoring_api.duplicates.schemas import Decision, Duplicate, DuplicateRow, Found, MergeInput, Search
from monitoring_api.duplicates.service import deciding, finding
from monitoring_api.sql import region_of

router = APIRouter(prefix="/duplicates", tags=["duplicates"])


@router.get("", response_model=Page[DuplicateRow], summary="重复人员")
async def list_duplicates(
    actor: DuplicatesRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
    state: Annotated[State, Query(description="状态；默认为待处理")] = "open",
    basis: Annotated[Basis | None, Query(description="依据")] = None,
) -> Response:
    return JsonBytes(await views.list_candidates(db, views.Filters(region_of(actor, region), state, basis), paging))


@router.post("/search", summary="查找重复人员")
async def search_duplicates(actor: DuplicatesDecide, session: DbSession, idem: Idempotency, body: Search) -> Found:
    """Look through a whole county or a smaller region, e.g. after a bulk load; new pairs are put on the list."""
    ensure_in_scope(actor, body.region)
    return await idem.once(session, actor, body, Found, lambda: finding.search(session, actor, body.region))


@router.get("/{candidate_id}", response_model=Duplicate, summary="逐项比对")
async def get_duplicate(actor: DuplicatesRead, db: ReadDb, candidate_id: UUID) -> Response:
    found = await views.get_candidate(db, actor.region, candidate_id)
    if found is None:
        raise NotFound()
    return JsonBytes(found[0], headers={"ETag": f'"{found[1]}"'})


@router.post("/{candidate_id}/merge", summary="合并")
async def merge_duplicate(
    actor: DuplicatesDecide,
    session: DbSession,
    idem: Idempotency,
    candidate_id: UUID,
    expected: IfMatch,
    body: MergeInput,
) -> Duplicate:
    """Which record stays and what it takes over; can be taken back while nothing else changed."""
    act = _then_read(session, actor, candidate_id, deciding.merge, expected, body)
    return await idem.once(session, actor, body, Duplicate, act)


@router.post("/{candidate_id}/not-duplicate", summary="不是同一人")
async def not_duplicate(
    actor: DuplicatesDecide,
    session: DbSession,
    idem: Idempotency,
    candidate_id: UUID,
    expected: IfMatch,
    body: Decision,
) -> Duplicate:
    act = _then_read(session, actor, candidate_id, deciding.not_duplicate, expected, body)
    return await idem.once(session, actor, body, Duplicate, act)


@router.post("/{candidate_id}/undo", summary="撤销处理")
async def undo_duplicate(
    actor: DuplicatesDecide,
    session: DbSession,
    idem: Idempotency,
    candidate_id: UUID,
    expected: IfMatch,
    body: Decision,
) -> Duplicate:
    """The records become exactly what they were before the merge, and the pair waits for a decision again."""
    act = _then_read(session, actor, candidate_id, deciding.reopen, expected, body)
    return await idem.once(session, actor, body, Duplicate, act)


def _then_read(
    session: AsyncSession,
    actor: Actor,
    candidate_id: UUID,
    decide: Callable[..., Awaitable[Any]],
    expected: int,
    body: Any,
) -> Callable[[], Awaitable[Duplicate]]:
    async def act() -> Duplicate:
        await decide(session, actor, candidate_id, expected, body)
        connection = ReadConnection(await raw_connection(session))
        found = await views.get_candidate(connection, actor.region, candidate_id)
        if found is None:
            raise LookupError("a pair that was just decided is not readable")
        return Duplicate.model_validate_json(found[0])

    return act
