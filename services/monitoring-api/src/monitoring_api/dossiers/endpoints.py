"""HTTP door of dossiers."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from service_kit.db import ReadDb
from service_kit.errors import NotFound
from service_kit.json import JsonBytes

from monitoring_api.dossiers import views
from monitoring_api.dossiers.schemas import Dossier
from monitoring_api.households.auth import HouseholdsRead

router = APIRouter(tags=["households"])

VISITS_READ = "monitoring.visits:read"


@router.get("/households/{household_id}/dossier", response_model=Dossier, summary="户档：户卡、变更和走访")
async def get_household_dossier(actor: HouseholdsRead, db: ReadDb, household_id: UUID) -> Response:
    """One call for a screen about one household. Without the permission to read visits, ``visits`` is null."""
    found = await views.make_dossier(db, actor.region, household_id, with_visits=actor.may(VISITS_READ))
    if found is None:
        raise NotFound()
    body, version = found
    return JsonBytes(body, headers={"ETag": f'"{version}"'})
