"""HTTP door of the overview."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from service_kit.auth import Context
from service_kit.coalesce import coalescer
from service_kit.db import read_connection
from service_kit.errors import NotFound
from service_kit.json import JsonBytes
from service_kit.region import RegionCode, contains

from monitoring_api.overview import views
from monitoring_api.overview.auth import OverviewRead
from monitoring_api.overview.schemas import MonitoringOverview

router = APIRouter(tags=["overview"])


@router.get("/overview", response_model=MonitoringOverview, summary="监测总览")
async def get_monitoring_overview(
    actor: OverviewRead,
    ctx: Context,
    region: Annotated[RegionCode | None, Query(description="默认为本人辖区")] = None,
) -> Response:
    """Totals recounted from the register, once for all who ask at the same time. A region above the reader's own
    would be counted in part, so it is refused.

    Raises:
        NotFound: not a region, or not the reader's.
    """
    code = actor.region if region is None else region
    if not contains(actor.region, code):
        raise NotFound()

    async def recount() -> bytes | None:
        async with read_connection(ctx, actor.scope) as db:
            return await views.make_overview(db, code)

    body = await coalescer(ctx, "overview").fresh((actor.region, code), recount)
    if body is None:
        raise NotFound()
    return JsonBytes(body)
