"""Handling a lead."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import LeadHandled
from monitoring_api.households.repository import readable
from monitoring_api.leads.models import Lead
from monitoring_api.leads.schemas import LeadHandling


async def handle(session: AsyncSession, actor: Actor, lead_id: UUID, body: LeadHandling) -> None:
    """Say what came of a lead. Raises NotFound, LeadHandled."""
    query = select(Lead).where(readable(actor, Lead.county_code), Lead.id == lead_id).with_for_update()
    lead = (await session.scalars(query)).one_or_none()
    if lead is None:
        raise NotFound()
    if lead.state != "open":
        raise LeadHandled()
    lead.state, lead.note, lead.handled_at = body.state, body.note, now()
    lead.handled_by, lead.handled_by_name = actor.id, actor.name
    await session.flush()
    await audit.record(
        session,
        actor,
        action="lead.handled",
        subject_type="lead",
        subject_id=lead.id,
        region_code=lead.village_code,
        detail={"state": body.state},
    )
