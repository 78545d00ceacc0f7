"""HTTP of the totals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from service_kit.auth import Context
from service_kit.coalesce import coalescer
from service_kit.db import read_connection
from service_kit.db.statement import region_of
from service_kit.json import JsonBytes
from service_kit.region import RegionCode

from asset_registry.overview import views
from asset_registry.overview.auth import OverviewRead
from asset_registry.overview.schemas import Overview

router = APIRouter(tags=["overview"])


@router.get("/overview", response_model=Overview, summary="资产总览")
async def get_overview(
    actor: OverviewRead,
    ctx: Context,
    region: Annotated[RegionCode | None, Query(description="默认为本辖区")] = None,
) -> Response:
    """Totals counted now, once for all who ask at the same time."""
    code = region_of(actor, region)

    async def count() -> bytes:
        async with read_connection(ctx, actor.scope) as db:
            return (await views.overview(db, code)).model_dump_json().encode()

    return JsonBytes(await coalescer(ctx, "overview").fresh((actor.region, code), count))
