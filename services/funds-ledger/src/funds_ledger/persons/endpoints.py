"""HTTP door of persons who changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from service_kit.db import ReadDb
from service_kit.db.statement import region_of
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode

from funds_ledger.payments.auth import PaymentsRead
from funds_ledger.persons import views
from funds_ledger.persons.schemas import PersonChange

router = APIRouter(prefix="/person-changes", tags=["payments"])


@router.get("", response_model=Page[PersonChange], summary="补助对象变动（死亡、迁出、重复登记）")
async def list_person_changes(
    actor: PaymentsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
) -> Response:
    """Whom the register says are gone: to be checked before money is paid out."""
    return JsonBytes(await views.list_changes(db, region_of(actor, region), paging))
