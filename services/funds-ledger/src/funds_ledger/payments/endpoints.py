"""HTTP of payments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.auth import Context
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.floors.auth import FloorsWrite
from funds_ledger.payments import measures, repository, service
from funds_ledger.payments.auth import PaymentsPay, PaymentsRead, PaymentsReview, PaymentsWrite
from funds_ledger.payments.rules import PaymentStatus
from funds_ledger.payments.schemas import (
    CheckpointRead,
    CheckpointWrite,
    PaymentDetail,
    PaymentRead,
    PaymentWrite,
    ProgressReport,
    ReasonRequest,
    ReviewRequest,
    SpeedReport,
    SpeedRuleRead,
    SpeedRuleWrite,
)
from funds_ledger.payouts.guard import ensure_no_payout
from funds_ledger.scoping import chosen_county
from funds_ledger.terms import SourceLevel, Year

router = APIRouter(prefix="/payments", tags=["payments"])
County = Annotated[CountyCode | None, Query(description="县代码；不填为本县")]


@router.get("", summary="支付列表")
async def list_payments(
    actor: PaymentsRead,
    session: DbSession,
    paging: Paging,
    payment_status: Annotated[PaymentStatus | None, Query(alias="status")] = None,
    allocation_id: Annotated[UUID | None, Query()] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
    year: Annotated[Year | None, Query()] = None,
    source_level: Annotated[SourceLevel | None, Query()] = None,
) -> Page[PaymentRead]:
    after = paging.after(datetime, str, UUID)
    rows = await repository.page(
        session,
        actor,
        status=payment_status,
        allocation_id=allocation_id,
        region_code=region,
        year=year,
        source_level=source_level,
        after=(after[0], after[1], after[2]) if after else None,
        limit=paging.limit + 1,
    )
    kept, following = cut(rows, paging.limit, lambda r: (r.Payment.created_at, r.Payment.county_code, r.Payment.id))
    return Page(items=[service.read(row) for row in kept], next=following)


@router.get("/progress", summary="支出进度（按来源、乡镇，对照时间节点）")
async def get_progress(
    actor: PaymentsRead, session: DbSession, year: Annotated[Year, Query()], county: County = None
) -> ProgressReport:
    return await measures.progress(session, actor, chosen_county(actor, county, "query.county"), year)


@router.get("/speed", summary="资金分配时效与得分")
async def get_speed(
    actor: PaymentsRead, session: DbSession, year: Annotated[Year, Query()], county: County = None
) -> SpeedReport:
    return await measures.speed(session, actor, chosen_county(actor, county, "query.county"), year)


@router.get("/checkpoints", summary="支出进度时间节点及其历次修改")
async def list_checkpoints(
    _: PaymentsRead, session: DbSession, paging: Paging, year: Annotated[Year | None, Query()] = None
) -> Page[CheckpointRead]:
    after = paging.after(UUID)
    rows = await measures.checkpoint_page(session, year, after[0] if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.id,))
    return Page(items=[CheckpointRead.model_validate(row) for row in kept], next=following)


@router.put("/checkpoints/{checkpoint_id}", summary="设定支出进度时间节点", responses={201: {"model": CheckpointRead}})
async def put_checkpoint(
    checkpoint_id: Uuid7, body: CheckpointWrite, actor: FloorsWrite, session: DbSession, response: Response
) -> CheckpointRead:
    """Set how much must be paid by a date; the newest revision of a year, source, region and date is in force."""
    read, created = await measures.set_checkpoint(session, actor, checkpoint_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.get("/speed-rules", summary="分配时效评分标准及其历次修改")
async def list_speed_rules(_: PaymentsRead, session: DbSession, paging: Paging) -> Page[SpeedRuleRead]:
    after = paging.after(UUID)
    rows = await measures.speed_rule_page(session, after[0] if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.id,))
    return Page(items=[SpeedRuleRead.model_validate(row) for row in kept], next=following)


@router.put("/speed-rules/{rule_id}", summary="设定分配时效评分标准", responses={201: {"model": SpeedRuleRead}})
async def put_speed_rule(
    rule_id: Uuid7, body: SpeedRuleWrite, actor: FloorsWrite, session: DbSession, response: Response
) -> SpeedRuleRead:
    """Set the working days for full marks and for none, for money received from a date on."""
    read, created = await measures.set_speed_rule(session, actor, rule_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.get("/{payment_id}", summary="支付及其经过")
async def get_payment(payment_id: UUID, actor: PaymentsRead, session: DbSession) -> PaymentDetail:
    return await service.get(session, actor, payment_id)


@router.put("/{payment_id}", summary="申请支付", responses={201: {"model": PaymentDetail}})
async def put_payment(
    payment_id: Uuid7, body: PaymentWrite, actor: PaymentsWrite, session: DbSession, ctx: Context, response: Response
) -> PaymentDetail:
    """Request a payment out of an allocation; the same content again changes nothing.

    Refused beyond the allocation (``payment_exceeds_allocation``) or the contract (``payment_exceeds_contract``) with
    ``shortfall`` and what is left.
    """
    read, created = await service.request(session, actor, ctx.crypto, payment_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.post("/{payment_id}/approval", summary="审核通过支付申请")
async def approve_payment(
    payment_id: UUID, body: ReviewRequest, actor: PaymentsReview, session: DbSession, command: Idempotency
) -> PaymentDetail:
    """Approve a request; refused with ``same_person`` for whoever made it."""
    await ensure_no_payout(session, actor, payment_id)
    return await command.once(
        session, actor, body, PaymentDetail, lambda: service.approve(session, actor, payment_id, body.opinion)
    )


@router.post("/{payment_id}/return", summary="退回支付申请")
async def return_payment(
    payment_id: UUID, body: ReasonRequest, actor: PaymentsReview, session: DbSession, command: Idempotency
) -> PaymentDetail:
    await ensure_no_payout(session, actor, payment_id)
    return await command.once(
        session, actor, body, PaymentDetail, lambda: service.return_(session, actor, payment_id, body.reason)
    )


@router.post("/{payment_id}/withdrawal", summary="撤回自己的支付申请")
async def withdraw_payment(
    payment_id: UUID, body: ReasonRequest, actor: PaymentsWrite, session: DbSession, command: Idempotency
) -> PaymentDetail:
    """Before it is reviewed; refused with ``not_own_request`` for anybody else's."""
    await ensure_no_payout(session, actor, payment_id)
    return await command.once(
        session, actor, body, PaymentDetail, lambda: service.withdraw(session, actor, payment_id, body.reason)
    )


@router.post("/{payment_id}/payment", summary="支付")
async def pay_payment(payment_id: UUID, actor: PaymentsPay, session: DbSession, command: Idempotency) -> PaymentDetail:
    await ensure_no_payout(session, actor, payment_id)
    return await command.once(session, actor, None, PaymentDetail, lambda: service.pay(session, actor, payment_id))


@router.post("/{payment_id}/refund", summary="支付后收回")
async def refund_payment(
    payment_id: UUID, body: ReasonRequest, actor: PaymentsPay, session: DbSession, command: Idempotency
) -> PaymentDetail:
    await ensure_no_payout(session, actor, payment_id)
    return await command.once(
        session, actor, body, PaymentDetail, lambda: service.refund(session, actor, payment_id, body.reason)
    )
