"""Subsidy standards: how often, how much, and whom the register lists for them (FND-10). No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, Protocol, TypeVar, get_args

from service_kit.region import ancestors_of

Category = Literal["education", "training", "employment", "insurance", "interest_subsidy", "other"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
"""教育、培训、就业、保险、贴息、其他."""

PeriodKind = Literal["year", "semester", "month", "once"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)

ListedBy = Literal["schooling", "employment", "benefit", "status"]
LISTED_BY: tuple[ListedBy, ...] = get_args(ListedBy)
"""What the register lists people by: 在校情况, 就业情况, 享受政策, 户类型."""

Among = Literal["any", "lifted_or_monitored", "monitored"]
AMONG: tuple[Among, ...] = get_args(Among)

LISTABLE: dict[ListedBy, tuple[str, ...]] = {
    "schooling": ("preschool", "primary", "junior", "senior", "vocational", "higher"),
    "employment": ("local_job", "migrant_job", "welfare_post", "own_business"),
    "benefit": (
        "subsistence_allowance",
        "destitute_support",
        "medical_aid",
        "education_aid",
        "welfare_post",
        "microloan",
        "industry_support",
        "prevention_insurance",
        "other",
    ),
    "status": ("all",),
}
"""The register's own words for each kind of list."""

_PERIODS: dict[PeriodKind, re.Pattern[str]] = {
    "year": re.compile(r"20\d\d", re.ASCII),
    "semester": re.compile(r"20\d\d[春秋]"),
    "month": re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII),
    "once": re.compile(r"once"),
}
PERIOD_EXAMPLES: dict[PeriodKind, str] = {"year": "2026", "semester": "2026秋", "month": "2026-09", "once": "once"}


def is_period(kind: PeriodKind, period: str) -> bool:
    return _PERIODS[kind].fullmatch(period) is not None


class Dated(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def revision(self) -> int: ...
    @property
    def ends_on(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


def in_force(rows: Iterable[D], county_code: str, day: date) -> dict[str, D]:
    """The standard of each code that holds in a county on a day: the nearest region's, of it the newest.

    One that has ended holds back no older one of the same region: it was ended, not withdrawn.
    """
    binding = {"", *ancestors_of(county_code), county_code}
    found: dict[str, D] = {}
    for row in rows:
        if row.region_code not in binding or row.effective_on > day:
            continue
        known = found.get(row.code)
        if known is None or _rank(row) > _rank(known):
            found[row.code] = row
    return {code: row for code, row in found.items() if row.ends_on is None or row.ends_on >= day}


def _rank(row: Dated) -> tuple[int, date, int]:
    return len(row.region_code), row.effective_on, row.revision
