"""The published figures that generated villages must meet."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

from monitoring_api.terms import VillageType

TYPES: dict[str, VillageType] = {
    "脱贫村": "lifted",
    "重点帮扶村": "key_assistance",
    "乡村振兴示范村": "model",
}


@dataclass(frozen=True, slots=True)
class VillageFigures:
    """One village as published in 2021: its types and five counts."""

    code: str
    name: str
    township_name: str
    types: tuple[VillageType, ...]
    population: int
    lifted_households: int
    lifted_people: int
    monitored_households: int
    monitored_people: int

    @property
    def county_code(self) -> str:
        return self.code[:6]


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of one of the bundled tables (see data/SOURCES.md)."""
    with files("linkage_local").joinpath("data", name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def zixing_villages() -> list[VillageFigures]:
    """The 37 villages of Zixing in the order of the published table."""
    return [
        VillageFigures(
            code=row["village_code"],
            name=row["village"],
            township_name=row["township"],
            types=tuple(TYPES[text] for text in row["types"].split("|")),
            population=int(row["population"]),
            lifted_households=int(row["lifted_households"]),
            lifted_people=int(row["lifted_people"]),
            monitored_households=int(row["monitored_households"]),
            monitored_people=int(row["monitored_people"]),
        )
        for row in read_table("zixing_villages_2021.csv")
    ]


def income_line(county_code: str) -> int:
    """Latest monitoring income line of the demo for this county, fen per head and year."""
    lines = [row for row in read_table("income_lines_demo.csv") if county_code.startswith(row["region_code"])]
    if not lines:
        lines = [row for row in read_table("income_lines_demo.csv") if row["region_code"] == "43"]
    return int(max(lines, key=lambda row: int(row["year"]))["yuan_per_head"]) * 100
