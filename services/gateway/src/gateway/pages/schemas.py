"""Shapes of the composed pages.

A part that a service wrote is passed on byte by byte. Its schema says ``x-same-as``: the operation whose answer it is;
in the merged OpenAPI document this becomes a reference to that service's own schema.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, WithJsonSchema
from service_kit.region import Level

from gateway.identity.schemas import Region
from gateway.pages.parts import Unavailable


def _same_as(operation: str) -> Any:
    answer: dict[str, Any] = {"x-same-as": operation}
    return WithJsonSchema({"anyOf": [answer, {"type": "null"}]})


class PageRegion(Region):
    ancestors: list[Region]


class Population(BaseModel):
    people: int
    households: int


class Lifted(BaseModel):
    households: int
    people: int


class Monitored(BaseModel):
    households: int
    people: int
    by_class: dict[str, int] = {}
    by_risk: dict[str, int] = {}


class Villages(BaseModel):
    total: int
    by_type: dict[str, int] = {}


class OverviewFunds(BaseModel):
    """Money in yuan as decimal text, shares from 0 to 1. A township or village sees what was allocated to it; what was
    received, the floor and the headroom are the county's and null there."""

    year: int
    received: str | None
    allocated: str
    allocated_industry: str
    allocated_other: str
    industry_share: float | None
    floor: float | None
    headroom: str | None
    """What may still go to other purposes than industry."""
    headroom_total: str | None
    """What may still be allocated at all."""
    by_source: Annotated[list[Any], WithJsonSchema({"x-same-as": "funds GET /overview#funds.by_source"})]


class KindTotal(BaseModel):
    count: int
    value: str


class OverviewAssets(BaseModel):
    count: int
    value: str
    by_kind: dict[str, KindTotal]


class ChildFunds(BaseModel):
    allocated: str
    allocated_industry: str


class OverviewChild(BaseModel):
    """A region of the next level. A figure is null when its service is not available or knows nothing of the region."""

    code: str
    name: str
    level: Level
    population: Population | None
    lifted: Lifted | None
    monitored: Monitored | None
    villages: Villages | None
    funds: ChildFunds | None
    assets: KindTotal | None


class Overview(BaseModel):
    region: PageRegion
    population: Population | None
    lifted: Lifted | None
    monitored: Monitored | None
    villages: Villages | None
    funds: OverviewFunds | None
    assets: OverviewAssets | None
    children: list[OverviewChild]
    unavailable: list[Unavailable]


HouseholdPart = Annotated[Any, _same_as("monitoring GET /households/{}")]
HistoryPart = Annotated[Any, _same_as("monitoring GET /households/{}/history")]
HouseholdsPart = Annotated[Any, _same_as("monitoring GET /households")]
VillagePart = Annotated[Any, _same_as("monitoring GET /villages/{}")]
VisitsPart = Annotated[Any, _same_as("monitoring GET /visits")]
AssetsPart = Annotated[Any, _same_as("assets GET /assets")]
AllocationsPart = Annotated[Any, _same_as("funds GET /allocations")]


class VillagePage(BaseModel):
    region: PageRegion
    village: VillagePart
    households: HouseholdsPart
    visits: VisitsPart
    assets: AssetsPart
    funds: AllocationsPart
    unavailable: list[Unavailable]


class HouseholdPage(BaseModel):
    household: HouseholdPart
    history: HistoryPart
    visits: VisitsPart
    assets: AssetsPart
    unavailable: list[Unavailable]
