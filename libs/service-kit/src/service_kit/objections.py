"""Objections 异议 to public notices (FND-7): anybody may raise one while a notice is up, a person answers each.

``cleared`` is what a service asks before it builds on a notice: the period is over and no objection is open or upheld.
It and the raising of an objection lock the same row, so that neither passes the other unseen; a CHECK of that row holds
what the answer means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit import audit, ratelimit, receipts
from service_kit.clock import SHANGHAI, now, today
from service_kit.context import ServiceContext
from service_kit.crypto import mask_name, mask_phone
from service_kit.errors import Conflict, NotFound, RateLimited
from service_kit.ids import uuid7
from service_kit.kit_tables import notice, notice_objection, notice_standing, region
from service_kit.pagination import TOTAL_CAP, Page, PageParams, capped, cut
from service_kit.schemas import ApiModel, ReadModel
from service_kit.scope import Scope
from service_kit.tokens import Actor
from service_kit.validators import PhoneNumber

State = Literal["open", "upheld", "rejected"]
RECEIPT_KIND = "objection"
PER_PHONE = 3
PER_NOTICE = 200
"""Objections that one notice takes, from one phone and altogether."""
FROM_PHONE = ratelimit.Limit("objection.phone", 10, 24 * 3600)
"""Objections from one phone to all notices of a service."""


class NoticeOver(Conflict):
    code = "notice_over"
    title, title_en = "公示期已过，或公示已结束", "The notice is over"


class ObjectionHandled(Conflict):
    code = "objection_handled"
    title, title_en = "这件异议已经答复", "This objection has been answered"


class ObjectionCreate(ApiModel):
    """异议: from anybody, without login, with name and phone."""

    county_code: Annotated[str, Field(pattern=r"^[0-9]{6}$", max_length=6)]
    name: Annotated[str, Field(min_length=2, max_length=50, examples=["张三"])]
    phone: Annotated[PhoneNumber, Field(max_length=40)]
    statement: Annotated[str, Field(min_length=5, max_length=2000)]


class Receipt(ReadModel):
    number: str
    received_at: datetime


class ObjectionProgress(ReadModel):
    """How an objection stands, for who raised it."""

    number: str
    received_at: datetime
    state: State
    finding: str | None
    handled_at: datetime | None


class ObjectionRow(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    notice_id: UUID
    notice_title: str
    notice_ends_on: date | None
    receipt_number: str
    received_at: datetime
    name_masked: str
    phone_masked: str
    statement: str
    state: State
    finding: str | None
    handled_at: datetime | None
    handled_by_name: str | None


class ObjectionAnswer(ApiModel):
    upheld: bool
    finding: Annotated[str, Field(min_length=2, max_length=2000, description="答复，异议人可以看到")]


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice and the objections to it."""

    ends_on: date | None
    open_objections: int
    upheld_objections: int

    def cleared(self, on: date) -> bool:
        ended = self.ends_on is not None and on > self.ends_on
        return ended and not self.open_objections and not self.upheld_objections


async def cleared(session: AsyncSession, county_code: str, notice_id: UUID, on: date) -> bool:
    """Whether a service may build on a notice: its period is over, no objection to it is open or upheld.

    Locks the notice's standing for the rest of the transaction. A notice without an end is never cleared.

    Raises:
        NotFound: no such notice in the transaction's scope.
    """
    standing = await lock_standing(session, county_code, notice_id)
    if not standing.cleared(on):
        return False
    mine = (notice_standing.c.county_code == county_code) & (notice_standing.c.notice_id == notice_id)
    await session.execute(
        update(notice_standing).where(mine, notice_standing.c.cleared_on.is_(None)).values(cleared_on=on)
    )
    return True


async def lock_standing(session: AsyncSession, county_code: str, notice_id: UUID) -> Standing:
    """Raises: NotFound."""
    standing = notice_standing.c
    mine = (standing.county_code == county_code) & (standing.notice_id == notice_id)
    columns = (standing.ends_on, standing.open_objections, standing.upheld_objections)
    query = select(*columns).where(mine).with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        source = select(notice.c.region_code, notice.c.ends_on).where(
            notice.c.county_code == county_code, notice.c.id == notice_id
        )
        known = (await session.execute(source)).one_or_none()
        if known is None:
            raise NotFound()
        await session.execute(
            pg_insert(notice_standing)
            .values(
                county_code=county_code,
                notice_id=notice_id,
                region_code=known.region_code,
                ends_on=known.ends_on,
                open_objections=0,
                upheld_objections=0,
            )
            .on_conflict_do_nothing()
        )
        row = (await session.execute(query)).one()
    return Standing(row.ends_on, row.open_objections, row.upheld_objections)


