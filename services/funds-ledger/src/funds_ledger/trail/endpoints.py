"""HTTP of the money trail."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from service_kit.db import DbSession

from funds_ledger.trail import service
from funds_ledger.trail.auth import TrailRead
from funds_ledger.trail.schemas import Trail

router = APIRouter(tags=["trail"])


@router.get("/trail", summary="资金流向（从文件到支付，双向）")
async def get_trail(
    actor: TrailRead,
    session: DbSession,
    document_id: Annotated[UUID | None, Query()] = None,
    allocation_id: Annotated[UUID | None, Query()] = None,
    payment_id: Annotated[UUID | None, Query()] = None,
    project_id: Annotated[UUID | None, Query()] = None,
) -> Trail:
    """Follow one document, allocation, payment or project; every level's sum stands beside that of its transfers."""
    return await service.trail(session, actor, document_id, allocation_id, payment_id, project_id)
