"""Which rule holds in a county on a day, pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol, get_args

Key = Literal[
    "income_line",
    "income_window",
    "time_limits",
    "notice_days",
    "approvers",
    "class_names",
    "risk_points",
    "elimination",
    "look_back",
    "assistance_plan",
    "assistance_packages",
    "sweep",
]
"""What a county may set for itself.

Shapes of the values: ``income_line {"fen"}`` per head and year; ``income_window {"months", "ends"}``; ``time_limits``
stage → working days; ``notice_days {"days"}`` calendar days; ``approvers`` stage or act → roles; ``class_names``
class → name; ``risk_points {"items": [{"code", "name"}]}`` in the order of screens; ``elimination {"enrolled_months",
"stable_months", "measures"}``; ``look_back {"quarters", "months"}`` how many and how far apart; ``assistance_plan
{"working_days"}`` from the day monitoring begins; ``assistance_packages`` risk (or ``no_labour``) → ``[{"type",
"title", "department"}]``; ``sweep {"rounds_per_year", "issue_working_days"}``.
"""

WORDS: frozenset[str] = frozenset({"class_names", "risk_points"})
"""Keys that end with the profile they were set in: a new period brings its own words."""

Stage = Literal[
    "application", "home_verification", "village_review", "notice", "township_review", "county_determination"
]
STAGES: tuple[Stage, ...] = get_args(Stage)

StepRole = Literal["village_cadre", "township", "bureau"]


class ProfileRow(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


class SettingRow(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def value(self) -> dict[str, Any]: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def revision(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Effective:
    """The value of one key and since when it holds; ``setting`` is None where the profile's default stands."""

    value: Mapping[str, Any]
    since: date
    setting: SettingRow | None


def profile_on(profiles: Iterable[ProfileRow], day: date) -> ProfileRow | None:
    """The profile in force; of overlapping ones the latest."""
    valid = [p for p in profiles if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)]
    return max(valid, key=lambda p: p.valid_from, default=None)


def effective(
    profile: ProfileRow, defaults: Mapping[str, Mapping[str, Any]], settings: Sequence[SettingRow], day: date
) -> dict[str, Effective]:
    """Each key's value on ``day``: the latest setting that has begun, else the profile's default.

    Words set in an earlier profile do not reach into this one.
    """
    found = {key: Effective(value, profile.valid_from, None) for key, value in defaults.items()}
    for setting in sorted(settings, key=lambda s: (s.valid_from, s.revision)):
        begun = setting.valid_from <= day
        if begun and not (setting.key in WORDS and setting.valid_from < profile.valid_from):
            found[setting.key] = Effective(setting.value, setting.valid_from, setting)
    return found


def window_end(day: date) -> date:
    """Last day of the month before ``day``."""
    return date.fromordinal(day.replace(day=1).toordinal() - 1)


def income_window(day: date, *, months: int, ends: str) -> tuple[date, date]:
    """First and last day of the income that a case opened on ``day`` looks at.

    Args:
        ends: ``month_before`` (the months before the case) or ``september`` (a yearly collection that ends then).
    """
    last = window_end(day)
    if ends == "september":
        year = day.year if (day.month, day.day) > (9, 30) else day.year - 1
        last = date(year, 9, 30)
    first = last.year * 12 + last.month - months
    return date(first // 12, first % 12 + 1, 1), last
