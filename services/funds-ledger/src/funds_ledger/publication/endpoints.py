"""HTTP of publication rules and the switch to library projects."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status
from service_kit.db import DbSession, ReadDb
from service_kit.db.statement import region_of
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.publication import repository, service
from funds_ledger.publication.auth import PublicationRead, PublicationWrite
from funds_ledger.publication.schemas import (
    ClosedNotices,
    CoverageReport,
    FundingRuleRead,
    FundingRuleWrite,
    PublicationRuleRead,
    PublicationRuleWrite,
)
from funds_ledger.scoping import chosen_county
from funds_ledger.terms import Year

router = APIRouter(prefix="/publication", tags=["publication"])
County = Annotated[CountyCode | None, Query(description="县代码；不填为本县")]


@router.get("/coverage", summary="公示覆盖：哪些已公开，哪些还没有")
async def get_coverage(
    actor: PublicationRead,
    db: ReadDb,
    year: Annotated[Year, Query()],
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
) -> CoverageReport:
    return await service.coverage(db, region_of(actor, region), year)


@router.get("/rules", summary="公示天数及其历次修改")
async def list_publication_rules(_: PublicationRead, session: DbSession, paging: Paging) -> Page[PublicationRuleRead]:
    after = paging.after(UUID)
    rows = await repository.rule_page(session, after[0] if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.id,))
    return Page(items=await service.read_rules(session, kept), next=following)


@router.put("/rules/{rule_id}", summary="设定公示天数", responses={201: {"model": PublicationRuleRead}})
async def put_publication_rule(
    rule_id: Uuid7, body: PublicationRuleWrite, actor: PublicationWrite, session: DbSession, response: Response
) -> PublicationRuleRead:
    """For notices that go up from its day on; those that are up keep the days they were put up for."""
    rule, created = await service.set_publication_rule(session, actor, rule_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return (await service.read_rules(session, [rule]))[0]


@router.post("/closings", summary="确认期满无异议的资金分配公示")
async def close_ended(
    actor: PublicationWrite, session: DbSession, command: Idempotency, county: County = None
) -> ClosedNotices:
    """Close every notice of an allocation whose days are over without an open or upheld objection."""
    county_code = chosen_county(actor, county, "query.county")
    return await command.once(
        session,
        actor,
        None,
        ClosedNotices,
        lambda: service.close_ended(session, actor, county_code),
    )


@router.get("/funding-rules", summary="各年度何时起只安排给库内计划项目")
async def list_funding_rules(
    actor: PublicationRead, session: DbSession, county: County = None
) -> Page[FundingRuleRead]:
    rows = await repository.funding_rules(session, chosen_county(actor, county, "query.county"))
    return Page(items=[FundingRuleRead.model_validate(row) for row in rows])


@router.put("/funding-rules/{year}", summary="设定某年度何时起只安排给库内计划项目")
async def put_funding_rule(
    year: Annotated[Year, Path()],
    body: FundingRuleWrite,
    actor: PublicationWrite,
    session: DbSession,
    county: County = None,
) -> FundingRuleRead:
    """The same content again changes nothing; what was allocated before the day stays valid."""
    county_code = chosen_county(actor, county, "query.county")
    return FundingRuleRead.model_validate(await service.set_funding_rule(session, actor, county_code, year, body))
