"""Microloans 小额信贷: what may be lent to whom, what is due and overdue, and the interest that is subsidised (FND-9).

No I/O. The numbers are ``microloan_policy``'s, never the code's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, Protocol, TypeVar, get_args

from service_kit.region import ancestors_of

Problem = Literal[
    "not_registered",
    "not_supported",
    "died",
    "moved_out",
    "over_amount",
    "household_over_amount",
    "over_term",
    "age",
    "rate",
    "not_household_used",
]
PROBLEMS: tuple[Problem, ...] = get_args(Problem)

Standing = Literal["current", "due_soon", "overdue", "repaid"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
"""正常、即将到期、逾期、已还清; follows from the dates and the balance."""
DUE_SOON_DAYS = 30

DAYS_OF_YEAR = 360
"""Banks count interest on loans by 360 days."""


class Dated(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def revision(self) -> int: ...


P = TypeVar("P", bound=Dated)


def in_force(rows: Iterable[P], county_code: str, day: date) -> P | None:
    """The policy that binds a county on a day: the nearest region's, of it the newest."""
    binding = {"", *ancestors_of(county_code), county_code}
    fitting = [row for row in rows if row.region_code in binding and row.effective_on <= day]
    return max(fitting, key=lambda row: (len(row.region_code), row.effective_on, row.revision), default=None)


def months_between(start: date, end: date) -> int:
    """Whole months that a term needs: 2023-03-01 to 2026-03-01 is 36, a day longer 37."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (end.day > start.day)


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Policy(Protocol):
    @property
    def max_fen(self) -> int: ...
    @property
    def max_months(self) -> int: ...
    @property
    def min_age(self) -> int: ...
    @property
    def max_age(self) -> int: ...
    @property
    def rate_cap_bp(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """A loan as the bank reports it. principal: fen; rate: basis points a year."""

    principal: int
    rate_bp: int
    disbursed_on: date
    due_on: date
    born: date
    household_used: bool


def problems_of(loan: Terms, policy: Policy | None) -> list[Problem]:
    """What about the loan itself is not as the policy of its day has it."""
    found: list[Problem] = []
    if policy is not None:
        if loan.principal > policy.max_fen:
            found.append("over_amount")
        if months_between(loan.disbursed_on, loan.due_on) > policy.max_months:
            found.append("over_term")
        if not policy.min_age <= age_on(loan.born, loan.disbursed_on) <= policy.max_age:
            found.append("age")
        if policy.rate_cap_bp is not None and loan.rate_bp > policy.rate_cap_bp:
            found.append("rate")
    if not loan.household_used:
        found.append("not_household_used")
    return found


def subsidy(
    reports: Sequence[tuple[date, int]],
    *,
    rate_bp: int,
    share_bp: int,
    disbursed_on: date,
    due_on: date,
    start: date,
    end: date,
) -> int:
    """Fen of interest that is subsidised for ``[start, end]``, by the balance of each day.

    It ends with the due day: what is overdue gets no subsidy.

    Args:
        reports: ``(day, balance in fen)`` by day; a balance holds until the next report. The first one counts from
            the disbursement.
        share_bp: share of the interest that is borne, in basis points.
    """
    first, last = max(start, disbursed_on), min(end, due_on)
    total = Fraction(0)
    for place, (day, balance) in enumerate(reports):
        since = max(first, disbursed_on if place == 0 else day)
        until = min(last, date.fromordinal(reports[place + 1][0].toordinal() - 1) if place + 1 < len(reports) else last)
        days = until.toordinal() - since.toordinal() + 1
        if days > 0:
            total += Fraction(balance * days * rate_bp * share_bp, DAYS_OF_YEAR * 10_000 * 10_000)
    return int(total)
