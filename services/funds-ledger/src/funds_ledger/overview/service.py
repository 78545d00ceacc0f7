"""Putting the totals of a region together."""

from __future__ import annotations

from typing import Any

from service_kit.clock import today
from service_kit.db import ReadConnection
from service_kit.errors import NotFound
from service_kit.money import share_bp
from service_kit.region import contains, level_of
from service_kit.tokens import Actor

from funds_ledger.overview import views
from funds_ledger.overview.schemas import (
    ChildFunds,
    ChildRegion,
    FundsOverview,
    Overview,
    RegionRef,
    SourceFunds,
)
from funds_ledger.terms import SOURCE_LEVELS


async def overview(db: ReadConnection, actor: Actor, region_code: str, year: int | None) -> Overview:
    """The region's totals of a year, by default the newest with money.

    Raises:
        NotFound: the region is not in the actor's scope.
    """
    if not contains(actor.region, region_code):
        raise NotFound()
    year = year or await views.latest_year(db, region_code) or today().year
    if len(region_code) <= 6:
        funds = from_pools(year, await views.by_source(db, region_code, year))
    else:
        funds = from_accounts(year, *await views.allocated(db, region_code, year))
    return Overview(
        region=_region(region_code, await views.region_name(db, region_code)),
        funds=funds,
        children=[_child(row) for row in await views.children(db, region_code, year)],
    )


def from_accounts(year: int, allocated: int, industry: int) -> FundsOverview:
    """A township or village: what it was given."""
    return FundsOverview(
        year=year,
        received=None,
        allocated=allocated,
        allocated_industry=industry,
        allocated_other=allocated - industry,
        industry_share_bp=share_bp(industry, allocated),
        floor_bp=None,
        headroom_other=None,
        headroom_total=None,
        by_source=[],
    )


def from_pools(year: int, rows: list[Any]) -> FundsOverview:
    """A county or above, from the rows of ``views.by_source``."""
    bound = [row for row in rows if row["bound"]] or rows
    received, industry, other = (sum(row[name] for row in rows) for name in ("received", "industry", "other"))
    bound_industry = sum(row["industry"] for row in bound)
    return FundsOverview(
        year=year,
        received=received,
        allocated=industry + other,
        allocated_industry=industry,
        allocated_other=other,
        industry_share_bp=share_bp(bound_industry, bound_industry + sum(row["other"] for row in bound)),
        floor_bp=max((row["floor_bp"] for row in bound), default=0),
        headroom_other=sum(row["headroom_other"] for row in bound),
        headroom_total=received - industry - other,
        by_source=[
            _source(year, of_level)
            for level in SOURCE_LEVELS
            if (of_level := [row for row in rows if row["source_level"] == level])
        ],
    )


def _source(year: int, rows: list[Any]) -> SourceFunds:
    received, industry, other = (sum(row[name] for row in rows) for name in ("received", "industry", "other"))
    only = rows[0] if sum(row["pools"] for row in rows) == 1 else None
    return SourceFunds(
        year=year,
        source_level=rows[0]["source_level"],
        id=only["id"] if only else None,
        county_code=only["county_code"] if only else None,
        version=only["version"] if only else None,
        received=received,
        allocated=industry + other,
        allocated_industry=industry,
        allocated_other=other,
        floor_bp=max(row["floor_bp"] for row in rows),
        industry_share_bp=share_bp(industry, industry + other),
        headroom_other=sum(row["headroom_other"] for row in rows),
        headroom_total=received - industry - other,
    )


def _region(code: str, name: str | None) -> RegionRef:
    return RegionRef(code=code, name=name, level=level_of(code))


def _child(row: Any) -> ChildRegion:
    return ChildRegion(
        code=row["code"],
        name=row["name"],
        level=level_of(row["code"]),
        funds=ChildFunds(allocated=row["allocated"], allocated_industry=row["industry"]),
    )
