"""HTTP doors of moves between regions, on the receiving side."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.db import DbSession, ReadConnection, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.queue import raw_connection
from service_kit.region import RegionCode
from service_kit.tokens import Actor
from service_kit.versions import IfMatch
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.relocations import views
from monitoring_api.relocations.auth import RelocationsRead, RelocationsWrite
from monitoring_api.relocations.rules import State
from monitoring_api.relocations.schemas import Accept, Decline, MovePlace, RelocationRead
from monitoring_api.relocations.service import deciding
from monitoring_api.sql import region_of

router = APIRouter(prefix="/relocations", tags=["acts"])


@router.get("", response_model=Page[RelocationRead], summary="待迁入")
async def list_relocations(
    actor: RelocationsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
    state: Annotated[State, Query(description="状态；默认为待接收")] = "pending",
) -> Response:
    """Moves into the region that were declared elsewhere."""
    return JsonBytes(await views.list_relocations(db, region_of(actor, region), state, paging))


@router.get("/places", response_model=list[MovePlace], summary="查找迁往地")
async def find_places(
    actor: RelocationsWrite, db: ReadDb, q: Annotated[str, Query(min_length=1, max_length=50)]
) -> Response:
    """Counties, townships and villages by the beginning of their name or pinyin, beyond the actor's region too."""
    del actor
    return JsonBytes(await views.find_places(db, "".join(q.split())))


@router.get("/{relocation_id}", response_model=RelocationRead, summary="一件迁移")
async def get_relocation(actor: RelocationsRead, db: ReadDb, relocation_id: UUID) -> Response:
    found = await views.get_relocation(db, actor.region, relocation_id)
    if found is None:
        raise NotFound()
    return JsonBytes(found[0], headers={"ETag": f'"{found[1]}"'})


@router.post("/{relocation_id}/acceptance", summary="接收迁入")
async def accept_relocation(
    actor: RelocationsWrite,
    session: DbSession,
    idem: Idempotency,
    relocation_id: UUID,
    expected: IfMatch,
    body: Accept,
) -> RelocationRead:
    """They leave there and arrive here in one act."""

    async def act() -> RelocationRead:
        await deciding.accept(session, actor, relocation_id, expected, body)
        return await _read(session, actor, relocation_id)

    return await idem.once(session, actor, body, RelocationRead, act)


@router.post("/{relocation_id}/refusal", summary="退回迁移申报")
async def decline_relocation(
    actor: RelocationsWrite,
    session: DbSession,
    idem: Idempotency,
    relocation_id: UUID,
    expected: IfMatch,
    body: Decline,
) -> RelocationRead:
    async def act() -> RelocationRead:
        await deciding.decline(session, actor, relocation_id, expected, body.reason)
        return await _read(session, actor, relocation_id)

    return await idem.once(session, actor, body, RelocationRead, act)


async def _read(session: AsyncSession, actor: Actor, relocation_id: UUID) -> RelocationRead:
    found = await views.get_relocation(ReadConnection(await raw_connection(session)), actor.region, relocation_id)
    if found is None:
        raise LookupError("a relocation that was just written is not readable")
    return RelocationRead.model_validate_json(found[0])
