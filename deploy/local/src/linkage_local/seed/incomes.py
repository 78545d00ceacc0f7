"""Yearly income by source and rigid expenses, so that income per head fits the class of the household.

Below the income line: unstable lifted and marginal households. Above it: everyone else, also those hit by a
sudden shock (MON-3). All amounts are integer fen, whole yuan.
"""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Literal, NamedTuple

from monitoring_api.terms import Employment

from linkage_local.seed.people import Person

MonitoredClass = Literal["unstable_lifted", "marginal", "sudden_hardship"]
Kind = Literal["ordinary", "lifted", "unstable_lifted", "marginal", "sudden_hardship"]

BELOW_LINE: frozenset[Kind] = frozenset(("unstable_lifted", "marginal"))
MONITORED: frozenset[Kind] = BELOW_LINE | {"sudden_hardship"}
YEARS = (2024, 2025)
EMPLOYED: frozenset[Employment] = frozenset(("local_job", "migrant_job", "welfare_post"))
SELF_EMPLOYED: frozenset[Employment] = frozenset(("farming", "own_business"))
FEN = 100


class Income(NamedTuple):
    """One household and year, fen."""

    year: int
    wage: int
    business: int
    property: int
    transfer: int
    rigid_expense: int


def net_income(income: Income) -> int:
    """Net income of the household in fen: the four sources less rigid expenses."""
    return income.wage + income.business + income.property + income.transfer - income.rigid_expense


def rigid_kinds(income: Income, risks: Collection[str]) -> tuple[int | None, ...]:
    """The rigid expense by kind, fen in the order of the columns; nulls for who has no risk, for nobody asked them."""
    total = income.rigid_expense
    if not risks or income.year != YEARS[-1] or total == 0:
        return (None,) * 6
    main = total * 7 // 10 // FEN * FEN
    if "schooling" in risks:
        return (0, main, 0, 0, 0, total - main)
    if "disaster" in risks:
        return (0, 0, 0, total - main, main, 0)
    if "disability" in risks:
        return (total - main, 0, main, 0, 0, 0)
    return (main, 0, 0, 0, 0, total - main)


def make_incomes(kind: Kind, members: list[Person], line: int, rng: Random) -> tuple[Income, Income]:
    """Incomes of the two latest whole years, the later last.

    line: monitoring income line, fen per head and year; the later year lies on the right side of it.
    """
    people = len(members)
    line_yuan = line // FEN
    latest, latest_rigid = _per_head(kind, line_yuan, rng), _rigid(kind, people, rng)
    rigid = _rigid("lifted" if kind in MONITORED else kind, people, rng)
    if kind == "unstable_lifted":
        before = int(line_yuan * (1.02 + 0.25 * rng.random()))
    elif kind == "marginal":
        before = int(latest * 1.1)
    elif kind == "sudden_hardship":
        before = int(latest * 1.25)
    else:
        before = max(line_yuan, int(latest * (0.88 + 0.09 * rng.random())))
    shares = _draw_shares(members, rng)
    first, last = YEARS
    return _split(first, before * people, rigid, shares), _split(last, latest * people, latest_rigid, shares)


def _per_head(kind: Kind, line: int, rng: Random) -> int:
    random = rng.random
    if kind in BELOW_LINE:
        return int(line * (0.62 + 0.35 * random()))
    if kind == "sudden_hardship":
        return int(line * (1.05 + 0.9 * random()))
    if kind == "lifted":
        return int(line * min(5.0, max(1.12, rng.lognormvariate(0.56, 0.28))))
    return int(line * min(12.0, max(1.2, rng.lognormvariate(0.96, 0.34))))


def _rigid(kind: Kind, people: int, rng: Random) -> int:
    """Rigid expenses of a household in yuan."""
    draw = rng.random()
    if kind == "sudden_hardship":
        return 30_000 + int(draw * 60_000)
    if kind in BELOW_LINE:
        return 3_000 + int(draw * 12_000)
    return int(draw * 4_000 * people) if draw < 0.3 else 0


class _Shares(NamedTuple):
    """Parts of the gross income; transfers are what is left."""

    wage: float
    business: float
    property: float


def _draw_shares(members: list[Person], rng: Random) -> _Shares:
    random = rng.random
    jobs = {person.employment for person in members}
    works, trades = bool(jobs & EMPLOYED), bool(jobs & SELF_EMPLOYED)
    most = 0.18 if works else 0.6
    return _Shares(
        wage=0.5 + 0.28 * random() if works else 0.0,
        business=most * (0.3 + 0.7 * random()) if trades else 0.0,
        property=0.03 * random(),
    )


def _split(year: int, net: int, rigid: int, shares: _Shares) -> Income:
    """Divide the gross income (net + rigid, yuan) over the sources, to the yuan."""
    gross = net + rigid
    wage = int(gross * shares.wage) // 100 * 100
    business = int(gross * shares.business) // 10 * 10
    rent = int(gross * shares.property)
    transfer = gross - wage - business - rent
    return Income(year, wage * FEN, business * FEN, rent * FEN, transfer * FEN, rigid * FEN)
