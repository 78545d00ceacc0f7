"""A payment that is the money of a list is handled with its list, not beside it."""

from __future__ import annotations

from uuid import UUID

from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import PaymentOfPayout
from funds_ledger.payouts import repository


async def ensure_no_payout(session: AsyncSession, actor: Actor, payment_id: UUID) -> None:
    """Raises PaymentOfPayout."""
    if await repository.holds(session, actor, payment_id):
        raise PaymentOfPayout()
