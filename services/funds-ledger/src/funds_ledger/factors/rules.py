"""Allocation by factors 因素法: shares by weighted figures, floors and caps, exact to the fen (FND-3). No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from funds_ledger.shares import round_to, split

Factor = Literal["monitored_people", "lifted_people", "key_villages", "population", "tasks", "performance"]
FACTORS: tuple[Factor, ...] = get_args(Factor)
FACTOR_NAMES: dict[Factor, str] = {
    "monitored_people": "监测对象人口",
    "lifted_people": "脱贫人口",
    "key_villages": "重点帮扶村",
    "population": "农村人口",
    "tasks": "库内待实施项目",
    "performance": "绩效自评得分",
}

SchemeState = Literal["draft", "submitted", "approved", "returned", "dropped"]
SCHEME_STATES: tuple[SchemeState, ...] = get_args(SchemeState)
SchemeAction = Literal["submit", "approve", "return", "drop"]
TRANSITIONS: frozenset[tuple[SchemeState, SchemeAction, SchemeState]] = frozenset(
    {
        ("draft", "submit", "submitted"),
        ("draft", "drop", "dropped"),
        ("submitted", "approve", "approved"),
        ("submitted", "return", "returned"),
        ("returned", "drop", "dropped"),
    }
)
"""A scheme is never rewritten: another weighting is another variant over the same frozen figures."""


def target(state: SchemeState, action: SchemeAction) -> SchemeState | None:
    return next((after for before, act, after in TRANSITIONS if before == state and act == action), None)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most fen that a region gets."""

    floor: int = 0
    cap: int | None = None


NO_BOUNDS = Bounds()


class CannotDivide(ValueError):
    """``code``: floors above the money, caps below it, or figures that are all zero."""

    def __init__(self, code: Literal["floors_exceed", "caps_fall_short", "no_figures"], fen: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.fen = fen


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor brings a region: its figure, the sum of all, its weight and the fen."""

    factor: Factor
    value: int
    total: int
    weight: int
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """One region's result. ``amount = sum(parts) + adjustment``, to the fen."""

    region_code: str
    amount: int
    parts: tuple[Part, ...]
    adjustment: int
    """What floors and caps, of this region or of others, added or took."""
    held_by: Literal["floor", "cap"] | None


def divide(
    total: int,
    weights: Mapping[Factor, int],
    figures: Mapping[str, Mapping[Factor, int]],
    bounds: Mapping[str, Bounds],
) -> list[Line]:
    """Divide ``total`` fen over regions, in the order of their codes.

    A factor whose figures are all zero says nothing: the other weights count in its place.

    Raises:
        CannotDivide.
    """
    sums = {factor: sum(values[factor] for values in figures.values()) for factor in weights}
    speaking = {factor: weight for factor, weight in weights.items() if weight > 0 and sums[factor] > 0}
    if not speaking:
        raise CannotDivide("no_figures")
    shares = {
        region: sum(
            (Fraction(weight * values[factor], sums[factor]) for factor, weight in speaking.items()), Fraction(0)
        )
        for region, values in figures.items()
    }
    amounts = within_bounds(total, shares, {region: bounds.get(region, NO_BOUNDS) for region in figures})
    plain = split(total, shares)
    return [
        _line(region, amounts[region], plain[region], bounds.get(region, NO_BOUNDS), speaking, sums, figures[region])
        for region in sorted(figures)
    ]


def _line(
    region: str,
    amount: int,
    plain: int,
    bounds: Bounds,
    weights: Mapping[Factor, int],
    sums: Mapping[Factor, int],
    values: Mapping[Factor, int],
) -> Line:
    pulls = {factor: Fraction(weight * values[factor], sums[factor]) for factor, weight in weights.items()}
    brought = split(plain, pulls) if plain and any(pulls.values()) else dict.fromkeys(weights, 0)
    parts = tuple(Part(factor, values[factor], sums[factor], weights[factor], brought[factor]) for factor in weights)
    held: Literal["floor", "cap"] | None = None
    if amount != plain:
        if bounds.floor and amount == bounds.floor:
            held = "floor"
        elif amount == bounds.cap:
            held = "cap"
    return Line(region, amount, parts, amount - sum(brought.values()), held)


def within_bounds(total: int, shares: Mapping[str, Fraction], bounds: Mapping[str, Bounds]) -> dict[str, int]:
    """Divide by ``shares`` so that every region keeps its bounds; the rest stays in proportion.

    Regions that break a bound are held at it, on the side where more money is at stake first, and the others share
    what is left, until none breaks one.

    Raises:
        CannotDivide.
    """
    if (least := sum(bound.floor for bound in bounds.values())) > total:
        raise CannotDivide("floors_exceed", least - total)
    caps = [bound.cap for bound in bounds.values() if bound.cap is not None]
    if len(caps) == len(bounds) and sum(caps) < total:
        raise CannotDivide("caps_fall_short", total - sum(caps))
    held: dict[str, int] = {}
    while True:
        free = [region for region in shares if region not in held]
        left = total - sum(held.values())
        weight = sum((shares[region] for region in free), Fraction(0))
        if not free or (weight == 0 and left == 0):
            return held | dict.fromkeys(free, 0)
        if weight == 0:
            raise CannotDivide("caps_fall_short", left)
        exact = {region: left * shares[region] / weight for region in free}
        low = {region: bounds[region].floor for region in free if exact[region] < bounds[region].floor}
        high = {region: cap for region in free if (cap := bounds[region].cap) is not None and exact[region] > cap}
        if not low and not high:
            return held | round_to(left, exact)
        lifted = sum((floor - exact[region] for region, floor in low.items()), Fraction(0))
        cut = sum((exact[region] - cap for region, cap in high.items()), Fraction(0))
        held |= low if lifted >= cut else high


def fill(quota: int, room: Sequence[tuple[str, int]]) -> tuple[list[tuple[str, int]], int]:
    """Spend a region's quota on its planned projects in their order; (project, fen) and what finds no project."""
    found = []
    for project, left in room:
        amount = min(quota, left)
        if amount > 0:
            found.append((project, amount))
            quota -= amount
    return found, quota
