"""HTTP door of phone packs."""

from __future__ import annotations

from fastapi import APIRouter, Response
from service_kit.clock import now
from service_kit.db import ReadDb
from service_kit.errors import NotFound
from service_kit.json import JsonBytes
from service_kit.region import VillageCode, contains

from monitoring_api.households.auth import HouseholdsRead
from monitoring_api.packs import views
from monitoring_api.packs.schemas import Pack

router = APIRouter(tags=["packs"])


@router.get("/packs/{village_code}", response_model=Pack, summary="手机资料包")
async def get_pack(actor: HouseholdsRead, db: ReadDb, village_code: VillageCode) -> Response:
    """What a cadre's phone needs to visit one village without a network."""
    if not contains(actor.region, village_code):
        raise NotFound()
    body = await views.make_pack(db, village_code, now())
    if body is None:
        raise NotFound()
    return JsonBytes(body)
