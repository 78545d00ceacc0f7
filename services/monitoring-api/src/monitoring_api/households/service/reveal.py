"""Showing a number unmasked: a permission of its own, and never without a trace (GW-7)."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.crypto import FieldCrypto
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import NothingToReveal
from monitoring_api.households import repository
from monitoring_api.households.schemas import Revealed, RevealRequest


async def reveal(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, household_id: UUID, body: RevealRequest
) -> Revealed:
    """One number of one person in full; the audit entry is written in the same transaction.

    Raises:
        NotFound, NothingToReveal.
    """
    member = await repository.readable_member(session, actor, household_id, body.member_id)
    if member is None:
        raise NotFound()
    stored = member.id_number if body.field == "id_number" else member.phone
    if stored is None:
        raise NothingToReveal()
    await audit.record(
        session,
        actor,
        action="household.reveal",
        subject_type="household",
        subject_id=household_id,
        region_code=member.village_code,
        detail={"member_id": str(member.id), "field": body.field, "reason": body.reason},
    )
    return Revealed(value=crypto.decrypt(stored))
