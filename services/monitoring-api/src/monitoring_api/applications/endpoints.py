"""HTTP doors of applications: those of the public, and those of the desk."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.auth import Context, Public
from service_kit.db import DbSession, ReadConnection, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.json import JsonBytes
from service_kit.notices import PublicSession
from service_kit.pagination import Paging
from service_kit.queue import raw_connection
from service_kit.receipts import ReceiptQuery
from service_kit.region import RegionCode
from service_kit.tokens import NOBODY, Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.applications import rules, views
from monitoring_api.applications.auth import ApplicationsRead, ApplicationsReveal, ApplicationsWrite
from monitoring_api.applications.schemas import (
    Application,
    ApplicationCreate,
    ApplicationProgress,
    ApplicationReceipt,
    ApplicationsPage,
    MatchingResult,
    MatchRequest,
    Refusal,
    RevealRequest,
    Risks,
    Withdrawal,
)
from monitoring_api.applications.service import matching, receiving, reveal
from monitoring_api.households.schemas import Revealed
from monitoring_api.sql import region_of

router = APIRouter(tags=["applications"])


@router.get("/public/risks", summary="可选的风险类型", dependencies=[Public])
async def list_risks(
    session: PublicSession,
    county: Annotated[str | None, Query(pattern=r"^[0-9]{6}$", max_length=6, description="默认为全国名录")] = None,
) -> Risks:
    """What the county watches, in its own words and order."""
    return await receiving.risks(session, county or "")


@router.post("/public/applications", summary="自主申请", status_code=201, dependencies=[Public])
async def apply(
    session: PublicSession, ctx: Context, command: Idempotency, body: ApplicationCreate
) -> ApplicationReceipt:
    """By a household or for one, without login. The receipt says the same whoever is known to the register."""
    return await command.once(session, NOBODY, body, ApplicationReceipt, lambda: receiving.apply(session, ctx, body))


@router.post("/public/applications/progress", summary="查询申请进度", dependencies=[Public])
async def get_application_progress(session: PublicSession, ctx: Context, query: ReceiptQuery) -> ApplicationProgress:
    """How an application stands, by its receipt number and the end of the phone number."""
    return await receiving.progress(session, ctx, query)


@router.post("/public/applications/withdrawal", summary="撤回申请", dependencies=[Public])
async def withdraw_application(
    session: PublicSession, ctx: Context, command: Idempotency, body: Withdrawal
) -> ApplicationProgress:
    return await command.once(
        session, NOBODY, body, ApplicationProgress, lambda: receiving.withdraw(session, ctx, body)
    )


@router.get("/applications", response_model=ApplicationsPage, summary="自主申请列表")
async def list_applications(
    actor: ApplicationsRead,
    db: ReadDb,
    paging: Paging,
    state: Annotated[rules.State, Query(description="待核对、已受理、不予受理或已撤回")] = "to_check",
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
) -> Response:
    return JsonBytes(await views.list_applications(db, views.Filter(region_of(actor, region), state), paging))


@router.get("/applications/{application_id}", response_model=Application, summary="一件自主申请")
async def get_application(actor: ApplicationsRead, db: ReadDb, application_id: UUID) -> Response:
    """With the households that it may be about, while it is to be checked."""
    body = await views.get_application(db, actor, application_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.post("/applications/{application_id}/match", summary="核对到户")
async def match_application(
    actor: ApplicationsWrite, session: DbSession, command: Idempotency, application_id: UUID, body: MatchRequest
) -> Application:
    """Says which household it is about and opens its case, or joins the open one."""

    async def act() -> Application:
        await matching.match(session, actor, application_id, body)
        return await _read(session, actor, application_id)

    return await command.once(session, actor, body, Application, act)


@router.post("/applications/{application_id}/refusal", summary="不予受理")
async def refuse_application(
    actor: ApplicationsWrite, session: DbSession, command: Idempotency, application_id: UUID, body: Refusal
) -> Application:
    async def act() -> Application:
        await matching.refuse(session, actor, application_id, body)
        return await _read(session, actor, application_id)

    return await command.once(session, actor, body, Application, act)


@router.post("/applications/matching", summary="重新比对待核对的申请")
async def match_applications(
    actor: ApplicationsWrite,
    session: DbSession,
    command: Idempotency,
    county: Annotated[
        str, Query(pattern=r"^[0-9]{6}$", max_length=6, description="在此县内比对；只受理本人辖区内的申请")
    ],
) -> MatchingResult:
    """After households were registered: everything that waits and is known now is accepted at once."""

    async def act() -> MatchingResult:
        return MatchingResult(accepted=await matching.accept_matches(session, actor, county))

    return await command.once(session, actor, None, MatchingResult, act)


@router.post("/applications/{application_id}/reveal", summary="查看申请人完整号码")
async def reveal_application(
    actor: ApplicationsReveal, session: DbSession, ctx: Context, application_id: UUID, body: RevealRequest
) -> Revealed:
    """Leaves an audit entry with the reason."""
    return await reveal.reveal(session, actor, ctx.crypto, application_id, body)


async def _read(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    connection = ReadConnection(await raw_connection(session))
    body = await views.get_application(connection, actor, application_id)
    if body is None:
        raise LookupError("an application that was just written is not readable")
    return Application.model_validate_json(body)
