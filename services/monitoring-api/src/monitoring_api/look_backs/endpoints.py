"""HTTP doors of look-backs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from service_kit.clock import today
from service_kit.db import DbSession, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Paging
from service_kit.region import RegionCode

from monitoring_api.field_records import sent
from monitoring_api.look_backs import rules, service, views
from monitoring_api.look_backs.auth import LookBacksRead, LookBacksWrite
from monitoring_api.look_backs.schemas import LookBack, LookBackPage, LookBackUpload, Settle, UploadedLookBack
from monitoring_api.sql import region_of

router = APIRouter(tags=["look-backs"])


@router.get("/look-backs", response_model=LookBackPage, summary="回头看清单")
async def list_look_backs(
    actor: LookBacksRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    when: Annotated[rules.When | None, Query(description="已超期、本季度、以后、已完成或已停止")] = None,
    household_id: Annotated[UUID | None, Query(description="只看这一户")] = None,
    review: Annotated[bool, Query(description="只看有多份记录、待复核的")] = False,
) -> Response:
    """Soonest due first; the first page says how many there are of each."""
    filters = views.Filters(region_of(actor, region), when, household_id, review, today())
    return JsonBytes(await views.list_look_backs(db, filters, paging))


@router.get("/look-backs/{look_back_id}", response_model=LookBack, summary="一次回头看")
async def get_look_back(actor: LookBacksRead, db: ReadDb, look_back_id: UUID) -> Response:
    body = await views.get_look_back(db, actor.region, look_back_id, today())
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.put(
    "/look-backs/{look_back_id}/records/{record_id}",
    response_model=UploadedLookBack,
    summary="上传回头看记录",
    status_code=201,
)
async def receive_look_back(
    actor: LookBacksWrite,
    session: DbSession,
    request: Request,
    look_back_id: UUID,
    record_id: Uuid7,
    body: LookBackUpload,
) -> Response:
    """Answers with a receipt; the same upload again gets the same receipt (200), other content is refused (409).

    A second record of the same look-back is kept and opens a review.
    """
    payload = await sent(request)
    content, created = await service.receive(session, actor, look_back_id, record_id, body, payload)
    return JsonBytes(content, 201 if created else 200)


@router.post("/look-backs/{look_back_id}/settle", summary="确定以哪份回头看记录为准")
async def settle_look_back(
    actor: LookBacksWrite, session: DbSession, command: Idempotency, look_back_id: UUID, body: Settle
) -> LookBack:
    """Of several records one counts; the others stay on file."""

    async def act() -> LookBack:
        return LookBack.model_validate_json(await service.settle(session, actor, look_back_id, body))

    return await command.once(session, actor, body, LookBack, act)
