"""HTTP of assets to be registered."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.db import ReadDb
from service_kit.db.statement import region_of
from service_kit.errors import NotFound
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode

from asset_registry.assets.auth import AssetsRead
from asset_registry.handovers import views
from asset_registry.handovers.schemas import PendingAsset

router = APIRouter(prefix="/pending-assets", tags=["handovers"])


@router.get("", response_model=Page[PendingAsset], summary="待登记资产")
async def list_pending_assets(
    actor: AssetsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
) -> Response:
    """What accepted projects have handed over and nobody has registered yet."""
    return JsonBytes(await views.list_pending(db, region_of(actor, region), paging))


@router.get("/{pending_id}", response_model=PendingAsset, summary="一项待登记资产")
async def get_pending_asset(actor: AssetsRead, db: ReadDb, pending_id: UUID) -> Response:
    body = await views.get_pending(db, actor.region, pending_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)
