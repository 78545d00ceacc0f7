"""Totals of a region, for the composed pages of the gateway."""

from __future__ import annotations

from service_kit.money import Yuan
from service_kit.region import Level
from service_kit.schemas import ReadModel


class Total(ReadModel):
    count: int
    value: Yuan


class ByKind(ReadModel):
    public_welfare: Total
    operating: Total
    household: Total


class AssetTotals(Total):
    by_kind: ByKind


class RegionName(ReadModel):
    code: str
    name: str
    level: Level


class Child(ReadModel):
    code: str
    name: str
    level: Level
    assets: Total


class Overview(ReadModel):
    """Assets that have not been disposed of, at original value. ``children``: next-level regions that have some."""

    region: RegionName
    assets: AssetTotals
    children: list[Child]
