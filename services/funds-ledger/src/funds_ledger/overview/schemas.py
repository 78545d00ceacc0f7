"""The totals of a region."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field
from service_kit.money import Yuan
from service_kit.region import Level
from service_kit.schemas import ReadModel

from funds_ledger.pools.schemas import PoolFigures
from funds_ledger.terms import SourceLevel


class RegionRef(ReadModel):
    code: str
    name: Annotated[str | None, Field(description="区划尚未同步到本服务时为空")]
    level: Level


class SourceFunds(PoolFigures):
    """One source level: a single pool in a county, a sum over pools above."""

    year: int
    source_level: SourceLevel
    id: Annotated[UUID | None, Field(description="只有一个资金池时为其编号")]
    county_code: str | None
    version: int | None


class FundsOverview(ReadModel):
    """Totals over all sources, and the red line over those that have one.

    A township or village does not see pools: there ``received``, the floor and the headroom are null.
    """

    year: int
    received: Yuan | None
    allocated: Yuan
    allocated_industry: Yuan
    allocated_other: Yuan
    industry_share_bp: Annotated[
        int | None, Field(description="有红线的资金已分配部分中产业所占，万分之几；都没有红线时按全部资金")
    ]
    floor_bp: Annotated[int | None, Field(description="产业占比红线，万分之几；有几条时取最高")]
    headroom_other: Annotated[
        Yuan | None, Field(description="有红线的资金还可安排非产业（元）；都没有红线时按全部资金")
    ]
    headroom_total: Annotated[Yuan | None, Field(description="全部资金还可分配（元）")]
    by_source: list[SourceFunds]


class ChildFunds(ReadModel):
    allocated: Yuan
    allocated_industry: Yuan


class ChildRegion(RegionRef):
    funds: ChildFunds


class Overview(ReadModel):
    region: RegionRef
    funds: FundsOverview
    children: Annotated[list[ChildRegion], Field(description="有资金分配的下级地区")]
