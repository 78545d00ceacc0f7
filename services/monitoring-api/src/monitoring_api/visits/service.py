"""Use cases of visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit import attachments
from service_kit.clock import now
from service_kit.db import ReadConnection
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.errors import HashMismatch, VisitConflict
from monitoring_api.policy.service import ensure_risks_known
from monitoring_api.visits import repository, views
from monitoring_api.visits.rules import payload_hash, receipt_number
from monitoring_api.visits.schemas import VisitUpload


async def receive_visit(
    session: AsyncSession, actor: Actor, visit_id: UUID, body: VisitUpload, payload: dict[str, Any]
) -> tuple[bytes, bool]:
    """Keep a visit; returns receipt and visit, and whether it is new. The same upload again gets the same receipt.

    Args:
        payload: the body as it was sent, which the hash covers.

    Raises:
        HashMismatch: the content is not what the phone hashed.
        NotFound: no such household in the actor's region.
        VisitConflict: the id came before with other content.
        ValidationFailed: a risk that neither the catalogue nor the county knows.
        AttachmentConflict: a photo's id was declared before for another file or record.
    """
    if payload_hash(payload) != body.payload_hash:
        raise HashMismatch()
    household = await repository.visited_household(session, actor, body.household_id)
    known = await repository.stored_hash(session, household.county_code, visit_id)
    created = False
    if known is None:
        await ensure_risks_known(session, household.county_code, body.findings.risks)
        received_at = now()
        created = await repository.add_visit(
            session,
            {
                "county_code": household.county_code,
                "id": visit_id,
                "household_id": household.id,
                "village_code": household.village_code,
                "visited_at": body.visited_at,
                "received_at": received_at,
                "visitor_id": actor.id,
                "visitor_name": actor.name,
                "form_version": body.form_version,
                "findings": body.findings.model_dump(mode="json"),
                "location": body.location.model_dump(mode="json") if body.location else None,
                "device_clock": body.device_clock.model_dump(mode="json"),
                "payload_hash": body.payload_hash,
                "receipt_number": receipt_number(visit_id, received_at),
                "demo": False,
            },
        )
    if not created and await repository.stored_hash(session, household.county_code, visit_id) != body.payload_hash:
        raise VisitConflict()
    await attachments.declare(
        session,
        actor,
        region_code=household.village_code,
        subject_type="visit",
        subject_id=visit_id,
        files=body.photos,
    )
    answer = await views.get_uploaded(ReadConnection(await raw_connection(session)), household.county_code, visit_id)
    if answer is None:
        raise LookupError("a visit that was just written is not readable")
    return answer, created