async def object_to(
    session: AsyncSession, ctx: ServiceContext, series: str, notice_id: UUID, body: ObjectionCreate
) -> Receipt:
    """Keep an objection of somebody who has not signed in.

    Raises:
        NotFound: no such notice, or not published yet. NoticeOver. RateLimited.
    """
    await ratelimit.hit(ctx, FROM_PHONE, body.phone)
    published = select(notice.c.region_code, notice.c.starts_on).where(
        notice.c.county_code == body.county_code, notice.c.id == notice_id, notice.c.published_at <= now()
    )
    found = (await session.execute(published)).one_or_none()
    if found is None:
        raise NotFound()
    standing = await lock_standing(session, body.county_code, notice_id)
    # The day is looked at after the lock, so that nothing comes in behind a ``cleared`` that has been waited for.
    if standing.ends_on is not None and today() > standing.ends_on:
        raise NoticeOver()
    phone_index = ctx.crypto.blind_index(body.phone)
    to_it = select(func.count(), func.count().filter(notice_objection.c.phone_index == phone_index)).where(
        notice_objection.c.county_code == body.county_code, notice_objection.c.notice_id == notice_id
    )
    altogether, by_phone = (await session.execute(to_it)).one()
    if by_phone >= PER_PHONE or altogether >= PER_NOTICE:
        raise RateLimited("对这条公告的异议已达上限，请直接联系发布单位")
    at, objection_id = now(), uuid7()
    number = await receipts.issue(
        session,
        ctx,
        series=series,
        kind=RECEIPT_KIND,
        county_code=body.county_code,
        subject_id=objection_id,
        phone=body.phone,
    )
    await session.execute(
        insert(notice_objection).values(
            county_code=body.county_code,
            id=objection_id,
            notice_id=notice_id,
            region_code=found.region_code,
            receipt_number=number,
            received_at=at,
            name=ctx.crypto.encrypt(body.name),
            name_masked=mask_name(body.name),
            phone=ctx.crypto.encrypt(body.phone),
            phone_index=phone_index,
            phone_masked=mask_phone(body.phone),
            statement=body.statement,
            state="open",
        )
    )
    await _count(session, body.county_code, notice_id, opened=1)
    return Receipt(number=number, received_at=at)


async def progress_of(session: AsyncSession, ctx: ServiceContext, query: receipts.ReceiptQuery) -> ObjectionProgress:
    """Raises: NotFound, RateLimited."""
    matter = await receipts.find(session, ctx, RECEIPT_KIND, query)
    wanted = select(notice_objection).where(
        notice_objection.c.county_code == matter.county_code, notice_objection.c.id == matter.id
    )
    row = (await session.execute(wanted)).one()
    return ObjectionProgress.model_validate(_local(row) | {"number": row.receipt_number})


async def answer(
    session: AsyncSession, actor: Actor, county_code: str, objection_id: UUID, body: ObjectionAnswer
) -> ObjectionRow:
    """Answer an objection. An upheld one keeps its notice from ever being cleared.

    Raises:
        NotFound, ObjectionHandled.
    """
    mine = (notice_objection.c.county_code == county_code) & (notice_objection.c.id == objection_id)
    notice_id = (await session.execute(select(notice_objection.c.notice_id).where(mine))).scalar_one_or_none()
    if notice_id is None:
        raise NotFound()
    await lock_standing(session, county_code, notice_id)
    handled = await session.execute(
        update(notice_objection)
        .where(mine, notice_objection.c.state == "open")
        .values(
            state="upheld" if body.upheld else "rejected",
            finding=body.finding,
            handled_at=now(),
            handled_by=actor.id,
            handled_by_name=actor.name,
        )
        .returning(notice_objection.c.region_code)
    )
    region_code = handled.scalar_one_or_none()
    if region_code is None:
        raise ObjectionHandled()
    await _count(session, county_code, notice_id, opened=-1, upheld=int(body.upheld))
    await audit.record(
        session,
        actor,
        action="objection.handle",
        subject_type="objection",
        subject_id=objection_id,
        region_code=region_code,
        detail={"notice_id": str(notice_id), "upheld": body.upheld},
    )
    row = (await session.execute(_listed().where(mine))).one()
    return ObjectionRow.model_validate(_local(row))


async def _count(session: AsyncSession, county_code: str, notice_id: UUID, *, opened: int, upheld: int = 0) -> None:
    standing = notice_standing.c
    await session.execute(
        update(notice_standing)
        .where(standing.county_code == county_code, standing.notice_id == notice_id)
        .values(
            open_objections=standing.open_objections + opened, upheld_objections=standing.upheld_objections + upheld
        )
    )


async def list_page(
    session: AsyncSession, actor: Actor, paging: PageParams, region_code: str | None, state: State | None
) -> Page[ObjectionRow]:
    """A page of objections in the actor's region."""
    query = _listed()
    objection = notice_objection.c
    for code in (actor.region, region_code):
        if code:
            scope = Scope(code)
            query = query.where(
                objection.county_code >= scope.county_lo,
                objection.county_code < scope.county_hi,
                objection.region_code >= scope.lo,
                objection.region_code < scope.hi,
            )
    if state is not None:
        query = query.where(objection.state == state)
    total, over = None, False
    if paging.with_total:
        counted = select(func.count()).select_from(query.limit(TOTAL_CAP + 1).subquery())
        total, over = capped((await session.execute(counted)).scalar_one())
    if key := paging.after(datetime, UUID):
        query = query.where(tuple_(objection.received_at, objection.id) > tuple_(*key))
    rows = (await session.execute(query.order_by(objection.received_at, objection.id).limit(paging.limit + 1))).all()
    kept, following = cut(rows, paging.limit, lambda row: (row.received_at, row.id))
    items = [ObjectionRow.model_validate(_local(row)) for row in kept]
    return Page(items=items, next=following, total=total, total_capped=over)


def _listed() -> Any:
    mine = (notice.c.county_code == notice_objection.c.county_code) & (notice.c.id == notice_objection.c.notice_id)
    return (
        select(
            notice_objection,
            notice.c.title.label("notice_title"),
            notice.c.ends_on.label("notice_ends_on"),
            region.c.name.label("region_name"),
        )
        .join(notice, mine)
        .outerjoin(region, region.c.code == notice_objection.c.region_code)
    )


def _local(row: Row[Any]) -> dict[str, Any]:
    """The row's columns, instants in Chinese time."""
    values = dict(row._mapping)
    for name in ("received_at", "handled_at"):
        values[name] = values[name] and values[name].astimezone(SHANGHAI)
    return values
