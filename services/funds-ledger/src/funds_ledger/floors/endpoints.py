"""HTTP of floors."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.db import DbSession
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut

from funds_ledger.floors import repository, service
from funds_ledger.floors.auth import FloorsRead, FloorsWrite
from funds_ledger.floors.schemas import FloorRead, FloorWrite
from funds_ledger.terms import SourceLevel, Year

router = APIRouter(prefix="/floors", tags=["floors"])


@router.get("", summary="产业占比红线及其历次修改")
async def list_floors(
    _: FloorsRead,
    session: DbSession,
    paging: Paging,
    year: Annotated[Year | None, Query()] = None,
    source_level: Annotated[SourceLevel | None, Query()] = None,
) -> Page[FloorRead]:
    after = paging.after(int, UUID)
    rows = await repository.page(
        session,
        year=year,
        source_level=source_level,
        after=(after[0], after[1]) if after else None,
        limit=paging.limit + 1,
    )
    kept, following = cut(rows, paging.limit, lambda row: (row.year, row.id))
    return Page(items=[FloorRead.model_validate(row) for row in kept], next=following)


@router.put("/{floor_id}", summary="设定产业占比红线（新的一次修改）", responses={201: {"model": FloorRead}})
async def put_floor(
    floor_id: Uuid7, body: FloorWrite, actor: FloorsWrite, session: DbSession, response: Response
) -> FloorRead:
    """Set the floor of a year, source level and region; an existing one is followed by a new revision under a new id.

    Existing pools take the new floor at once. Refused with ``industry_floor_broken`` when one of them no longer could.
    """
    read, created = await service.set_floor(session, actor, floor_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read
