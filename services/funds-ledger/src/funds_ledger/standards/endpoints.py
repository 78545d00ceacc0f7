"""HTTP of subsidy standards."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response, status
from service_kit.db import DbSession
from service_kit.ids import Uuid7

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.scoping import chosen_county
from funds_ledger.standards import service
from funds_ledger.standards.auth import StandardsRead, StandardsWrite
from funds_ledger.standards.schemas import StandardRead, Standards, StandardWrite

router = APIRouter(prefix="/payout-standards", tags=["payouts"])


@router.get("", summary="补助标准及其历次修改")
async def list_payout_standards(
    actor: StandardsRead,
    session: DbSession,
    county: Annotated[CountyCode | None, Query(description="县代码；不填为本县")] = None,
) -> Standards:
    """All standards that bind or bound the county, with their source."""
    return await service.of_county(session, chosen_county(actor, county, "query.county"))


@router.put("/{standard_id}", summary="设定补助标准", responses={201: {"model": StandardRead}})
async def put_payout_standard(
    standard_id: Uuid7, body: StandardWrite, actor: StandardsWrite, session: DbSession, response: Response
) -> StandardRead:
    """A new revision, in force from ``effective_on``; what was paid by an older one stays as it was."""
    read, created = await service.set_standard(session, actor, standard_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read
