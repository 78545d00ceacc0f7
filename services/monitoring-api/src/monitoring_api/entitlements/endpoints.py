"""HTTP doors for the service that pays out. Each look leaves an audit entry: whole identity numbers leave here."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from service_kit import audit
from service_kit.auth import Context
from service_kit.clock import today
from service_kit.db import DbSession, ReadDb
from service_kit.region import RegionCode

from monitoring_api.entitlements import service
from monitoring_api.entitlements.auth import EntitlementsRead
from monitoring_api.entitlements.schemas import MOST, Among, EntitlementList, ListedBy, Matches, MatchRequest

router = APIRouter(prefix="/entitlements", tags=["entitlements"])


@router.get("", summary="应享名单（供资金发放）")
async def list_entitlements(
    actor: EntitlementsRead,
    db: ReadDb,
    session: DbSession,
    ctx: Context,
    region: Annotated[RegionCode, Query()],
    listed_by: Annotated[ListedBy, Query()],
    value: Annotated[str, Query(max_length=40)],
    among: Annotated[Among, Query()] = "lifted_or_monitored",
    on: Annotated[date | None, Query(description="默认为今天")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> EntitlementList:
    """Who is listed on a day, by schooling, employment, a policy enjoyed, or as head of a lifted or monitored
    household; keyset pages of at most 2,000."""
    found = await service.entitled(
        db,
        ctx.crypto,
        region,
        listed_by=listed_by,
        value=value,
        among=among,
        on=on or today(),
        cursor=cursor,
        limit=limit,
    )
    await audit.record(
        session,
        actor,
        action="entitlement.list",
        subject_type="region",
        subject_id=region,
        region_code=region,
        detail={"listed_by": listed_by, "value": value, "among": among, "people": len(found.items)},
    )
    return found


@router.post("/matches", summary="按身份证号批量核对（供资金发放）")
async def match_people(actor: EntitlementsRead, db: ReadDb, ctx: Context, body: MatchRequest) -> Matches:
    """What the register says of people whom a list names; reads only."""
    return await service.matches(db, ctx.crypto, body)
