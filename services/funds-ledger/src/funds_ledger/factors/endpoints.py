"""HTTP of allocation by factors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from service_kit.auth import Context
from service_kit.clients import bearer_of
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut

from funds_ledger.factors import repository, service
from funds_ledger.factors.auth import FactorsApprove, FactorsRead, FactorsWrite
from funds_ledger.factors.schemas import (
    OpinionIn,
    ReasonIn,
    Scheme,
    SchemePreview,
    SchemeRow,
    SchemeWork,
    SchemeWrite,
)
from funds_ledger.terms import Year

router = APIRouter(prefix="/factor-schemes", tags=["factors"])


@router.get("", summary="因素法分配方案")
async def list_schemes(
    actor: FactorsRead, session: DbSession, paging: Paging, year: Annotated[Year | None, Query()] = None
) -> Page[SchemeRow]:
    after = paging.after(datetime, str, UUID)
    key = (after[0], after[1], after[2]) if after else None
    rows = await repository.page(session, actor, year=year, after=key, limit=paging.limit + 1)
    kept, following = cut(
        rows, paging.limit, lambda r: (r.FactorScheme.created_at, r.FactorScheme.county_code, r.FactorScheme.id)
    )
    return Page(items=[service.read_row(row) for row in kept], next=following)


@router.post("/preview", summary="试算（不保存）")
async def preview_scheme(
    request: Request, body: SchemeWork, actor: FactorsWrite, session: DbSession, ctx: Context
) -> SchemePreview:
    """Figures are pulled from the register now, or taken from a kept scheme; reads only."""
    return await service.preview(session, ctx, actor, bearer_of(request), body)


@router.get("/{scheme_id}", summary="因素法分配方案及逐行说明")
async def get_scheme(scheme_id: UUID, actor: FactorsRead, session: DbSession) -> Scheme:
    return await service.get(session, actor, scheme_id)


@router.put("/{scheme_id}", summary="保存方案（冻结数据）", responses={201: {"model": Scheme}})
async def put_scheme(
    request: Request,
    scheme_id: Uuid7,
    body: SchemeWrite,
    actor: FactorsWrite,
    session: DbSession,
    ctx: Context,
    response: Response,
) -> Scheme:
    scheme, created = await service.draft(session, ctx, actor, bearer_of(request), scheme_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return scheme


@router.post("/{scheme_id}/submission", summary="提交审批")
async def submit_scheme(scheme_id: UUID, actor: FactorsWrite, session: DbSession, command: Idempotency) -> Scheme:
    return await command.once(
        session, actor, None, Scheme, lambda: service.step(session, actor, scheme_id, "submit", "")
    )


@router.post("/{scheme_id}/approval", summary="批准并一次入账")
async def approve_scheme(
    scheme_id: UUID, body: OpinionIn, actor: FactorsApprove, session: DbSession, command: Idempotency
) -> Scheme:
    """By another person than the author; all lines are posted, or none."""
    return await command.once(
        session, actor, body, Scheme, lambda: service.step(session, actor, scheme_id, "approve", body.opinion)
    )


@router.post("/{scheme_id}/return", summary="退回方案")
async def return_scheme(
    scheme_id: UUID, body: ReasonIn, actor: FactorsApprove, session: DbSession, command: Idempotency
) -> Scheme:
    return await command.once(
        session, actor, body, Scheme, lambda: service.step(session, actor, scheme_id, "return", body.opinion)
    )


@router.post("/{scheme_id}/dropping", summary="作废方案")
async def drop_scheme(scheme_id: UUID, actor: FactorsWrite, session: DbSession, command: Idempotency) -> Scheme:
    return await command.once(session, actor, None, Scheme, lambda: service.step(session, actor, scheme_id, "drop", ""))
