"""When a household is looked back at, pure (MON-12)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, get_args

from service_kit.errors import FieldError

State = Literal["due", "done", "stopped"]
Outcome = Literal["ok", "risk_returned"]
When = Literal["overdue", "this_quarter", "later", "done", "stopped"]
WHENS: tuple[When, ...] = get_args(When)


@dataclass(frozen=True, slots=True)
class Turn:
    """One look-back of a series: from ``opens_on`` to ``due_on``, both days included."""

    seq: int
    opens_on: date
    due_on: date


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    month = day.year * 12 + day.month - 1 + months
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, monthrange(year, number)[1]))


def turns(eliminated_on: date, *, count: int, months: int) -> list[Turn]:
    """The look-backs after an elimination: ``count`` of them, one in each span of ``months`` months.

    The spans follow one another without a gap, counted from the day of elimination.
    """
    ends = [months_later(eliminated_on, months * k) for k in range(count + 1)]
    return [Turn(seq, before + timedelta(days=1), end) for seq, (before, end) in enumerate(pairwise(ends), start=1)]


def quarter_end(day: date) -> date:
    """Last day of the calendar quarter of ``day``."""
    month = (day.month + 2) // 3 * 3
    return date(day.year, month, monthrange(day.year, month)[1])


def outcome_errors(outcome: Outcome, *, guarantees_ok: bool, risks: Sequence[str]) -> list[FieldError]:
    """What contradicts itself: all is well though something is not, or a risk is back and none is named."""
    if outcome == "risk_returned" and not risks:
        return [FieldError("body.findings.risks", "risks_missing", "风险复发的，请至少选择一项风险")]
    if outcome == "ok" and risks:
        return [FieldError("body.outcome", "outcome_contradicts_risks", "已选择风险，结论不能是“稳定”")]
    if outcome == "ok" and not guarantees_ok:
        return [FieldError("body.outcome", "outcome_contradicts_guarantees", "保障有缺项，结论不能是“稳定”")]
    return []
