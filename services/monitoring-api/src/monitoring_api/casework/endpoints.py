"""HTTP doors of casework."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response
from service_kit.auth import Context, Public
from service_kit.clock import today
from service_kit.db import DbSession, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.notices import PublicSession
from service_kit.objections import ObjectionProgress, Receipt, State
from service_kit.pagination import Paging
from service_kit.receipts import ReceiptQuery
from service_kit.region import RegionCode
from service_kit.tokens import NOBODY
from service_kit.versions import IfMatch, set_etag

from monitoring_api.casework import rules, views
from monitoring_api.casework.auth import CasesRead, CasesWrite
from monitoring_api.casework.schemas import (
    BatchAnswer,
    BatchReview,
    Case,
    CaseOpen,
    CriterionRead,
    ObjectionCreate,
    ObjectionHandling,
    ObjectionsPage,
    Queue,
    Remark,
    Rollback,
    StepTake,
    WorkCounts,
)
from monitoring_api.casework.service import batch, criteria, objecting, opening, records, reversing, stepping
from monitoring_api.policy.rules import Stage
from monitoring_api.sql import region_of

router = APIRouter(tags=["casework"])


@router.get("/cases", response_model=Queue, summary="待办、已办、我发起")
async def list_cases(
    actor: CasesRead,
    db: ReadDb,
    paging: Paging,
    queue: Annotated[views.QueueName, Query(description="待办、已办、我发起或全部")] = "todo",
    urgency: Annotated[rules.Urgency | None, Query(description="已超期、今日、本周或以后")] = None,
    stage: Annotated[Stage | None, Query(description="只看这一环节")] = None,
    kind: Annotated[rules.Kind | None, Query(description="识别、风险消除或自然消除")] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    household_id: Annotated[UUID | None, Query(description="只看这一户")] = None,
) -> Response:
    """What is to be done stands with the soonest limit first and with its counts; the others newest first."""
    wanted = views.QueueFilter(queue, region_of(actor, region), urgency, stage, kind, today(), household_id)
    return JsonBytes(await views.list_queue(db, actor, wanted, paging))


@router.get("/cases/counts", response_model=WorkCounts, summary="待办数")
async def count_cases(actor: CasesRead, db: ReadDb) -> Response:
    """How many cases wait for the reader: for the badge of the navigation and the overview."""
    return JsonBytes(orjson.dumps(await views.count_work(db, actor, actor.region, today())))


@router.get("/cases/{case_id}", response_model=Case, summary="一件案卷")
async def get_case(actor: CasesRead, db: ReadDb, case_id: UUID) -> Response:
    found = await views.get_case(db, actor, actor.region, case_id, today())
    if found is None:
        raise NotFound()
    body, version = found
    return JsonBytes(body, headers={"ETag": f'"{version}"'})


@router.get("/cases/{case_id}/criteria", summary="风险消除条件")
async def get_case_criteria(actor: CasesRead, session: DbSession, case_id: UUID) -> list[CriterionRead]:
    """The conditions of a case that eliminates a risk, checked one by one on what its verification found."""
    return [CriterionRead.model_validate(each) for each in await criteria.get_for_case(session, actor, case_id)]


@router.get("/households/{household_id}/elimination-criteria", summary="该户是否符合风险消除条件")
async def get_household_criteria(actor: CasesRead, session: DbSession, household_id: UUID) -> list[CriterionRead]:
    """The same on the register alone, before a case is opened."""
    found = await criteria.get_for_household(session, actor, household_id)
    return [CriterionRead.model_validate(each) for each in found]


@router.put("/cases/{case_id}", response_model=Case, summary="提交申请", status_code=201)
async def open_case(actor: CasesWrite, session: DbSession, case_id: Uuid7, body: CaseOpen) -> Response:
    """By a cadre or a township, or from a lead. The client makes the id, and repeating the request is safe."""
    opened = await opening.open_case(session, actor, case_id, body)
    return JsonBytes(opened.body, 201 if opened.created else 200)


@router.post("/cases/batch", summary="批量审核")
async def review_cases(actor: CasesWrite, session: DbSession, command: Idempotency, body: BatchReview) -> BatchAnswer:
    """The same review of many cases, each with its own result; ``preview`` changes nothing."""
    return await command.once(session, actor, body, BatchAnswer, lambda: batch.review(session, actor, body))


@router.post("/cases/{case_id}/steps", summary="办理")
async def take_step(
    actor: CasesWrite,
    session: DbSession,
    command: Idempotency,
    case_id: UUID,
    expected: IfMatch,
    body: StepTake,
    response: Response,
) -> Case:
    """Complete the step that the case is at, return it, refuse it, or withdraw it."""

    async def act() -> Case:
        case = await stepping.take_step(session, actor, case_id, expected, body)
        return await records.read(session, actor, case)

    answer = await command.once(session, actor, body, Case, act)
    set_etag(response, answer.version)
    return answer


@router.post("/cases/{case_id}/rollback", summary="风险消除回退")
async def roll_back_case(
    actor: CasesWrite,
    session: DbSession,
    command: Idempotency,
    case_id: UUID,
    expected: IfMatch,
    body: Rollback,
    response: Response,
) -> Case:
    """The elimination was wrong: the household is monitored again as it was."""

    async def act() -> Case:
        case = await reversing.roll_back(session, actor, case_id, expected, body)
        return await records.read(session, actor, case)

    answer = await command.once(session, actor, body, Case, act)
    set_etag(response, answer.version)
    return answer


@router.post("/cases/{case_id}/remark", summary="风险再标注")
async def re_mark_case(
    actor: CasesWrite,
    session: DbSession,
    command: Idempotency,
    case_id: UUID,
    expected: IfMatch,
    body: Remark,
    response: Response,
) -> Case:
    """A risk has come back: the household is monitored anew, with the class and the risks found now."""

    async def act() -> Case:
        case = await reversing.re_mark(session, actor, case_id, expected, body)
        return await records.read(session, actor, case)

    answer = await command.once(session, actor, body, Case, act)
    set_etag(response, answer.version)
    return answer


@router.get("/objections", response_model=ObjectionsPage, summary="对公示的异议")
async def list_objections(
    actor: CasesRead,
    db: ReadDb,
    paging: Paging,
    state: Annotated[State | None, Query(description="待答复、成立或不成立")] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
) -> Response:
    """Objections to notices of cases in the reader's region, the oldest first; they are answered on their case."""
    return JsonBytes(await views.list_objections(db, region_of(actor, region), state, paging))


