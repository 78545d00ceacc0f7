"""HTTP of the totals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from service_kit.auth import Context
from service_kit.coalesce import coalescer
from service_kit.db import read_connection
from service_kit.json import JsonBytes
from service_kit.region import RegionCode

from funds_ledger.overview import service
from funds_ledger.overview.auth import OverviewRead
from funds_ledger.overview.schemas import Overview
from funds_ledger.terms import Year

router = APIRouter(tags=["overview"])


@router.get("/overview", response_model=Overview, summary="地区资金概览")
async def get_overview(
    actor: OverviewRead,
    ctx: Context,
    region: Annotated[RegionCode | None, Query(description="不填为本人所在地区")] = None,
    year: Annotated[Year | None, Query(description="不填为最近有资金的年度")] = None,
) -> Response:
    """Totals added up now, once for all who ask at the same time."""
    code = actor.region if region is None else region

    async def add_up() -> bytes:
        async with read_connection(ctx, actor.scope) as db:
            return (await service.overview(db, actor, code, year)).model_dump_json().encode()

    return JsonBytes(await coalescer(ctx, "overview").fresh((actor.region, code, year), add_up))
