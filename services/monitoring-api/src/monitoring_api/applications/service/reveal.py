"""Showing an applicant's number unmasked, never without a trace (GW-7)."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.crypto import FieldCrypto
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.applications import repository
from monitoring_api.applications.schemas import RevealRequest
from monitoring_api.households.schemas import Revealed


async def reveal(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, application_id: UUID, body: RevealRequest
) -> Revealed:
    """Raises: NotFound."""
    application = await repository.lock_application(session, actor, application_id)
    await audit.record(
        session,
        actor,
        action="application.reveal",
        subject_type="application",
        subject_id=application.id,
        region_code=application.village_code,
        detail={"field": body.field, "reason": body.reason},
    )
    return Revealed(value=crypto.decrypt(application.id_number if body.field == "id_number" else application.phone))
