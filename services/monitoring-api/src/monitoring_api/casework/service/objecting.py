"""Objections 异议: anybody may raise one while the notice is up; a person answers each."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from service_kit import audit, ratelimit, receipts
from service_kit.clock import SHANGHAI, now, today
from service_kit.context import ServiceContext
from service_kit.crypto import mask_name, mask_phone
from service_kit.errors import NotFound, RateLimited
from service_kit.ids import uuid7
from service_kit.objections import FROM_PHONE, PER_NOTICE, PER_PHONE, RECEIPT_KIND, ObjectionProgress, Receipt, State
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository
from monitoring_api.casework.models import Case, Objection
from monitoring_api.casework.schemas import ObjectionCreate, ObjectionHandling
from monitoring_api.errors import NoticeOver, ObjectionHandled

RECEIPT_SERIES = "2"
"""First digit of the receipt numbers of objections here; applications have 1."""


async def object_to(session: AsyncSession, ctx: ServiceContext, notice_id: UUID, body: ObjectionCreate) -> Receipt:
    """Keep an objection of somebody who has not signed in.

    Raises:
        NotFound: no such notice of a case. NoticeOver: its period has ended. RateLimited.
    """
    await ratelimit.hit(ctx, FROM_PHONE, body.phone)
    crypto = ctx.crypto
    case = await repository.hold_case_of_notice(session, body.county_code, notice_id)
    notice = await repository.lock_notice(session, body.county_code, notice_id)
    if case is None or notice is None:
        raise NotFound()
    if case.notice_id != notice.id or case.state != "notice" or today() > notice.ends_on:
        raise NoticeOver()
    phone_index = crypto.blind_index(body.phone)
    by_phone = await repository.objections_by_phone(session, notice, phone_index)
    if by_phone >= PER_PHONE or await repository.objections_of(session, notice) >= PER_NOTICE:
        raise RateLimited()
    at, objection_id = now(), uuid7()
    number = await receipts.issue(
        session,
        ctx,
        series=RECEIPT_SERIES,
        kind=RECEIPT_KIND,
        county_code=notice.county_code,
        subject_id=objection_id,
        phone=body.phone,
    )
    objection = Objection(
        county_code=notice.county_code,
        id=objection_id,
        notice_id=notice.id,
        case_id=notice.case_id,
        village_code=notice.village_code,
        receipt_number=number,
        received_at=at,
        name=crypto.encrypt(body.name),
        name_masked=mask_name(body.name),
        phone=crypto.encrypt(body.phone),
        phone_index=phone_index,
        phone_masked=mask_phone(body.phone),
        statement=body.statement,
        state="open",
    )
    session.add(objection)
    notice.open_objections += 1
    await session.flush()
    return Receipt(number=number, received_at=at)


async def progress_of(session: AsyncSession, ctx: ServiceContext, query: receipts.ReceiptQuery) -> ObjectionProgress:
    """Raises: NotFound, RateLimited."""
    matter = await receipts.find(session, ctx, RECEIPT_KIND, query)
    objection = await repository.objection_of(session, matter.county_code, matter.id)
    return ObjectionProgress(
        number=objection.receipt_number,
        received_at=objection.received_at.astimezone(SHANGHAI),
        state=cast("State", objection.state),
        finding=objection.finding,
        handled_at=objection.handled_at and objection.handled_at.astimezone(SHANGHAI),
    )


async def handle(session: AsyncSession, actor: Actor, objection_id: UUID, body: ObjectionHandling) -> Case:
    """Answer an objection; an upheld one leaves the case only the way back or to a refusal.

    Raises:
        NotFound, ObjectionHandled.
    """
    seen = await repository.find_objection(session, actor, objection_id)
    case = await repository.lock_case(session, actor, seen.case_id)
    notice = await repository.lock_notice(session, seen.county_code, seen.notice_id)
    objection = seen
    await session.refresh(objection)
    if notice is None or objection.state != "open":
        raise ObjectionHandled()
    objection.state = "upheld" if body.upheld else "rejected"
    objection.finding = body.finding
    objection.handled_at = now()
    objection.handled_by = actor.id
    objection.handled_by_name = actor.name
    notice.open_objections -= 1
    notice.upheld_objections += body.upheld
    await session.flush()
    await audit.record(
        session,
        actor,
        action="objection.handle",
        subject_type="objection",
        subject_id=objection.id,
        region_code=objection.village_code,
        detail={"case_id": str(case.id), "upheld": body.upheld},
    )
    return case
