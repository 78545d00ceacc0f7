"""HTTP doors of sweeps."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from service_kit.clock import today
from service_kit.db import DbSession, ReadConnection, ReadDb, WriteDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Paging
from service_kit.region import RegionCode
from service_kit.tokens import Actor

from monitoring_api.field_records import sent
from monitoring_api.sql import region_of
from monitoring_api.sweeps import issue_views, rules, service, striking, views
from monitoring_api.sweeps.auth import SweepsManage, SweepsRead, SweepsWrite
from monitoring_api.sweeps.schemas import (
    Excuse,
    Excused,
    IssuePage,
    Item,
    ItemPage,
    RoundOpen,
    RoundPage,
    RoundRow,
    SettleItem,
    StrikeOff,
    StrikeOffAnswer,
    SweepProgress,
    SweepUpload,
    UploadedSweep,
    YearOfSweeps,
)

router = APIRouter(tags=["sweeps"])

Region = Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")]
CountyCode = Annotated[str, Path(pattern=r"^[0-9]{6}$", max_length=6, description="县级区划代码")]
Year = Annotated[int, Path(ge=2021, le=2999)]


async def _county(db: ReadConnection, actor: Actor, round_id: UUID) -> str:
    county = await views.find_county(db, actor.region, round_id)
    if county is None:
        raise NotFound()
    return county


@router.get("/sweeps", response_model=RoundPage, summary="排查轮次")
async def list_sweeps(
    actor: SweepsRead,
    db: ReadDb,
    paging: Paging,
    region: Region = None,
    year: Annotated[int | None, Query(ge=2021, le=2999, description="只看这一年度")] = None,
    is_open: Annotated[bool | None, Query(description="只看进行中（或已结束）的")] = None,
) -> Response:
    """Latest begun first; counts are of what lies in the region."""
    wanted = views.RoundFilter(region_of(actor, region), year, is_open, today())
    return JsonBytes(await views.list_rounds(db, wanted, paging))


@router.get("/sweeps/years/{county_code}/{year}", summary="全年排查轮次")
async def get_year_of_sweeps(
    actor: SweepsRead, session: DbSession, county_code: CountyCode, year: Year
) -> YearOfSweeps:
    """How many rounds over the whole county a year has had, and how many the policy asks for."""
    if not rules.covers(actor.region, county_code):
        raise NotFound()
    return await service.year_of_sweeps(session, county_code, year)


@router.put("/sweeps/{round_id}", response_model=RoundRow, summary="发起一轮排查", status_code=201)
async def open_sweep(actor: SweepsManage, session: DbSession, round_id: Uuid7, body: RoundOpen) -> Response:
    """Takes up every household of the area as it stands now. The client makes the id; repeating is safe."""
    content, created = await service.open_round(session, actor, round_id, body)
    return JsonBytes(content, 201 if created else 200)


@router.get("/sweeps/{round_id}", response_model=RoundRow, summary="一轮排查")
async def get_sweep(actor: SweepsRead, db: ReadDb, round_id: UUID) -> Response:
    county = await _county(db, actor, round_id)
    return JsonBytes(await views.get_round(db, actor.region, county, round_id, today()) or b"null")


@router.get("/sweeps/{round_id}/progress", response_model=SweepProgress, summary="排查进度")
async def get_sweep_progress(
    actor: SweepsRead,
    db: ReadDb,
    round_id: UUID,
    region: Region = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Per village and per cadre, as of now. Polled with ``If-None-Match``: 304 while nothing has changed."""
    county = await _county(db, actor, round_id)
    body = await views.progress(db, region_of(actor, region), county, round_id)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    return JsonBytes(body, headers=headers)


