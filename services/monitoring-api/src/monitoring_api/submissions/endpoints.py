"""HTTP doors of what phones submit: ``PUT /{kind}s/{id}``, alike for every form."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from service_kit.auth import Context
from service_kit.db import DbSession, ReadDb
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode

from monitoring_api.field_records import sent
from monitoring_api.sql import region_of
from monitoring_api.submissions import rules, service, views
from monitoring_api.submissions.auth import CaseSubmissionsWrite, RegistrationsWrite, SubmissionsRead
from monitoring_api.submissions.schemas import (
    ApplicationUpload,
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
) -> Response:
    """Latest first; the supplements of a case are here too."""
    filters = views.Filters(region_of(actor, region), kind, household_id, case_id)
    return JsonBytes(await views.list_submissions(db, filters, paging))
