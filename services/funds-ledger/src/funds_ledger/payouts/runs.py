"""HTTP of the way of the money: submission, approval, the bank's file out and back."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from service_kit.attachments.endpoints import FILE_ANSWER, RAW_BODY
from service_kit.auth import Context
from service_kit.db import DbSession
from service_kit.files import receive
from service_kit.files.media import XLSX
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7

from funds_ledger.payouts.auth import PayoutsApprove, PayoutsPay, PayoutsWrite
from funds_ledger.payouts.endpoints import workbook
from funds_ledger.payouts.schemas import PayoutBatchDetail, PayoutOpinionWrite, PayoutReasonWrite
from funds_ledger.payouts.service import reading, running, settling

router = APIRouter(tags=["payouts"])


@router.post("/payout-batches/{batch_id}/submission", summary="提交审核（占用资金）")
async def submit_payout_batch(
    batch_id: UUID, actor: PayoutsWrite, session: DbSession, ctx: Context, command: Idempotency
) -> PayoutBatchDetail:
    """The first time the list, later what the bank sent back. Refused while problems are undecided, or beyond the
    allocation with ``shortfall``."""

    async def act() -> PayoutBatchDetail:
        await running.submit(session, actor, ctx.crypto, batch_id)
        return await reading.batch(session, actor, batch_id)

    return await command.once(session, actor, None, PayoutBatchDetail, act)


@router.post("/payout-runs/{run_id}/approval", summary="审核通过")
async def approve_payout_run(
    run_id: UUID, body: PayoutOpinionWrite, actor: PayoutsApprove, session: DbSession, command: Idempotency
) -> PayoutBatchDetail:
    """By another person than the maker; refused when the register has told something new."""

    async def act() -> PayoutBatchDetail:
        await running.approve(session, actor, run_id, body.opinion)
        return await reading.batch_of_run(session, actor, run_id)

    return await command.once(session, actor, body, PayoutBatchDetail, act)


@router.post("/payout-runs/{run_id}/return", summary="退回")
async def return_payout_run(
    run_id: UUID, body: PayoutReasonWrite, actor: PayoutsApprove, session: DbSession, command: Idempotency
) -> PayoutBatchDetail:
    async def act() -> PayoutBatchDetail:
        await running.return_(session, actor, run_id, body.reason)
        return await reading.batch_of_run(session, actor, run_id)

    return await command.once(session, actor, body, PayoutBatchDetail, act)


@router.post("/payout-runs/{run_id}/sending", summary="生成银行文件")
async def send_payout_run(
    run_id: UUID, actor: PayoutsPay, session: DbSession, ctx: Context, command: Idempotency
) -> PayoutBatchDetail:
    async def act() -> PayoutBatchDetail:
        await running.send(session, actor, ctx.crypto, run_id)
        return await reading.batch_of_run(session, actor, run_id)

    return await command.once(session, actor, None, PayoutBatchDetail, act)


@router.get("/payout-runs/{run_id}/file", summary="下载银行文件", responses=FILE_ANSWER, response_class=Response)
async def get_payout_bank_file(
    run_id: UUID,
    actor: PayoutsPay,
    session: DbSession,
    ctx: Context,
    form: Annotated[Literal["csv", "xlsx"], Query()] = "csv",
) -> Response:
    """Until the bank has answered; leaves an audit entry."""
    name, content = await running.bank_file(session, actor, ctx.crypto, run_id, form)
    return workbook(name, content, XLSX if form == "xlsx" else "text/csv; charset=utf-8")


@router.put("/payout-return-imports/{import_id}/content", summary="导入银行回盘文件", openapi_extra=RAW_BODY)
async def put_payout_return(
    import_id: Uuid7,
    request: Request,
    actor: PayoutsPay,
    session: DbSession,
    ctx: Context,
    run_id: Annotated[UUID, Query()],
    unlisted_paid: Annotated[bool, Query(description="文件只列失败的行，未列的都已到账")] = False,
) -> PayoutBatchDetail:
    """Matched by line number, end of the account and amount. All lines fit, or nothing is taken and the file can be
    had back with 错误原因."""
    async with receive(request) as received:
        received.file.seek(0)
        content = received.file.read()
    await settling.settle(session, actor, ctx.crypto, run_id, import_id, content, unlisted_paid=unlisted_paid)
    return await reading.batch_of_run(session, actor, run_id)
