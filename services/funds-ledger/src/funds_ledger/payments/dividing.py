"""Dividing an approved payment, when only a part of it is paid now (FND-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import PaymentNotInState
from funds_ledger.payments import repository
from funds_ledger.payments.models import Payment


async def divide(
    session: AsyncSession, actor: Actor, payment_id: UUID, parts: Sequence[int], reason: str
) -> list[UUID]:
    """End an approved payment and put approved ones of these amounts (fen) in its place; what they do not take is free
    again. They keep who asked and who approved, for it is the same decision about no more money.

    The caller holds the allocation.

    Raises:
        NotFound, PaymentNotInState; ValueError when the parts are more than the whole.
    """
    whole = await repository.lock(session, actor, payment_id)
    if whole is None:
        raise NotFound()
    if whole.status != "approved":
        raise PaymentNotInState(status_now=whole.status)
    if sum(parts) > whole.amount_fen or any(part <= 0 for part in parts):
        raise ValueError("parts exceed the payment")
    await repository.move(session, whole, {"status": "returned", "end_reason": reason})
    await repository.add_event(session, actor, whole, "approved", "returned", reason)
    await repository.commit_money(session, whole, committed=-whole.amount_fen)
    return [await _part(session, actor, whole, amount) for amount in parts]


async def _part(session: AsyncSession, actor: Actor, whole: Payment, amount: int) -> UUID:
    kept = {column.key: getattr(whole, column.key) for column in Payment.__table__.columns}
    moment, part_id = now(), uuid7()
    values = kept | {
        "id": part_id,
        "amount_fen": amount,
        "status": "approved",
        "end_reason": None,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }
    await repository.add(session, values)
    part = await repository.lock(session, actor, part_id)
    await repository.commit_money(session, part, committed=amount)
    asked = replace(actor, id=whole.created_by, name=whole.created_by_name)
    await repository.add_event(session, asked, part, None, "requested", "")
    if whole.reviewed_by is not None and whole.reviewed_by_name is not None:
        approved = replace(actor, id=whole.reviewed_by, name=whole.reviewed_by_name)
        await repository.add_event(session, approved, part, "requested", "approved", "")
    return part_id
