"""Totals of a region, recounted when asked."""

from __future__ import annotations

from service_kit.region import Level
from service_kit.schemas import ReadModel


class OverviewRegion(ReadModel):
    code: str
    """Empty for the nation."""
    name: str
    level: Level


class HouseholdsAndPeople(ReadModel):
    households: int
    people: int


class MonitoredTotals(HouseholdsAndPeople):
    by_class: dict[str, int]
    """Households by monitored class."""
    by_risk: dict[str, int]
    """Households by risk; one household may have several."""


class VillageTotals(ReadModel):
    total: int
    by_type: dict[str, int]


class ChildOverview(OverviewRegion):
    population: HouseholdsAndPeople
    lifted: HouseholdsAndPeople
    monitored: HouseholdsAndPeople
    villages: VillageTotals


class MonitoringOverview(ReadModel):
    region: OverviewRegion
    population: HouseholdsAndPeople
    lifted: HouseholdsAndPeople
    monitored: MonitoredTotals
    villages: VillageTotals
    children: list[ChildOverview]
    """Regions of the next level that have data, in the order of their codes."""
