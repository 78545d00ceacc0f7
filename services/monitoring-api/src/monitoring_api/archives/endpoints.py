"""HTTP doors of the archives: 户有卡, 村有册, 乡镇有簿, 县级有档 as screens. Paper and workbooks are exports."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.clock import today
from service_kit.db import ReadDb
from service_kit.errors import FieldError, NotFound, ValidationFailed
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode, VillageCode, contains

from monitoring_api.archives import cards, ledgers
from monitoring_api.archives.auth import ArchivesRead
from monitoring_api.archives.schemas import HouseholdCard, Ledger, RegisterRow
from monitoring_api.sql import region_of
from monitoring_api.terms import Status

router = APIRouter(prefix="/archives", tags=["archives"])


@router.get("/cards/{household_id}", response_model=HouseholdCard, summary="户卡")
async def get_household_card(actor: ArchivesRead, db: ReadDb, household_id: UUID) -> Response:
    """Everything known of a household: members, incomes, dwelling, water, helper, visits, cases. Numbers masked."""
    body = await cards.one_card(db, actor.region, household_id)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.get("/village-register", response_model=Page[RegisterRow], summary="村册")
async def list_village_register(
    actor: ArchivesRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[VillageCode, Query(description="村（社区）代码")],
    status: Annotated[Status | None, Query()] = None,
) -> Response:
    """The households of a village in the order of their numbers."""
    return JsonBytes(await ledgers.register_page(db, region_of(actor, region), status, paging))


@router.get("/ledger", summary="乡镇簿、县档")
async def get_ledger(
    actor: ArchivesRead, db: ReadDb, region: Annotated[RegionCode, Query(description="县或乡镇代码")]
) -> Ledger:
    """A township by villages, or a county by townships."""
    if len(region) not in (6, 9):
        raise ValidationFailed(errors=[FieldError("query.region", "ledger_region", "请选择县或乡镇")])
    if not contains(actor.region, region):
        raise NotFound()
    found = await ledgers.make_ledger(db, region, today())
    if found is None:
        raise NotFound()
    return Ledger.model_validate(found)
