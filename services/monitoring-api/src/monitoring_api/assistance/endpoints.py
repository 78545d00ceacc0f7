"""HTTP doors of assistance plans."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.clock import today
from service_kit.db import DbSession, ReadDb
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Paging
from service_kit.region import RegionCode
from service_kit.versions import IfMatch, set_etag

from monitoring_api.assistance import rules, service, views
from monitoring_api.assistance.auth import AssistanceConfirm, AssistanceRead, AssistanceWrite
from monitoring_api.assistance.schemas import (
    AcceptSuggestions,
    HouseholdAssistance,
    MeasureCancel,
    MeasureCreate,
    MeasureDelivery,
    MeasurePage,
    MeasureRow,
    MeasureUpdate,
    Plan,
    PlanConfirm,
    PlanPage,
)
from monitoring_api.sql import region_of

router = APIRouter(tags=["assistance"])

Region = Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")]


@router.get("/assistance-plans", response_model=PlanPage, summary="帮扶计划")
async def list_plans(
    actor: AssistanceRead,
    db: ReadDb,
    paging: Paging,
    region: Region = None,
    state: Annotated[
        views.PlanFilterState | None, Query(description="制定中、已超期、已确定、缺兜底保障或已结束")
    ] = None,
    household_id: Annotated[UUID | None, Query(description="只看这一户")] = None,
) -> Response:
    """Soonest limit first; the first page says how many there are of each."""
    wanted = views.PlanFilter(region_of(actor, region), state, household_id, today())
    return JsonBytes(await views.list_plans(db, wanted, paging))


@router.get("/assistance-plans/{plan_id}", summary="一户的帮扶计划")
async def get_plan(actor: AssistanceRead, session: DbSession, plan_id: UUID, response: Response) -> Plan:
    """With its measures and with what the household's risks call for besides."""
    plan = await service.get_plan(session, actor, plan_id)
    set_etag(response, plan.version)
    return plan


@router.get("/households/{household_id}/assistance", summary="农户的帮扶情况")
async def get_household_assistance(
    actor: AssistanceRead, session: DbSession, household_id: UUID
) -> HouseholdAssistance:
    """The plan that goes on, and earlier ones."""
    return await service.of_household(session, actor, household_id)


@router.put(
    "/assistance-plans/{plan_id}/measures/{measure_id}",
    summary="安排帮扶措施",
    responses={201: {"model": MeasureRow}},
)
async def add_measure(
    actor: AssistanceWrite,
    session: DbSession,
    plan_id: UUID,
    measure_id: Uuid7,
    body: MeasureCreate,
    response: Response,
) -> MeasureRow:
    measure, created = await service.add_measure(session, actor, plan_id, measure_id, body)
    response.status_code = 201 if created else 200
    return measure


@router.post("/assistance-plans/{plan_id}/suggestions", summary="采用帮扶套餐")
async def accept_suggestions(
    actor: AssistanceWrite, session: DbSession, command: Idempotency, plan_id: UUID, body: AcceptSuggestions
) -> Plan:
    """Suggested measures become measures of the plan."""
    return await command.once(
        session, actor, body, Plan, lambda: service.accept_suggestions(session, actor, plan_id, body)
    )


@router.post("/assistance-plans/{plan_id}/confirm", summary="确定帮扶计划")
async def confirm_plan(
    actor: AssistanceConfirm,
    session: DbSession,
    command: Idempotency,
    expected: IfMatch,
    plan_id: UUID,
    body: PlanConfirm,
) -> Plan:
    """A household in which nobody can work needs a social-security measure first."""
    return await command.once(
        session, actor, body, Plan, lambda: service.confirm(session, actor, plan_id, expected, body)
    )


@router.get("/measures", response_model=MeasurePage, summary="帮扶措施台账")
async def list_measures(
    actor: AssistanceRead,
    db: ReadDb,
    paging: Paging,
    region: Region = None,
    state: Annotated[views.MeasureFilterState | None, Query(description="待落实、已超期、已落实或已取消")] = None,
    kind: Annotated[rules.MeasureType | None, Query(alias="type", description="只看这类措施")] = None,
    department: Annotated[str | None, Query(min_length=1, max_length=100, description="只看这个部门的")] = None,
) -> Response:
    """Soonest end first; the first page says how many there are of each and what they cost."""
    wanted = views.MeasureFilter(region_of(actor, region), state, kind, department, today())
    return JsonBytes(await views.list_measures(db, wanted, paging))


@router.patch("/measures/{measure_id}", summary="修改帮扶措施")
async def change_measure(
    actor: AssistanceWrite,
    session: DbSession,
    expected: IfMatch,
    measure_id: UUID,
    body: MeasureUpdate,
    response: Response,
) -> MeasureRow:
    measure = await service.change_measure(session, actor, measure_id, expected, body)
    set_etag(response, measure.version)
    return measure


@router.post("/measures/{measure_id}/delivery", summary="登记措施落实")
async def deliver_measure(
    actor: AssistanceWrite,
    session: DbSession,
    command: Idempotency,
    expected: IfMatch,
    measure_id: UUID,
    body: MeasureDelivery,
) -> MeasureRow:
    return await command.once(
        session, actor, body, MeasureRow, lambda: service.deliver(session, actor, measure_id, expected, body)
    )


@router.post("/measures/{measure_id}/cancel", summary="取消帮扶措施")
async def cancel_measure(
    actor: AssistanceWrite,
    session: DbSession,
    command: Idempotency,
    expected: IfMatch,
    measure_id: UUID,
    body: MeasureCancel,
) -> MeasureRow:
    return await command.once(
        session, actor, body, MeasureRow, lambda: service.cancel(session, actor, measure_id, expected, body)
    )
