"""Regions to load: Zixing as published, and invented villages under other official county codes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import NamedTuple

from service_kit.region import Level, level_of, parent_of

from linkage_local.seed.counties import DEFAULT_SEED, CountySeed
from linkage_local.seed.figures import VillageFigures, read_table, zixing_villages

ZIXING = "431081"
_PROVINCES = {"43": "湖南省", "51": "四川省", "52": "贵州省"}
_FIRST = "青白龙石清云双大上下金长高新东南西北红永安太平古黄"
_SECOND = "溪江坪山河桥塘岭湾冲洞坳田源泉水林坝沙峰墟洲口门岩"


class Region(NamedTuple):
    code: str
    name: str
    level: Level
    parent_code: str


class County(NamedTuple):
    code: str
    name: str
    prefecture: str


def region(code: str, name: str) -> Region:
    """A region whose level and parent follow from its code."""
    return Region(code, name, level_of(code), parent_of(code))


def zixing_regions() -> list[Region]:
    """234 rows: province, prefecture, county, 13 townships, 218 villages and communities."""
    return [region(row["code"], row["name"]) for row in read_table("regions_zixing.csv")]


def zixing() -> CountySeed:
    """The county of the demo."""
    return CountySeed(ZIXING, 0, tuple(zixing_villages()))


def other_counties(count: int) -> list[County]:
    """Sichuan's 50 key counties, then Hunan's, then codes of valid form with made-up names."""
    tables = ("sichuan_key_counties_2021.csv", "counties_hunan.csv")
    listed = [
        County(row["county_code"], row["county"], row["prefecture"]) for table in tables for row in read_table(table)
    ]
    made_up = count - len(listed)
    for number in range(max(0, made_up)):
        prefecture, county = divmod(number, 20)
        code = f"52{prefecture + 40:02d}{county + 61:02d}"
        listed.append(County(code, f"演示{number + 1}县", f"演示{prefecture + 1}市"))
    return listed[:count]


def generated_county(county: County, index: int, seed: int = DEFAULT_SEED) -> tuple[CountySeed, list[Region]]:
    """A county of Zixing's shape: the same figures village by village, other names, and the regions it needs.

    index: 1 for the first county after Zixing.
    """
    rng = Random(f"{seed}/{county.code}/regions")
    names = ["".join(pair) for pair in product(_FIRST, _SECOND)]
    rng.shuffle(names)
    fresh = iter(names)
    townships: dict[str, str] = {}
    villages: list[VillageFigures] = []
    for figures in zixing_villages():
        code = county.code + figures.code[6:]
        township = townships.setdefault(code[:9], f"{next(fresh)}镇")
        villages.append(replace(figures, code=code, name=f"{next(fresh)}村", township_name=township))
    province = county.code[:2]
    regions = [
        region(province, _PROVINCES[province]),
        region(county.code[:4], county.prefecture),
        region(county.code, county.name),
        *(region(code, name) for code, name in townships.items()),
        *(region(village.code, village.name) for village in villages),
    ]
    return CountySeed(county.code, index, tuple(villages), seed), regions
