"""HTTP of payouts: lists, lines and persons. The way of the money is in ``runs``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from service_kit.attachments.endpoints import FILE_ANSWER, RAW_BODY
from service_kit.auth import Context
from service_kit.db import DbSession, ReadDb
from service_kit.db.statement import region_of
from service_kit.errors import NotFound
from service_kit.files import receive
from service_kit.files.media import XLSX
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode
from service_kit.versions import IfMatch

from funds_ledger.payouts import sheets, views
from funds_ledger.payouts.auth import PayoutsRead, PayoutsReveal, PayoutsWrite
from funds_ledger.payouts.rules import BatchState, LineState, Problem
from funds_ledger.payouts.schemas import (
    PayoutBatchDetail,
    PayoutBatchRow,
    PayoutBatchWrite,
    PayoutDecided,
    PayoutDecisionWrite,
    PayoutLineRead,
    PayoutLineUpdate,
    PayoutListAsked,
    PayoutLoaded,
    PayoutRevealed,
    PayoutRevealWrite,
    PersonHistory,
    PersonSearch,
)
from funds_ledger.payouts.service import deciding, drafting, loading, reading, revealing, running
from funds_ledger.standards.rules import Category

router = APIRouter(tags=["payouts"])


def workbook(name: str, content: bytes, media_type: str = XLSX) -> Response:
    """A file to be saved; it holds personal data, so nothing on the way keeps it."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
        },
    )


@router.get("/payout-batches", response_model=Page[PayoutBatchRow], summary="补贴发放批次")
async def list_payout_batches(
    actor: PayoutsRead,
    db: ReadDb,
    paging: Paging,
    state: Annotated[BatchState | None, Query()] = None,
    category: Annotated[Category | None, Query()] = None,
    allocation_id: Annotated[UUID | None, Query()] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
) -> Response:
    """The newest first, with what was paid and what needs a decision."""
    body = await views.list_batches(
        db, region_of(actor, region), paging, state=state, category=category, allocation_id=allocation_id
    )
    return JsonBytes(body)


@router.get("/payout-batches/template", summary="名单模板", responses=FILE_ANSWER, response_class=Response)
async def get_payout_template(_: PayoutsRead) -> Response:
    return workbook("补贴发放名单模板.xlsx", sheets.template())


