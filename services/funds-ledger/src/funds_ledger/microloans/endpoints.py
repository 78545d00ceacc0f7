"""HTTP of microloans."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from service_kit.attachments.endpoints import FILE_ANSWER, RAW_BODY
from service_kit.auth import Context
from service_kit.clock import today
from service_kit.db import DbSession, ReadDb
from service_kit.db.statement import region_of
from service_kit.files import receive
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.microloans import service, sheets, views
from funds_ledger.microloans.auth import MicroloansRead, MicroloansWrite
from funds_ledger.microloans.rules import Problem, Standing
from funds_ledger.microloans.schemas import (
    MicroloanImported,
    MicroloanOverview,
    MicroloanPolicies,
    MicroloanPolicyRead,
    MicroloanPolicyWrite,
    MicroloanRead,
    MicroloanTargetRead,
    MicroloanTargetWrite,
    PastDay,
    SubsidyPeriod,
)
from funds_ledger.payouts.auth import PayoutsWrite
from funds_ledger.payouts.endpoints import workbook
from funds_ledger.payouts.schemas import PayoutLoaded
from funds_ledger.scoping import chosen_county
from funds_ledger.terms import Year

router = APIRouter(tags=["microloans"])
County = Annotated[CountyCode | None, Query(description="县代码；不填为本县")]


@router.get("/microloans", response_model=Page[MicroloanRead], summary="小额信贷台账")
async def list_microloans(
    actor: MicroloansRead,
    db: ReadDb,
    paging: Paging,
    standing: Annotated[Standing | None, Query()] = None,
    problem: Annotated[Problem | None, Query()] = None,
    name: Annotated[str | None, Query(max_length=50, description="姓名开头")] = None,
    region: Annotated[RegionCode | None, Query()] = None,
) -> Response:
    """What falls due first at the top."""
    body = await views.list_loans(
        db, region_of(actor, region), paging, today(), standing=standing, problem=problem, name=name
    )
    return JsonBytes(body)


@router.get("/microloans/overview", summary="小额信贷：发放与目标、余额、到期与逾期")
async def get_microloan_overview(
    actor: MicroloansRead, db: ReadDb, year: Annotated[Year, Query()], county: County = None
) -> MicroloanOverview:
    return await service.overview(db, actor, chosen_county(actor, county, "query.county"), year)


@router.get("/microloans/template", summary="台账模板", responses=FILE_ANSWER, response_class=Response)
async def get_microloan_template(_: MicroloansRead) -> Response:
    return workbook("小额信贷台账模板.xlsx", sheets.template())


@router.put("/microloan-imports/{import_id}/content", summary="导入银行台账", openapi_extra=RAW_BODY)
async def put_microloans(
    import_id: Uuid7,
    request: Request,
    actor: MicroloansWrite,
    session: DbSession,
    ctx: Context,
    reported_on: Annotated[PastDay, Query(description="报表日期")],
    county: County = None,
) -> MicroloanImported:
    """Loans by bank and contract as of a day. Sending it again changes nothing; an older day does not undo a newer."""
    async with receive(request) as received:
        received.file.seek(0)
        content = received.file.read()
    code = chosen_county(actor, county, "query.county")
    return await service.take_list(session, ctx, actor, code, reported_on, content)


@router.post("/payout-batches/{batch_id}/subsidy-list", summary="按贴息生成名单")
async def load_subsidy_list(
    batch_id: UUID, body: SubsidyPeriod, actor: PayoutsWrite, session: DbSession, ctx: Context, command: Idempotency
) -> PayoutLoaded:
    """Everybody whose loans bear subsidised interest in the period, with the amount; for lists of that kind."""
    return await command.once(
        session, actor, body, PayoutLoaded, lambda: service.fill_list(session, ctx.crypto, actor, batch_id, body)
    )


@router.get("/microloan-policies", summary="小额信贷规定")
async def list_microloan_policies(
    actor: MicroloansRead, session: DbSession, county: County = None
) -> MicroloanPolicies:
    return await service.policies(session, chosen_county(actor, county, "query.county"))


@router.put(
    "/microloan-policies/{policy_id}", summary="设定小额信贷规定", responses={201: {"model": MicroloanPolicyRead}}
)
async def put_microloan_policy(
    policy_id: Uuid7, body: MicroloanPolicyWrite, actor: MicroloansWrite, session: DbSession, response: Response
) -> MicroloanPolicyRead:
    if await service.set_policy(session, actor, policy_id, body):
        response.status_code = status.HTTP_201_CREATED
    return await service.read_policy(session, policy_id)


@router.put(
    "/microloan-targets/{target_id}", summary="设定年度发放目标", responses={201: {"model": MicroloanTargetRead}}
)
async def put_microloan_target(
    target_id: Uuid7, body: MicroloanTargetWrite, actor: MicroloansWrite, session: DbSession, response: Response
) -> MicroloanTargetRead:
    if await service.set_target(session, actor, target_id, body):
        response.status_code = status.HTTP_201_CREATED
    return await service.read_target(session, target_id)
