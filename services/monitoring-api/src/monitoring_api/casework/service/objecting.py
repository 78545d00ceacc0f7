"""Objections 异议: anybody may raise one while the notice is up; a person answers each."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.crypto import FieldCrypto, mask_name, mask_phone
from service_kit.errors import NotFound, RateLimited
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository
from monitoring_api.casework.models import Case, Objection
from monitoring_api.casework.schemas import ObjectionCreate, ObjectionHandling, ObjectionReceipt
from monitoring_api.errors import NoticeOver, ObjectionHandled
from monitoring_api.visits.rules import receipt_number

PER_PHONE = 3
PER_NOTICE = 200
"""Objections that one notice takes, from one phone and altogether."""


async def object_to(
    session: AsyncSession, crypto: FieldCrypto, notice_id: UUID, body: ObjectionCreate
) -> ObjectionReceipt:
    """Keep an objection of somebody who has not signed in.

    Raises:
        NotFound: no such notice of a case. NoticeOver: its period has ended. RateLimited.
    """
    notice = await repository.lock_notice(session, body.county_code, notice_id)
    if notice is None:
        raise NotFound()
    case = await repository.find_case(session, notice.county_code, notice.case_id)
    if case is None or case.notice_id != notice.id or case.state != "notice" or today() > notice.ends_on:
        raise NoticeOver()
    phone_index = crypto.blind_index(body.phone)
    by_phone = await repository.objections_by_phone(session, notice, phone_index)
    if by_phone >= PER_PHONE or await repository.objections_of(session, notice) >= PER_NOTICE:
        raise RateLimited()
    at, objection_id = now(), uuid7()
    objection = Objection(
        county_code=notice.county_code,
        id=objection_id,
        notice_id=notice.id,
        case_id=notice.case_id,
        village_code=notice.village_code,
        receipt_number="YY" + receipt_number(objection_id, at)[2:],
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
    return ObjectionReceipt(number=objection.receipt_number, received_at=at)


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
