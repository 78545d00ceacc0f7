"""HTTP door of the overview."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from service_kit.db import ReadDb
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
    db: ReadDb,
    region: Annotated[RegionCode | None, Query(description="默认为本人辖区")] = None,
) -> Response:
    """Totals recounted from the register. A region above the reader's own would be counted in part, so it is refused.

    Raises:
        NotFound: not a region, or not the reader's.
    """
    code = actor.region if region is None else region
    body = await views.make_overview(db, code) if contains(actor.region, code) else None
    if body is None:
        raise NotFound()
    return JsonBytes(body)
