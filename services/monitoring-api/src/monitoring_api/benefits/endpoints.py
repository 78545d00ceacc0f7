"""HTTP doors of policies enjoyed."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from service_kit.db import DbSession, ReadDb
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.versions import IfMatch, set_etag

from monitoring_api.benefits import service, views
from monitoring_api.benefits.auth import BenefitsRead, BenefitsWrite
from monitoring_api.benefits.schemas import BenefitCreate, BenefitEnd, BenefitUpdate
from monitoring_api.households.schemas import Benefit

router = APIRouter(prefix="/households/{household_id}/benefits", tags=["benefits"])


@router.get("", response_model=list[Benefit], summary="享受政策")
async def list_benefits(actor: BenefitsRead, db: ReadDb, household_id: UUID) -> Response:
    """What the household and its members enjoy, then what they have enjoyed."""
    body = await views.list_benefits(db, actor.region, household_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.put("/{benefit_id}", summary="登记享受政策", status_code=201, responses={200: {"model": Benefit}})
async def add_benefit(
    actor: BenefitsWrite,
    session: DbSession,
    household_id: UUID,
    benefit_id: Uuid7,
    body: BenefitCreate,
    response: Response,
) -> Benefit:
    """The client makes the id, and repeating the request is safe."""
    benefit, created = await service.add(session, actor, household_id, benefit_id, body)
    response.status_code = 201 if created else 200
    set_etag(response, benefit.version)
    return benefit


@router.patch("/{benefit_id}", summary="更正享受政策")
async def correct_benefit(
    actor: BenefitsWrite,
    session: DbSession,
    household_id: UUID,
    benefit_id: UUID,
    expected: IfMatch,
    body: BenefitUpdate,
    response: Response,
) -> Benefit:
    """``If-Match`` is the version of the policy on record, not of the household."""
    benefit = await service.correct(session, actor, household_id, benefit_id, expected, body)
    set_etag(response, benefit.version)
    return benefit


@router.post("/{benefit_id}/end", summary="停止享受政策")
async def end_benefit(
    actor: BenefitsWrite,
    session: DbSession,
    command: Idempotency,
    household_id: UUID,
    benefit_id: UUID,
    expected: IfMatch,
    body: BenefitEnd,
) -> Benefit:
    """What has ended stays on the card as what was enjoyed."""

    async def act() -> Benefit:
        return await service.end(session, actor, household_id, benefit_id, expected, body)

    return await command.once(session, actor, body, Benefit, act)