@router.post("/objections/{objection_id}/handling", summary="答复异议")
async def handle_objection(
    actor: CasesWrite, session: DbSession, command: Idempotency, objection_id: UUID, body: ObjectionHandling
) -> Case:
    """A person's finding on an objection. An upheld one leaves the case only the way back or to a refusal."""

    async def act() -> Case:
        case = await objecting.handle(session, actor, objection_id, body)
        return await records.read(session, actor, case)

    return await command.once(session, actor, body, Case, act)


@router.post(
    "/public/notices/{notice_id}/objections",
    summary="对公示提出异议",
    status_code=201,
    dependencies=[Public],
)
async def raise_objection(
    session: PublicSession, ctx: Context, command: Idempotency, notice_id: UUID, body: ObjectionCreate
) -> Receipt:
    """By anybody, with name and phone, while the notice is up."""
    return await command.once(
        session, NOBODY, body, Receipt, lambda: objecting.object_to(session, ctx, notice_id, body)
    )


@router.post("/public/objections/progress", summary="查询异议办理进度", dependencies=[Public])
async def get_objection_progress(session: PublicSession, ctx: Context, query: ReceiptQuery) -> ObjectionProgress:
    """How an objection stands, by its receipt number and the end of the phone number."""
    return await objecting.progress_of(session, ctx, query)
