"""HTTP door of news about households."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from service_kit.db import ReadDb
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging

from asset_registry.assets.auth import AssetsRead
from asset_registry.households import views
from asset_registry.households.schemas import HouseholdNews

router = APIRouter(prefix="/assets", tags=["assets"])


@router.get("/{asset_id}/household-changes", response_model=Page[HouseholdNews], summary="到户资产的户情变动")
async def list_household_changes(actor: AssetsRead, db: ReadDb, asset_id: UUID, paging: Paging) -> Response:
    """What the register told of the household since it holds the asset: somebody died, it split, moved, closed …"""
    return JsonBytes(await views.list_news(db, actor.region, asset_id, paging))