@router.get("/payout-batches/{batch_id}", response_model=PayoutBatchDetail, summary="发放批次、疑点与经过")
async def get_payout_batch(batch_id: UUID, actor: PayoutsRead, db: ReadDb) -> Response:
    body = await views.batch_detail(db, actor.region, batch_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.put("/payout-batches/{batch_id}", summary="新建发放批次", responses={201: {"model": PayoutBatchDetail}})
async def put_payout_batch(
    batch_id: Uuid7, body: PayoutBatchWrite, actor: PayoutsWrite, session: DbSession, ctx: Context, response: Response
) -> PayoutBatchDetail:
    """An empty list; the same content again changes nothing."""
    if await drafting.begin(session, actor, ctx.crypto, batch_id, body):
        response.status_code = status.HTTP_201_CREATED
    return await reading.batch(session, actor, batch_id)


@router.post("/payout-batches/{batch_id}/register-list", summary="从监测档案提取应享名单")
async def load_register_list(
    batch_id: UUID, body: PayoutListAsked, actor: PayoutsWrite, session: DbSession, ctx: Context, command: Idempotency
) -> PayoutLoaded:
    """Everybody whom the register lists for the standard; accounts are those last paid to."""
    return await command.once(
        session, actor, body, PayoutLoaded, lambda: loading.from_register(session, ctx, actor, batch_id, body.on)
    )


@router.put("/payout-imports/{import_id}/content", summary="导入名单", openapi_extra=RAW_BODY)
async def put_payout_list(
    import_id: Uuid7,
    request: Request,
    actor: PayoutsWrite,
    session: DbSession,
    ctx: Context,
    batch_id: Annotated[UUID, Query()],
) -> PayoutBatchDetail:
    """A workbook or CSV file by the template. Good rows are taken, the others handed back with 错误原因."""
    async with receive(request) as received:
        received.file.seek(0)
        content = received.file.read()
    await loading.from_sheet(session, ctx, actor, batch_id, import_id, content)
    return await reading.batch(session, actor, batch_id)


@router.get("/payout-imports/{import_id}/refused", summary="退回的原表", responses=FILE_ANSWER, response_class=Response)
async def get_refused_payout_rows(import_id: UUID, actor: PayoutsWrite, session: DbSession, ctx: Context) -> Response:
    return workbook("退回的行.xlsx", await revealing.refused_sheet(session, actor, ctx.crypto, import_id))


@router.get("/payout-batches/{batch_id}/lines", response_model=Page[PayoutLineRead], summary="名单")
async def list_payout_lines(
    batch_id: UUID,
    actor: PayoutsRead,
    db: ReadDb,
    paging: Paging,
    state: Annotated[LineState | None, Query()] = None,
    problem: Annotated[Problem | None, Query()] = None,
    undecided: Annotated[bool, Query(description="只看疑点未处理的")] = False,
    name: Annotated[str | None, Query(max_length=50, description="姓名开头")] = None,
) -> Response:
    body = await views.list_lines(
        db, actor.region, batch_id, paging, state=state, problem=problem, undecided=undecided, name=name
    )
    return JsonBytes(body)


@router.get(
    "/payout-batches/{batch_id}/list.xlsx",
    summary="导出名单（补填账号用）",
    responses=FILE_ANSWER,
    response_class=Response,
)
async def get_payout_list_file(batch_id: UUID, actor: PayoutsWrite, session: DbSession, ctx: Context) -> Response:
    """With full numbers, in the template's columns; leaves an audit entry."""
    return workbook(*await running.filled_list(session, actor, ctx.crypto, batch_id))


@router.post("/payout-batches/{batch_id}/decisions", summary="处理疑点")
async def decide_payout_lines(
    batch_id: UUID, body: PayoutDecisionWrite, actor: PayoutsWrite, session: DbSession, command: Idempotency
) -> PayoutDecided:
    """Let pass, leave out, take back in, or give up; about chosen lines or all with one problem."""
    return await command.once(
        session, actor, body, PayoutDecided, lambda: deciding.decide(session, actor, batch_id, body)
    )


@router.post("/payout-batches/{batch_id}/dropping", summary="作废批次")
async def drop_payout_batch(
    batch_id: UUID, actor: PayoutsWrite, session: DbSession, command: Idempotency
) -> PayoutBatchDetail:
    async def act() -> PayoutBatchDetail:
        await drafting.drop(session, actor, batch_id)
        return await reading.batch(session, actor, batch_id)

    return await command.once(session, actor, None, PayoutBatchDetail, act)


@router.patch("/payout-lines/{line_id}", summary="更正一行")
async def correct_payout_line(
    line_id: UUID, body: PayoutLineUpdate, actor: PayoutsWrite, session: DbSession, ctx: Context, expected: IfMatch
) -> PayoutLineRead:
    """After the bank has sent the money back, only the account can be corrected."""
    await deciding.correct(session, actor, ctx.crypto, line_id, expected, body)
    return await reading.line(session, actor, line_id)


@router.post("/payout-lines/{line_id}/reveal", summary="查看完整号码")
async def reveal_payout_line(
    line_id: UUID, body: PayoutRevealWrite, actor: PayoutsReveal, session: DbSession, ctx: Context
) -> PayoutRevealed:
    return await revealing.reveal(session, actor, ctx.crypto, line_id, body)


@router.get("/payout-lines/{line_id}/person", response_model=PersonHistory, summary="此人历次发放")
async def get_payout_person(line_id: UUID, actor: PayoutsRead, db: ReadDb) -> Response:
    body = await views.person(db, actor.region, line_id=line_id, person_key=None)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.post("/payout-persons/search", response_model=PersonHistory, summary="按身份证号查历次发放")
async def search_payout_person(body: PersonSearch, actor: PayoutsRead, db: ReadDb, ctx: Context) -> Response:
    """A POST, so that the number does not stand in a URL."""
    body_ = await views.person(db, actor.region, line_id=None, person_key=ctx.crypto.blind_index(body.id_number))
    if body_ is None:
        raise NotFound("没有此人的发放记录")
    return JsonBytes(body_)
