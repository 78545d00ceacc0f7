"""HTTP of clues."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.clock import today
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode

from funds_ledger.clues import repository, service
from funds_ledger.clues.auth import CluesClose, CluesHandle, CluesRaise, CluesRead
from funds_ledger.clues.rules import ClueState, Source
from funds_ledger.clues.schemas import (
    AcceptWrite,
    ClueCounts,
    ClueFilter,
    ClueRead,
    ClueRow,
    ClueWrite,
    NoteWrite,
    RecoverWrite,
    RectifyWrite,
    VerdictWrite,
)

router = APIRouter(prefix="/clues", tags=["clues"])


@router.get("", summary="问题线索")
async def list_clues(
    actor: CluesRead,
    session: DbSession,
    paging: Paging,
    state: Annotated[ClueState | Literal["open"] | None, Query(description="open：没有销号的")] = None,
    source: Annotated[Source | None, Query()] = None,
    subject_id: Annotated[UUID | None, Query(description="关于哪个项目、支付、文件或资金安排")] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
    overdue: Annotated[bool, Query(description="只看超过整改期限的")] = False,
) -> Page[ClueRow]:
    """Newest first."""
    after = paging.after(datetime, str, UUID)
    chosen = ClueFilter(state=state, source=source, subject_id=subject_id, region=region, overdue=overdue)
    rows = await repository.page(
        session, actor, chosen, today(), (after[0], after[1], after[2]) if after else None, paging.limit + 1
    )
    kept, following = cut(rows, paging.limit, lambda row: (row.Clue.created_at, row.Clue.county_code, row.Clue.id))
    return Page(items=[service.read_row(row) for row in kept], next=following)


@router.get("/counts", summary="问题线索的件数和金额")
async def get_counts(
    actor: CluesRead, session: DbSession, region: Annotated[RegionCode | None, Query()] = None
) -> ClueCounts:
    return await service.counts(session, actor, region)


@router.get("/{clue_id}", summary="一条问题线索及其办理经过")
async def get_clue(clue_id: UUID, actor: CluesRead, session: DbSession) -> ClueRead:
    return await service.get(session, actor, clue_id)


@router.put("/{clue_id}", summary="登记问题线索", responses={201: {"model": ClueRead}})
async def put_clue(
    clue_id: Uuid7, body: ClueWrite, actor: CluesRaise, session: DbSession, response: Response
) -> ClueRead:
    """On something that the actor may see. It is numbered within county and year."""
    read, created = await service.raise_(session, actor, clue_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.post("/{clue_id}/acceptance", summary="受理")
async def accept_clue(
    clue_id: UUID, body: AcceptWrite, actor: CluesHandle, session: DbSession, command: Idempotency
) -> ClueRead:
    return await command.once(
        session, actor, body, ClueRead, lambda: service.accept(session, actor, clue_id, body.note)
    )


@router.post("/{clue_id}/notes", summary="记录调查核实情况")
async def note_clue(
    clue_id: UUID, body: NoteWrite, actor: CluesHandle, session: DbSession, command: Idempotency
) -> ClueRead:
    return await command.once(session, actor, body, ClueRead, lambda: service.note(session, actor, clue_id, body.note))


@router.post("/{clue_id}/recoveries", summary="记录追回资金")
async def recover_money(
    clue_id: UUID, body: RecoverWrite, actor: CluesHandle, session: DbSession, command: Idempotency
) -> ClueRead:
    """Refused with ``recovered_too_much`` beyond what is in question."""
    return await command.once(
        session, actor, body, ClueRead, lambda: service.recover(session, actor, clue_id, body.amount, body.note)
    )


@router.post("/{clue_id}/rectification", summary="报整改结果")
async def rectify_clue(
    clue_id: UUID, body: RectifyWrite, actor: CluesHandle, session: DbSession, command: Idempotency
) -> ClueRead:
    return await command.once(session, actor, body, ClueRead, lambda: service.rectify(session, actor, clue_id, body))


@router.post("/{clue_id}/return", summary="退回继续整改")
async def return_clue(
    clue_id: UUID, body: VerdictWrite, actor: CluesClose, session: DbSession, command: Idempotency
) -> ClueRead:
    """By another person than the one who handled it."""
    return await command.once(
        session, actor, body, ClueRead, lambda: service.return_(session, actor, clue_id, body.note)
    )


@router.post("/{clue_id}/closing", summary="验收销号")
async def close_clue(
    clue_id: UUID, body: VerdictWrite, actor: CluesClose, session: DbSession, command: Idempotency
) -> ClueRead:
    """By another person than the one who handled it; refused with ``same_person`` otherwise."""
    return await command.once(session, actor, body, ClueRead, lambda: service.close(session, actor, clue_id, body.note))
