"""How long an act of this service is shown before it takes effect (FND-7). No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol, TypeVar, get_args

from service_kit.calendar import add_working_days
from service_kit.region import ancestors_of

Act = Literal["library_entry", "yearly_plan", "adjustment", "withdrawal", "allocation", "completion"]
ACTS: tuple[Act, ...] = get_args(Act)

ACT_NAMES: dict[Act, str] = {
    "library_entry": "项目入库",
    "yearly_plan": "年度项目计划",
    "adjustment": "项目调整",
    "withdrawal": "项目退库",
    "allocation": "资金分配",
    "completion": "项目完工验收",
}


class DatedRule(Protocol):
    @property
    def act(self) -> str: ...
    @property
    def region_code(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def revision(self) -> int: ...


R = TypeVar("R", bound=DatedRule)


def rule_on(rows: Iterable[R], act: Act, county_code: str, day: date) -> R | None:
    """The rule for an act on ``day``: the nearest region's, of those the latest in effect."""
    binding = {"", *ancestors_of(county_code), county_code}
    found = [row for row in rows if row.act == act and row.region_code in binding and row.effective_on <= day]
    return max(found, key=lambda row: (len(row.region_code), row.effective_on, row.revision), default=None)


def standing_of(rows: Iterable[R], rule: R, day: date) -> Literal["in_force", "to_come", "replaced"]:
    """What a rule is on ``day`` for the very region that it was set for."""
    own = [row for row in rows if row.region_code == rule.region_code and row.act == rule.act]
    if any(row.effective_on == rule.effective_on and row.revision > rule.revision for row in own):
        return "replaced"
    if rule.effective_on > day:
        return "to_come"
    later = any(rule.effective_on < row.effective_on <= day for row in own)
    return "replaced" if later else "in_force"


PERIOD = ("公示期自 ", " 至 ", "。有异议的，请在公示期内实名提出。")
"""What a notice says of its days, around the first and the last of them."""


def last_day(starts_on: date, days: int, *, working_days: bool) -> date:
    """Last day of a notice: ``days`` whole days after the day it went up."""
    return add_working_days(starts_on, days) if working_days else starts_on + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the board says of a notice."""

    ends_on: date
    open_objections: int = 0
    upheld_objections: int = 0

    def obstacle(self, today: date) -> Literal["period", "open", "upheld"] | None:
        """Why the act cannot take effect yet; None when the notice ended clear."""
        if self.upheld_objections:
            return "upheld"
        if today <= self.ends_on:
            return "period"
        return "open" if self.open_objections else None
