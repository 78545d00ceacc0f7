"""HTTP doors of acts on households."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from service_kit.auth import Context
from service_kit.db import DbSession, ReadConnection, ReadDb
from service_kit.errors import NotFound
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.queue import raw_connection
from service_kit.versions import IfMatch

from monitoring_api.acts import views
from monitoring_api.acts.auth import ActsRead, ActsWrite
from monitoring_api.acts.schemas import ActInput, ActLine, Preview
from monitoring_api.acts.service import doing
from monitoring_api.households.endpoints import Duplicates

router = APIRouter(prefix="/households/{household_id}/acts", tags=["acts"])


@router.get("", response_model=Page[ActLine], summary="人口与户变动记录")
async def list_acts(actor: ActsRead, db: ReadDb, household_id: UUID, paging: Paging) -> Response:
    """Acts on the household and on others that touched it, newest first."""
    body = await views.list_acts(db, actor.region, household_id, paging)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.post("/preview", summary="变动预览：将会怎样")
async def preview_act(
    actor: ActsWrite, session: DbSession, ctx: Context, household_id: UUID, body: ActInput
) -> Preview:
    """What the act would do to whom; nothing is written, and every refusal of the act itself is told here too."""
    return await doing.preview(session, actor, ctx.crypto, household_id, body.root)


@router.put("/{act_id}", response_model=ActLine, summary="办理人口与户变动", status_code=201)
async def do_act(
    actor: ActsWrite,
    session: DbSession,
    ctx: Context,
    household_id: UUID,
    act_id: Uuid7,
    expected: IfMatch,
    body: ActInput,
    duplicates: Duplicates = "keep",
) -> Response:
    """One act and its effect in one transaction; ``If-Match`` is the household's version.

    The client makes the id of the act, and repeating the request is safe. The ETag is the household's new version.
    """
    done = await doing.do_act(
        session,
        actor,
        ctx.crypto,
        household_id,
        act_id,
        expected,
        body.root,
        refuse_duplicates=duplicates == "refuse",
    )
    line = await views.get_act(
        ReadConnection(await raw_connection(session)), done.county_code, done.household_id, done.act_id
    )
    return JsonBytes(line, 201 if done.created else 200, headers={"ETag": f'"{done.version}"'})
