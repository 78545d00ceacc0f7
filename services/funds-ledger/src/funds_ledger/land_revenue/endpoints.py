"""HTTP of land revenue."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.db import DbSession
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.land_revenue import repository, service
from funds_ledger.land_revenue.auth import LandRevenueRead, LandRevenueWrite
from funds_ledger.land_revenue.schemas import (
    LandRevenueReportRead,
    LandRevenueReportWrite,
    LandRevenueRuleRead,
    LandRevenueRuleWrite,
    LandRevenueYear,
)
from funds_ledger.scoping import chosen_county
from funds_ledger.terms import Year

router = APIRouter(prefix="/land-revenue", tags=["land-revenue"])
County = Annotated[CountyCode | None, Query(description="县代码；不填为本县")]


@router.get("", summary="土地出让收入用于农业农村的比例（逐年）")
async def list_years(actor: LandRevenueRead, session: DbSession, county: County = None) -> list[LandRevenueYear]:
    """The newest year first, each by its latest report, against the strictest rule that binds the county."""
    return await service.years(session, chosen_county(actor, county, "query.county"))


@router.get("/reports", summary="历次填报")
async def list_reports(
    actor: LandRevenueRead,
    session: DbSession,
    paging: Paging,
    year: Annotated[Year | None, Query()] = None,
    county: County = None,
) -> Page[LandRevenueReportRead]:
    """Newest first."""
    after = paging.after(UUID)
    county_code = chosen_county(actor, county, "query.county")
    rows = await repository.reports(session, county_code, year, after[0] if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.id,))
    return Page(items=[service.read_report(row) for row in kept], next=following)


@router.put("/reports/{report_id}", summary="填报土地出让收入", responses={201: {"model": LandRevenueReportRead}})
async def put_report(
    report_id: Uuid7,
    body: LandRevenueReportWrite,
    actor: LandRevenueWrite,
    session: DbSession,
    response: Response,
    county: County = None,
) -> LandRevenueReportRead:
    """Cumulative figures of a year up to a day. Nothing is overwritten."""
    county_code = chosen_county(actor, county, "query.county")
    read, created = await service.report(session, actor, county_code, report_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.get("/rules", summary="最低比例及其历次修改")
async def list_rules(_: LandRevenueRead, session: DbSession, paging: Paging) -> Page[LandRevenueRuleRead]:
    """Newest first."""
    after = paging.after(UUID)
    rows = await repository.rule_page(session, after[0] if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.LandRevenueRule.id,))
    return Page(items=[service.read_rule(row.LandRevenueRule, row.region_name) for row in kept], next=following)


@router.put("/rules/{rule_id}", summary="设定最低比例（新的一次修改）", responses={201: {"model": LandRevenueRuleRead}})
async def put_rule(
    rule_id: Uuid7, body: LandRevenueRuleWrite, actor: LandRevenueWrite, session: DbSession, response: Response
) -> LandRevenueRuleRead:
    read, created = await service.set_rule(session, actor, rule_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read
