"""HTTP of yearly plans."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.versions import IfMatch, set_etag

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.plans import repository, service
from funds_ledger.plans.auth import PlansApprove, PlansRead, PlansWrite
from funds_ledger.plans.schemas import Plan, PlanRow, PlanWrite
from funds_ledger.scoping import chosen_county
from funds_ledger.terms import Year

router = APIRouter(prefix="/plans", tags=["plans"])


@router.get("", summary="年度项目计划")
async def list_plans(
    actor: PlansRead, session: DbSession, paging: Paging, year: Annotated[Year | None, Query()] = None
) -> Page[PlanRow]:
    after = paging.after(datetime, str, UUID)
    key = (after[0], after[1], after[2]) if after else None
    rows = await repository.page(session, actor, year=year, after=key, limit=paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.created_at, row.county_code, row.id))
    return Page(items=[service.read_row(row) for row in kept], next=following)


@router.get("/{plan_id}", summary="年度项目计划及其项目")
async def get_plan(plan_id: UUID, actor: PlansRead, session: DbSession, response: Response) -> Plan:
    plan = await service.get(session, actor, plan_id)
    set_etag(response, plan.version)
    return plan


@router.put("/{plan_id}", summary="编制年度项目计划", responses={201: {"model": Plan}})
async def put_plan(
    plan_id: Uuid7,
    body: PlanWrite,
    actor: PlansWrite,
    session: DbSession,
    response: Response,
    county: Annotated[CountyCode | None, Query(description="县代码；不填为本县")] = None,
) -> Plan:
    county_code = chosen_county(actor, county, "query.county")
    plan, created = await service.draft(session, actor, county_code, plan_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    set_etag(response, plan.version)
    return plan


@router.patch("/{plan_id}", summary="修改计划草稿")
async def patch_plan(
    plan_id: UUID, body: PlanWrite, actor: PlansWrite, session: DbSession, expected: IfMatch, response: Response
) -> Plan:
    plan = await service.rewrite(session, actor, plan_id, expected, body)
    set_etag(response, plan.version)
    return plan


@router.post("/{plan_id}/publication", summary="公示年度项目计划")
async def publish_plan(plan_id: UUID, actor: PlansWrite, session: DbSession, command: Idempotency) -> Plan:
    return await command.once(session, actor, None, Plan, lambda: service.publish(session, actor, plan_id))


@router.post("/{plan_id}/enforcement", summary="批准并执行年度项目计划")
async def enforce_plan(plan_id: UUID, actor: PlansApprove, session: DbSession, command: Idempotency) -> Plan:
    """After the notice ended clear, by another person than the author."""
    return await command.once(session, actor, None, Plan, lambda: service.enforce(session, actor, plan_id))


@router.post("/{plan_id}/dropping", summary="作废未执行的计划")
async def drop_plan(plan_id: UUID, actor: PlansWrite, session: DbSession, command: Idempotency) -> Plan:
    return await command.once(session, actor, None, Plan, lambda: service.drop(session, actor, plan_id))