@router.get("/sweeps/{round_id}/items", response_model=ItemPage, summary="排查农户")
async def list_sweep_items(
    actor: SweepsRead,
    db: ReadDb,
    paging: Paging,
    round_id: UUID,
    region: Region = None,
    state: Annotated[rules.ItemState | None, Query(description="待排查、已排查或未能排查")] = None,
    review: Annotated[bool, Query(description="只看有多份记录、待复核的")] = False,
    problems: Annotated[bool, Query(description="只看发现问题的")] = False,
) -> Response:
    """In the order of village and household number."""
    county = await _county(db, actor, round_id)
    wanted = views.ItemFilter(region_of(actor, region), county, round_id, state, review, problems)
    return JsonBytes(await views.list_items(db, wanted, paging))


@router.get("/sweeps/{round_id}/items/{household_id}", response_model=Item, summary="一户的排查情况")
async def get_sweep_item(actor: SweepsRead, db: ReadDb, round_id: UUID, household_id: UUID) -> Response:
    """With all records received."""
    body = await views.get_item(db, actor.region, round_id, household_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.put(
    "/sweeps/{round_id}/records/{record_id}", response_model=UploadedSweep, summary="上传排查记录", status_code=201
)
async def receive_sweep_record(
    actor: SweepsWrite,
    db: WriteDb,
    request: Request,
    round_id: UUID,
    record_id: Uuid7,
    body: SweepUpload,
) -> Response:
    """Answers with a receipt; the same upload again gets the same receipt (200), other content is refused (409).

    A second record of the same household is kept, is not counted, and opens a review.
    """
    payload = await sent(request)
    content, created = await service.receive(db, actor, round_id, record_id, body, payload)
    return JsonBytes(content, 201 if created else 200)


@router.post("/sweeps/{round_id}/excuse", summary="说明未能排查的原因")
async def excuse_households(
    actor: SweepsWrite, session: DbSession, command: Idempotency, round_id: UUID, body: Excuse
) -> Excused:
    """For named households, or for all of a village that remain."""
    return await command.once(session, actor, body, Excused, lambda: service.excuse(session, actor, round_id, body))


@router.post("/sweeps/{round_id}/settle", summary="确定以哪份排查记录为准")
async def settle_item(
    actor: SweepsWrite, session: DbSession, command: Idempotency, round_id: UUID, body: SettleItem
) -> Item:
    """Of several records of a household one counts; the others stay on file."""
    return await command.once(session, actor, body, Item, lambda: service.settle(session, actor, round_id, body))


@router.post("/sweeps/{round_id}/close", summary="结束一轮排查")
async def close_sweep(actor: SweepsManage, session: DbSession, command: Idempotency, round_id: UUID) -> RoundRow:
    """Only when every household was recorded or has a reason."""
    return await command.once(session, actor, None, RoundRow, lambda: service.close_round(session, actor, round_id))


@router.get("/sweep-issues", response_model=IssuePage, summary="排查问题清单")
async def list_sweep_issues(
    actor: SweepsRead,
    db: ReadDb,
    paging: Paging,
    region: Region = None,
    round_id: Annotated[UUID | None, Query(description="只看这一轮")] = None,
    household_id: Annotated[UUID | None, Query(description="只看这一户")] = None,
    state: Annotated[issue_views.Wanted | None, Query(description="待整改、已超期或已销号")] = None,
    kind: Annotated[rules.ProblemKind | None, Query(description="只看这类问题")] = None,
) -> Response:
    """Soonest limit first; the first page says how many there are of each state."""
    wanted = issue_views.IssueFilter(region_of(actor, region), round_id, household_id, state, kind, today())
    return JsonBytes(await issue_views.list_issues(db, wanted, paging))


@router.post("/sweep-issues/strike-off", summary="问题销号")
async def strike_off_issues(
    actor: SweepsWrite, session: DbSession, command: Idempotency, body: StrikeOff
) -> StrikeOffAnswer:
    """One or many, with the measure taken and what proves it; each has its own result."""
    return await command.once(session, actor, body, StrikeOffAnswer, lambda: striking.strike_off(session, actor, body))
