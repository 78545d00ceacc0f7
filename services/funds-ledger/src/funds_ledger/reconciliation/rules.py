"""What is matched with what, and the life of a month of reconciliation (FND-13). No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal, get_args
from uuid import UUID

from funds_ledger.ledger.rules import TransferKind

Direction = Literal["in", "out"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
DIRECTION_NAMES: dict[Direction, str] = {"in": "收入", "out": "支出"}

Channel = Literal["treasury", "bank"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
"""国库 or 银行: who made the statement."""

Side = Literal["ledger", "statement"]
"""Where a difference stands: in the ledger and not on the statement, or the reverse."""

CASH: dict[TransferKind, Direction] = {
    "receipt": "in",
    "supplement": "in",
    "refund": "in",
    "cut": "out",
    "return": "out",
    "payment": "out",
}
"""Transfers that cross the border of the ledger, so that a treasury or a bank must show them. Allocations do not."""

How = Literal["exact", "reference", "near", "sum", "manual"]
HOWS: tuple[How, ...] = get_args(How)
"""By amount, date and reference; by amount and reference; by amount and nearby date; by a sum; by a person's hand."""

MatchState = Literal["proposed", "matched", "rejected", "lapsed", "undone"]
MATCH_STATES: tuple[MatchState, ...] = get_args(MatchState)
"""A proposal lapses when something that it names has been matched otherwise."""

MonthState = Literal["open", "submitted", "closed"]
MONTH_STATES: tuple[MonthState, ...] = get_args(MonthState)

NEVER = datetime(9999, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - as the database hands it out
"""``closed_at`` of a month that is not closed."""

WIDEST_WINDOW = 31
"""Days; no proposal is made over more than a month."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible match: statement lines and ledger entries of the same total."""

    how: How
    lines: tuple[UUID, ...]
    entries: tuple[UUID, ...]
    amount: int
    direction: Direction
    gap: int
    """Days between the two dates; of a sum, the most of them."""

    @property
    def signature(self) -> frozenset[UUID]:
        return frozenset((*self.lines, *self.entries))


def choose(candidates: Iterable[Candidate], refused: Collection[frozenset[UUID]] = ()) -> list[Candidate]:
    """Of candidates in the order of their quality those that share no line and no entry.

    Args:
        refused: what a person has rejected before is not proposed again.
    """
    used: set[UUID] = set()
    chosen = []
    for candidate in candidates:
        named = candidate.signature
        if used.isdisjoint(named) and named not in refused:
            used |= named
            chosen.append(candidate)
    return chosen


def first_day(month: str) -> date:
    """``"2026-10"`` → 1 October 2026. Raises ValueError."""
    return date.fromisoformat(f"{month}-01")


def next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def month_name(first: date) -> str:
    return f"{first:%Y-%m}"


def words_for(first: date) -> str:
    return f"{first.year} 年 {first.month} 月"
