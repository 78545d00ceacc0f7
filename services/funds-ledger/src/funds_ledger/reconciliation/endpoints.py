"""HTTP of reconciliation. A month is named by year and month within a county, e.g. ``2026-10``."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import FileResponse
from service_kit.attachments.endpoints import FILE_ANSWER, RAW_BODY, file_headers
from service_kit.auth import Context
from service_kit.db import DbSession, system_session
from service_kit.files import receive
from service_kit.files.media import XLSX
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.imports import hand_back, write_template
from service_kit.pagination import Page, Paging, cut
from starlette.background import BackgroundTask

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.reconciliation import repository, rules, sheet, views
from funds_ledger.reconciliation.auth import ReconciliationClose, ReconciliationRead, ReconciliationWrite
from funds_ledger.reconciliation.schemas import (
    DecisionRead,
    DecisionWrite,
    MatchingRead,
    MatchRead,
    MatchWrite,
    Month,
    MonthRead,
    MonthRow,
    MonthWrite,
    ReasonWrite,
    ReconciledItem,
    StatementRead,
    SubmissionWrite,
)
from funds_ledger.reconciliation.service import months, work
from funds_ledger.scoping import chosen_county

router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])
County = Annotated[CountyCode | None, Query(description="县代码；不填为本县")]
Name = Annotated[str, Query(min_length=1, max_length=200)]


def _county(actor: Any, county: str | None) -> str:
    return chosen_county(actor, county, "query.county")


@router.get("/months", summary="对账月份")
async def list_months(actor: ReconciliationRead, session: DbSession, paging: Paging) -> Page[MonthRow]:
    """Newest first."""
    after = paging.after(date, str)
    rows = await repository.months(session, actor, (after[0], after[1]) if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda month: (month.month, month.county_code))
    return Page(items=[months.row(month) for month in kept], next=following)


@router.get("/template", summary="对账单模板", response_class=Response, responses=FILE_ANSWER)
async def get_template(_: ReconciliationRead) -> Response:
    def made() -> bytes:
        with tempfile.TemporaryDirectory(prefix="template-") as folder:
            path = FilePath(folder) / "template.xlsx"
            write_template(path, title=sheet.TEMPLATE_TITLE, columns=sheet.COLUMNS, notes=sheet.TEMPLATE_NOTES)
            return path.read_bytes()

    content = await asyncio.to_thread(made)
    return Response(content, media_type=XLSX, headers=file_headers("对账单模板.xlsx", len(content), XLSX))


@router.put("/months/{month}", summary="开始一个月的对账，或修改建议的日期范围", responses={201: {"model": MonthRead}})
async def put_month(
    month: Month,
    body: MonthWrite,
    actor: ReconciliationWrite,
    session: DbSession,
    response: Response,
    county: County = None,
) -> MonthRead:
    """Months follow each other without a gap; the first one may be any."""
    first = rules.first_day(month)
    read, created = await months.open_month(session, actor, _county(actor, county), first, body.window_days)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.get("/months/{month}", summary="一个月的对账情况")
async def get_month(month: Month, actor: ReconciliationRead, session: DbSession, county: County = None) -> MonthRead:
    return await months.get(session, actor, _county(actor, county), rules.first_day(month))


@router.put(
    "/imports/corrections/content", summary="交回对账单，逐行标出错误", openapi_extra=RAW_BODY, responses=FILE_ANSWER
)
async def put_corrections(actor: ReconciliationWrite, request: Request, month: Annotated[Month, Query()]) -> Response:
    """The sheet as it came with a column 错误原因; nothing is kept. Refused like an import when it cannot be read."""
    async with receive(request) as received:
        received.file.seek(0)
        content = received.file.read()

    def made() -> str:
        source, checked = sheet.read(content, rules.first_day(month))
        with tempfile.NamedTemporaryFile(prefix="corrections-", suffix=".xlsx", delete=False) as file:
            path = FilePath(file.name)
        hand_back(path, source, checked.errors)
        return str(path)

    path = FilePath(await asyncio.to_thread(made))
    return FileResponse(
        path, media_type=XLSX, filename="对账单（错误原因）.xlsx", background=BackgroundTask(path.unlink)
    )


@router.put(
    "/imports/{statement_id}/content",
    summary="导入国库或银行对账单",
    openapi_extra=RAW_BODY,
    responses={201: {"model": StatementRead}},
)
async def put_statement(
    statement_id: Uuid7,
    actor: ReconciliationWrite,
    request: Request,
    ctx: Context,
    response: Response,
    month: Annotated[Month, Query()],
    channel: Annotated[rules.Channel, Query()],
    account_name: Name,
    file_name: Name,
    county: County = None,
) -> StatementRead:
    """All lines or none: a file with a faulty row is refused with ``rows``. The same file twice is refused.

    Two short transactions, and the reading of the file between them: no connection waits for a slow line.
    """
    county_code, first = _county(actor, county), rules.first_day(month)
    async with receive(request) as received:
        received.file.seek(0)
        content, digest = received.file.read(), bytes.fromhex(received.sha256)
    statement = {
        "county_code": county_code,
        "id": statement_id,
        "channel": channel,
        "account_name": account_name,
        "file_name": file_name,
        "digest": digest,
    }
    async with system_session(ctx, actor.scope) as session:
        await months.find(session, county_code, first)
        known = await repository.statement_of(session, county_code, statement_id)
        if known is None:
            await work.known_file(session, county_code, digest)
    rows = await asyncio.to_thread(sheet.rows_of, content, first)
    async with system_session(ctx, actor.scope) as session:
        read, created = await work.take_in(session, actor, statement, first, rows)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.get("/months/{month}/statements", summary="一个月的对账单")
async def list_statements(
    month: Month, actor: ReconciliationRead, session: DbSession, paging: Paging, county: County = None
) -> Page[StatementRead]:
    found = await months.find(session, _county(actor, county), rules.first_day(month))
    after = paging.after(datetime, UUID)
    rows = await repository.statements(session, found, (after[0], after[1]) if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.created_at, row.id))
    return Page(items=[work.read_statement(row) for row in kept], next=following)


@router.post("/statements/{statement_id}/withdrawal", summary="撤回导错的对账单")
async def withdraw_statement(
    statement_id: UUID,
    body: ReasonWrite,
    actor: ReconciliationWrite,
    session: DbSession,
    command: Idempotency,
    county: County = None,
) -> StatementRead:
    """Refused with ``statement_matched`` while a line of it is matched."""
    code = _county(actor, county)
    return await command.once(
        session, actor, body, StatementRead, lambda: work.withdraw(session, actor, code, statement_id, body.reason)
    )


@router.post("/months/{month}/matching", summary="自动核对")
async def match_month(
    month: Month, actor: ReconciliationWrite, session: DbSession, command: Idempotency, county: County = None
) -> MatchingRead:
    code, first = _county(actor, county), rules.first_day(month)
    return await command.once(session, actor, None, MatchingRead, lambda: work.match(session, actor, code, first))


@router.get("/months/{month}/matches", summary="对上的和建议的")
async def list_matches(
    month: Month,
    actor: ReconciliationRead,
    session: DbSession,
    paging: Paging,
    state: Annotated[rules.MatchState, Query()] = "matched",
    how: Annotated[rules.How | None, Query()] = None,
    county: County = None,
) -> Page[MatchRead]:
    found = await months.find(session, _county(actor, county), rules.first_day(month))
    after = paging.after(UUID)
    bound = await months.bounds(session, found)
    rows = await views.matches(
        session, bound, found.id, state=state, how=how, after=after[0] if after else None, limit=paging.limit + 1
    )
    kept, following = cut(rows, paging.limit, lambda row: (row.id,))
    return Page(items=[MatchRead.model_validate(row) for row in kept], next=following)


@router.get("/months/{month}/differences", summary="差异清单（逐笔）")
async def list_differences(
    month: Month,
    actor: ReconciliationRead,
    session: DbSession,
    paging: Paging,
    side: Annotated[rules.Side, Query(description="ledger：账上有、对账单上没有；statement：反过来")],
    county: County = None,
) -> Page[ReconciledItem]:
    """As the month stood, or stands: what is matched in a later month was a difference in this one."""
    found = await months.find(session, _county(actor, county), rules.first_day(month))
    after = paging.after(date, UUID)
    bound = await months.bounds(session, found)
    rows = await views.differences(session, bound, side, (after[0], after[1]) if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.day, row.id))
    return Page(items=[ReconciledItem.model_validate(row) for row in kept], next=following)


@router.post("/months/{month}/decisions", summary="确认或否定建议")
async def decide(
    month: Month,
    body: DecisionWrite,
    actor: ReconciliationWrite,
    session: DbSession,
    command: Idempotency,
    county: County = None,
) -> DecisionRead:
    code, first = _county(actor, county), rules.first_day(month)

    async def act() -> DecisionRead:
        return DecisionRead(decided=await work.decide(session, actor, code, first, body))

    return await command.once(session, actor, body, DecisionRead, act)


@router.put("/months/{month}/matches/{match_id}", summary="手工配对", status_code=204)
async def put_match(
    month: Month,
    match_id: Uuid7,
    body: MatchWrite,
    actor: ReconciliationWrite,
    session: DbSession,
    county: County = None,
) -> None:
    """Refused with ``sums_differ`` and the exact difference when both sides are not equal."""
    await work.match_by_hand(session, actor, _county(actor, county), rules.first_day(month), match_id, body)


@router.post("/matches/{match_id}/undo", summary="解除配对")
async def undo_match(
    match_id: UUID,
    body: ReasonWrite,
    actor: ReconciliationWrite,
    session: DbSession,
    command: Idempotency,
    county: County = None,
) -> DecisionRead:
    code = _county(actor, county)

    async def act() -> DecisionRead:
        await work.undo(session, actor, code, match_id, body.reason)
        return DecisionRead(decided=1)

    return await command.once(session, actor, body, DecisionRead, act)


@router.post("/months/{month}/submission", summary="提交结账")
async def submit_month(
    month: Month,
    body: SubmissionWrite,
    actor: ReconciliationWrite,
    session: DbSession,
    command: Idempotency,
    county: County = None,
) -> MonthRead:
    code, first = _county(actor, county), rules.first_day(month)
    return await command.once(
        session, actor, body, MonthRead, lambda: months.submit(session, actor, code, first, body.note)
    )


@router.post("/months/{month}/return", summary="退回重新核对")
async def return_month(
    month: Month,
    body: ReasonWrite,
    actor: ReconciliationClose,
    session: DbSession,
    command: Idempotency,
    county: County = None,
) -> MonthRead:
    code, first = _county(actor, county), rules.first_day(month)
    return await command.once(
        session, actor, body, MonthRead, lambda: months.return_(session, actor, code, first, body.reason)
    )


@router.post("/months/{month}/closing", summary="结账")
async def close_month(
    month: Month, actor: ReconciliationClose, session: DbSession, command: Idempotency, county: County = None
) -> MonthRead:
    """By another person than the one who submitted it; nothing in the month changes from then on."""
    code, first = _county(actor, county), rules.first_day(month)
    return await command.once(session, actor, None, MonthRead, lambda: months.close(session, actor, code, first))
