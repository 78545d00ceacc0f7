"""HTTP of the totals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from service_kit.db import ReadDb
from service_kit.db.statement import region_of
from service_kit.region import RegionCode

from asset_registry.overview import views
from asset_registry.overview.auth import OverviewRead
from asset_registry.overview.schemas import Overview

router = APIRouter(tags=["overview"])


@router.get("/overview", summary="资产总览")
async def get_overview(
    actor: OverviewRead,
    db: ReadDb,
    region: Annotated[RegionCode | None, Query(description="默认为本辖区")] = None,
) -> Overview:
    return await views.overview(db, region_of(actor, region))
