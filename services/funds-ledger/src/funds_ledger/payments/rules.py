"""The lifecycle of a payment as data, spending checkpoints, and the speed of allocation with its score (FND-5).

No I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeVar, get_args

from service_kit.calendar import working_days_between
from service_kit.money import BASIS_POINTS
from service_kit.region import ancestors_of

MONTHS = 12

PaymentStatus = Literal["requested", "approved", "paid", "returned", "withdrawn", "refunded"]
PAYMENT_STATUSES: tuple[PaymentStatus, ...] = get_args(PaymentStatus)

PaymentAction = Literal["approve", "pay", "return", "withdraw", "refund"]


@dataclass(frozen=True, slots=True)
class Transition:
    before: tuple[PaymentStatus, ...]
    after: PaymentStatus
    permission: str
    needs_reason: bool = False
    by_another: bool = False
    """Not by whoever made the request."""
    by_self: bool = False
    """Only by whoever made the request."""


LIFECYCLE: dict[PaymentAction, Transition] = {
    "approve": Transition(("requested",), "approved", "funds.payments:review", by_another=True),
    "pay": Transition(("approved",), "paid", "funds.payments:pay"),
    "return": Transition(
        ("requested", "approved"), "returned", "funds.payments:review", needs_reason=True, by_another=True
    ),
    "withdraw": Transition(("requested",), "withdrawn", "funds.payments:write", needs_reason=True, by_self=True),
    "refund": Transition(("paid",), "refunded", "funds.payments:pay", needs_reason=True),
}
"""申请 → 审核 → 支付; 撤回 by oneself before the review, 退回 before payment, 收回 after it.

A returned or withdrawn request ends; a better one is a new request.
"""

COMMITTED: tuple[PaymentStatus, ...] = ("requested", "approved", "paid")
"""States that hold money of the allocation and the contract."""

CHANGES: tuple[tuple[PaymentStatus | None, PaymentStatus], ...] = (
    (None, "requested"),
    *((before, step.after) for step in LIFECYCLE.values() for before in step.before),
)
"""Every change of state that may stand in the history."""


class Checkpoint(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def share_bp(self) -> int: ...


C = TypeVar("C", bound=Checkpoint)


def checkpoints_of(rows: Iterable[C], county_code: str) -> list[C]:
    """The checkpoints that bind a county, by date; of several for one date the highest share, as with floors."""
    binding = {"", *ancestors_of(county_code), county_code}
    found: dict[date, C] = {}
    for row in rows:
        known = found.get(row.due_on)
        if row.region_code in binding and (known is None or row.share_bp > known.share_bp):
            found[row.due_on] = row
    return [found[day] for day in sorted(found)]


def month_by_month(paid: Mapping[str, int], last: str) -> list[tuple[str, int, int]]:
    """Every month (``YYYY-MM``) from the first in ``paid`` to ``last``: fen paid in it, and so far; empty ones too."""
    if not paid:
        return []
    found, total = [], 0
    year, month = map(int, min(paid).split("-"))
    while (name := f"{year:04}-{month:02}") <= max(last, *paid):
        total += paid.get(name, 0)
        found.append((name, paid.get(name, 0), total))
        year, month = (year + 1, 1) if month == MONTHS else (year, month + 1)
    return found


def missing(allocated: int, paid: int, share_bp: int) -> int:
    """Fen that must still be paid to reach a checkpoint; the wanted sum is rounded up, in nobody's favour."""
    return max(-(-allocated * share_bp // BASIS_POINTS) - paid, 0)


@dataclass(frozen=True, slots=True)
class SpeedRule:
    """Full marks up to ``full_days`` working days, none from ``zero_days`` on, linear between."""

    full_days: int
    zero_days: int

    def score_bp(self, days: int) -> int:
        """Score in basis points of full marks, rounded down."""
        if days <= self.full_days:
            return BASIS_POINTS
        if days >= self.zero_days:
            return 0
        return (self.zero_days - days) * BASIS_POINTS // (self.zero_days - self.full_days)


class DatedRule(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def revision(self) -> int: ...


D = TypeVar("D", bound=DatedRule)


def rule_on(rows: Iterable[D], county_code: str, day: date) -> D | None:
    """The rule for money received on ``day``: the nearest region's, of those the latest in effect."""
    binding = {"", *ancestors_of(county_code), county_code}
    candidates = [row for row in rows if row.region_code in binding and row.effective_on <= day]
    return max(candidates, key=lambda row: (len(row.region_code), row.effective_on, row.revision), default=None)


@dataclass(frozen=True, slots=True)
class Brought:
    """Money that a document brought."""

    key: str
    received_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Given:
    """An allocation in effect; ``document`` is the key of the document that it names."""

    document: str | None
    allocated_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of a document's money; ``allocated_on`` None while it waits."""

    document: str
    amount: int
    allocated_on: date | None


def portions(brought: Sequence[Brought], given: Sequence[Given]) -> list[Portion]:
    """Which money of which document was allocated when; every fen of every document is in exactly one portion.

    An allocation that names a document takes from it; the others then take what is left, oldest document first.
    """
    left = {document.key: document.amount for document in brought}
    found: list[Portion] = []

    def take(key: str, wanted: int, day: date) -> int:
        amount = min(wanted, left[key])
        if amount:
            left[key] -= amount
            found.append(Portion(key, amount, day))
        return wanted - amount

    unnamed = []
    for line in sorted(given, key=lambda line: line.allocated_on):
        if line.document is None:
            unnamed.append(line)
        else:
            take(line.document, line.amount, line.allocated_on)
    in_order = sorted(brought, key=lambda document: (document.received_on, document.key))
    for line in unnamed:
        wanted = line.amount
        for document in in_order:
            if not wanted:
                break
            wanted = take(document.key, wanted, line.allocated_on)
    found += [Portion(key, amount, None) for key, amount in left.items() if amount]
    return found


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one document's money was passed on."""

    allocated: int
    waiting: int
    days: int | None
    """Working days until the last fen that has been allocated; None before the first."""
    waiting_days: int | None
    """Working days that the rest has waited until ``today``; None when nothing waits."""
    score_bp: int
    """Weighted by amount; money that waits counts with the days until today."""


def speed(document: Brought, parts: Sequence[Portion], rule: SpeedRule, today: date) -> Speed:
    allocated = [(part.amount, part.allocated_on) for part in parts if part.allocated_on is not None]
    waiting = sum(part.amount for part in parts if part.allocated_on is None)
    waited = max(working_days_between(document.received_on, today), 0)
    counted = [(amount, max(working_days_between(document.received_on, day), 0)) for amount, day in allocated]
    total = document.amount
    marks = sum(amount * rule.score_bp(days) for amount, days in [*counted, (waiting, waited)])
    return Speed(
        allocated=sum(amount for amount, _ in counted),
        waiting=waiting,
        days=max((days for _, days in counted), default=None),
        waiting_days=waited if waiting else None,
        score_bp=marks // total if total else BASIS_POINTS,
    )
