"""HTTP doors of leads."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.db import DbSession, ReadDb
from service_kit.db.statement import region_of
from service_kit.idempotency import Idempotency
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode
from service_kit.schemas import ReadModel

from monitoring_api.leads import service, views
from monitoring_api.leads.auth import LeadsRead, LeadsWrite
from monitoring_api.leads.schemas import LeadHandling, LeadRead, LeadState

router = APIRouter(prefix="/leads", tags=["leads"])


class LeadHandled(ReadModel):
    id: UUID
    state: LeadState


@router.get("", response_model=Page[LeadRead], summary="线索")
async def list_leads(
    actor: LeadsRead,
    db: ReadDb,
    paging: Paging,
    state: Annotated[LeadState | None, Query()] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
) -> Response:
    """What other services told of households, the newest first."""
    return JsonBytes(await views.list_leads(db, region_of(actor, region), paging, state=state))


@router.post("/{lead_id}/handling", summary="处理线索")
async def handle_lead(
    lead_id: UUID, body: LeadHandling, actor: LeadsWrite, session: DbSession, command: Idempotency
) -> LeadHandled:
    async def act() -> LeadHandled:
        await service.handle(session, actor, lead_id, body)
        return LeadHandled(id=lead_id, state=body.state)

    return await command.once(session, actor, body, LeadHandled, act)
