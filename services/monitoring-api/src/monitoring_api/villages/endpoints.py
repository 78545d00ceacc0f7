"""HTTP doors of village profiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from service_kit.db import DbSession, ReadDb
from service_kit.errors import NotFound
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode, VillageCode
from service_kit.versions import IfMatch

from monitoring_api.sql import region_of
from monitoring_api.terms import VillageType
from monitoring_api.villages import service, views
from monitoring_api.villages.auth import VillagesRead, VillagesWrite
from monitoring_api.villages.schemas import Village, VillageCreate, VillageUpdate

router = APIRouter(tags=["villages"])


@router.get("/villages", response_model=Page[Village], summary="村列表")
async def list_villages(
    actor: VillagesRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    kind: Annotated[VillageType | None, Query(alias="type", description="村类型")] = None,
) -> Response:
    """Villages with a profile, in the order of their codes."""
    return JsonBytes(await views.list_villages(db, region_of(actor, region), kind, paging))


@router.get("/villages/{code}", response_model=Village, summary="村情")
async def get_village(actor: VillagesRead, db: ReadDb, code: VillageCode) -> Response:
    del actor
    found = await views.get_village(db, code)
    if found is None:
        raise NotFound()
    return JsonBytes(found[0], headers={"ETag": f'"{found[1]}"'})


@router.put("/villages/{code}", response_model=Village, summary="建立村档案", status_code=201)
async def create_village(actor: VillagesWrite, session: DbSession, code: VillageCode, body: VillageCreate) -> Response:
    """Repeating the request is safe."""
    content, version, created = await service.create_village(session, actor, code, body)
    return JsonBytes(content, 201 if created else 200, headers={"ETag": f'"{version}"'})


@router.patch("/villages/{code}", response_model=Village, summary="更正村情")
async def correct_village(
    actor: VillagesWrite, session: DbSession, code: VillageCode, expected: IfMatch, body: VillageUpdate
) -> Response:
    content, version = await service.correct_village(session, actor, code, expected, body)
    return JsonBytes(content, headers={"ETag": f'"{version}"'})
