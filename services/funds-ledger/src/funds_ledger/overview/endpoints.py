"""HTTP of the totals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from service_kit.db import ReadDb
from service_kit.region import RegionCode

from funds_ledger.overview import service
from funds_ledger.overview.auth import OverviewRead
from funds_ledger.overview.schemas import Overview
from funds_ledger.terms import Year

router = APIRouter(tags=["overview"])


@router.get("/overview", summary="地区资金概览")
async def get_overview(
    actor: OverviewRead,
    db: ReadDb,
    region: Annotated[RegionCode | None, Query(description="不填为本人所在地区")] = None,
    year: Annotated[Year | None, Query(description="不填为最近有资金的年度")] = None,
) -> Overview:
    return await service.overview(db, actor, actor.region if region is None else region, year)
