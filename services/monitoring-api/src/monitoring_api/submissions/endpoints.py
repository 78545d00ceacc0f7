"""HTTP doors of what phones submit: ``PUT /{kind}s/{id}``, alike for every form."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from service_kit.auth import Context
from service_kit.db import DbSession, ReadConnection, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.queue import raw_connection
from service_kit.region import RegionCode

from monitoring_api.field_records import sent
from monitoring_api.sql import region_of
from monitoring_api.submissions import rules, service, views
from monitoring_api.submissions.auth import CaseSubmissionsWrite, RegistrationsWrite, SubmissionsRead
from monitoring_api.submissions.schemas import (
    ApplicationUpload,
    OpinionCreate,
    RegistrationUpload,
    Submission,
    Submitted,
    VerificationUpload,
)

router = APIRouter(tags=["submissions"])


def _answer(content: bytes, created: bool) -> Response:
    return JsonBytes(content, 201 if created else 200)


@router.put("/verifications/{record_id}", response_model=Submitted, summary="上传入户核实", status_code=201)
async def receive_verification(
    actor: CaseSubmissionsWrite, session: DbSession, request: Request, record_id: Uuid7, body: VerificationUpload
) -> Response:
    """Answers with a receipt; the same upload again gets the same receipt (200), other content is refused (409).

    409 ``case_moved`` when the case is no longer at that step.
    """
    return _answer(*await service.verify(session, actor, record_id, body, await sent(request)))


@router.put("/applications/{record_id}", response_model=Submitted, summary="上传监测申请", status_code=201)
async def receive_application(
    actor: CaseSubmissionsWrite, session: DbSession, request: Request, record_id: Uuid7, body: ApplicationUpload
) -> Response:
    """As for verifications. 409 ``case_exists`` when the household has an open case."""
    return _answer(*await service.apply_for(session, actor, record_id, body, await sent(request)))


@router.put("/registrations/{record_id}", response_model=Submitted, summary="上传新户登记", status_code=201)
async def receive_registration(
    actor: RegistrationsWrite,
    session: DbSession,
    ctx: Context,
    request: Request,
    record_id: Uuid7,
    body: RegistrationUpload,
) -> Response:
    """As for verifications. Persons who may be registered already are kept and put on the list of duplicates."""
    return _answer(*await service.register(session, actor, ctx.crypto, record_id, body, await sent(request)))


@router.get("/submissions", response_model=Page[Submission], summary="手机上报的核实、申请和新户登记")
async def list_submissions(
    actor: SubmissionsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    kind: Annotated[rules.Kind | None, Query(description="核实、申请或新户登记")] = None,
    household_id: Annotated[UUID | None, Query(description="只看这一户")] = None,
    case_id: Annotated[UUID | None, Query(description="只看这一件案卷")] = None,
    attention: Annotated[bool, Query(description="只看要人处理的：补充材料、疑似重复登记")] = False,
    late: Annotated[bool, Query(description="只看隔天以后才收到的")] = False,
) -> Response:
    """Latest first; the supplements of a case are here too."""
    filters = views.Filters(region_of(actor, region), kind, household_id, case_id, attention, late)
    return JsonBytes(await views.list_submissions(db, filters, paging))


@router.get("/submissions/{submission_id}", response_model=Submission, summary="一件手机上报")
async def get_submission(actor: SubmissionsRead, db: ReadDb, submission_id: UUID) -> Response:
    body = await views.get_submission(db, actor.region, submission_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.post("/submissions/{submission_id}/opinion", summary="处理补充材料")
async def write_opinion(
    actor: CaseSubmissionsWrite,
    session: DbSession,
    command: Idempotency,
    submission_id: UUID,
    body: OpinionCreate,
) -> Submission:
    """What becomes of a supplement, in the words of somebody other than its sender; it stays with its case."""

    async def act() -> Submission:
        await service.write_opinion(session, actor, submission_id, body.opinion)
        read = await views.get_submission(ReadConnection(await raw_connection(session)), actor.region, submission_id)
        return Submission.model_validate_json(read or b"")

    return await command.once(session, actor, body, Submission, act)
