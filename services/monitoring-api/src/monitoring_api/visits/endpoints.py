"""HTTP doors of visits."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from service_kit.db import DbSession, ReadDb
from service_kit.errors import BadJson, NotFound
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode

from monitoring_api.sql import region_of
from monitoring_api.visits import service, views
from monitoring_api.visits.auth import VisitsRead, VisitsWrite
from monitoring_api.visits.schemas import UploadedVisit, Visit, VisitUpload

router = APIRouter(tags=["visits"])


@router.get("/visits", response_model=Page[Visit], summary="走访记录")
async def list_visits(
    actor: VisitsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    household_id: Annotated[UUID | None, Query(description="只看这一户")] = None,
) -> Response:
    """Latest first."""
    return JsonBytes(await views.list_visits(db, region_of(actor, region), household_id, paging))


@router.get("/visits/{visit_id}", response_model=Visit, summary="一次走访")
async def get_visit(actor: VisitsRead, db: ReadDb, visit_id: UUID) -> Response:
    body = await views.get_visit(db, actor.region, visit_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.put("/visits/{visit_id}", response_model=UploadedVisit, summary="上传走访记录", status_code=201)
async def receive_visit(
    actor: VisitsWrite, session: DbSession, request: Request, visit_id: Uuid7, body: VisitUpload
) -> Response:
    """Answers with a receipt; the same upload again gets the same receipt (200), other content is refused (409)."""
    try:
        payload: dict[str, Any] = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise BadJson() from None
    content, created = await service.receive_visit(session, actor, visit_id, body, payload)
    return JsonBytes(content, 201 if created else 200)
