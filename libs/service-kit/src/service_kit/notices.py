"""Public notices 公告公示: what a service lays open, readable by everyone without login."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import Select, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.auth import Context, Public
from service_kit.clock import SHANGHAI, now
from service_kit.db.session import system_session
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.kit_tables import notice, region
from service_kit.objections import cleared as cleared
from service_kit.pagination import TOTAL_CAP, Page, Paging, capped, cut
from service_kit.region import RegionCode, county_of
from service_kit.schemas import ApiModel, ReadModel
from service_kit.scope import Scope

Row = TypeVar("Row", bound="NoticeRow")


class NoticeTable(ApiModel):
    """A table of plain text; every row is as long as the heading. Names are masked before they come here."""

    columns: list[str] = Field(min_length=1, max_length=20)
    rows: list[list[str]]


class NoticeRow(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    kind: str
    title: str
    document_number: str | None
    starts_on: date
    ends_on: date | None
    published_at: datetime


class Notice(NoticeRow):
    paragraphs: list[str]
    table: NoticeTable | None
    subject_type: str
    subject_id: str


async def publish(
    session: AsyncSession,
    *,
    region_code: str,
    kind: str,
    title: str,
    paragraphs: Sequence[str],
    subject_type: str,
    subject_id: object,
    starts_on: date,
    ends_on: date | None = None,
    table: NoticeTable | None = None,
    document_number: str | None = None,
    published_at: datetime | None = None,
    notice_id: UUID | None = None,
) -> UUID:
    """Put a notice up in the caller's transaction; returns its id.

    Args:
        region_code: county or below.
        kind: the caller's own word, e.g. ``funds.allocation``; the list can be filtered by it.
        paragraphs: plain text, shown as it is; persons' names are the caller's to mask.
        ends_on: last day of the notice period; None for a notice that stays.
        published_at: a later instant keeps it hidden until then.
        notice_id: for a notice that its subject names before it is put up.
    """
    notice_id = notice_id or uuid7()
    await session.execute(
        insert(notice).values(
            county_code=county_of(region_code),
            id=notice_id,
            region_code=region_code,
            kind=kind,
            title=title,
            document_number=document_number,
            paragraphs=list(paragraphs),
            table=table.model_dump() if table else None,
            subject_type=subject_type,
            subject_id=str(subject_id),
            starts_on=starts_on,
            ends_on=ends_on,
            published_at=published_at or now(),
        )
    )
    return notice_id


async def _public_session(ctx: Context) -> Any:
    # Notices are public everywhere, so this one door reads with the scope of the nation; the query itself takes
    # only what is published, and nothing but this table.
    async with system_session(ctx) as session:
        yield session


PublicSession = Annotated[AsyncSession, Depends(_public_session, scope="function")]

router = APIRouter(prefix="/public/notices", tags=["notices"], dependencies=[Public])

_ROW_COLUMNS = [
    notice.c[name]
    for name in (
        "id",
        "county_code",
        "region_code",
        "kind",
        "title",
        "document_number",
        "starts_on",
        "ends_on",
        "published_at",
    )
]


@router.get("", summary="公告公示列表")
async def list_notices(
    session: PublicSession,
    paging: Paging,
    region_code: Annotated[RegionCode | None, Query(alias="region", description="此地区及其下级")] = None,
    kind: Annotated[str | None, Query(max_length=100)] = None,
    subject_type: Annotated[str | None, Query(max_length=100)] = None,
    subject_id: Annotated[str | None, Query(max_length=100)] = None,
    year: Annotated[int | None, Query(ge=2000, le=2999, description="发布年份")] = None,
    q: Annotated[str | None, Query(max_length=50, description="标题或文号中的文字")] = None,
) -> Page[NoticeRow]:
    """Published notices, newest first."""
    query = _published(*_ROW_COLUMNS)
    if region_code:
        scope = Scope(region_code)
        query = query.where(
            notice.c.county_code >= scope.county_lo,
            notice.c.county_code < scope.county_hi,
            notice.c.region_code >= scope.lo,
            notice.c.region_code < scope.hi,
        )
    for column, value in (
        (notice.c.kind, kind),
        (notice.c.subject_type, subject_type),
        (notice.c.subject_id, subject_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if year is not None:
        first = datetime(year, 1, 1, tzinfo=SHANGHAI)
        query = query.where(notice.c.published_at >= first, notice.c.published_at < first.replace(year=year + 1))
    if q and (text := q.strip()):
        query = query.where(
            notice.c.title.icontains(text, autoescape=True) | notice.c.document_number.icontains(text, autoescape=True)
        )
    total, over = None, False
    if paging.with_total:
        counted = select(func.count()).select_from(query.limit(TOTAL_CAP + 1).subquery())
        total, over = capped((await session.execute(counted)).scalar_one())
    if key := paging.after(datetime, str, UUID):
        published_at, county_code, notice_id = key
        query = query.where(
            tuple_(notice.c.published_at, notice.c.county_code, notice.c.id)
            < tuple_(published_at, county_code, notice_id)
        )
    newest = (notice.c.published_at.desc(), notice.c.county_code.desc(), notice.c.id.desc())
    rows = (await session.execute(query.order_by(*newest).limit(paging.limit + 1))).all()
    kept, following = cut(rows, paging.limit, lambda row: (row.published_at, row.county_code, row.id))
    return Page(items=[_read(NoticeRow, row) for row in kept], next=following, total=total, total_capped=over)


@router.get("/{notice_id}", summary="公告公示内容")
async def get_notice(
    notice_id: UUID,
    session: PublicSession,
    county: Annotated[
        RegionCode | None, Query(description="公告所属县（列表中的 county_code），给出时查得更快")
    ] = None,
) -> Notice:
    """One published notice.

    Raises:
        NotFound: there is none, or it is not published yet.
    """
    query = _published(notice).where(notice.c.id == notice_id)
    if county:
        query = query.where(notice.c.county_code == county[:6])
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound()
    return _read(Notice, row)


def _published(*columns: Any) -> Select[Any]:
    return (
        select(*columns, region.c.name.label("region_name"))
        .outerjoin(region, region.c.code == notice.c.region_code)
        .where(notice.c.published_at <= now())
    )


def _read(model: type[Row], row: Any) -> Row:
    return model.model_validate(dict(row._mapping) | {"published_at": row.published_at.astimezone(SHANGHAI)})
