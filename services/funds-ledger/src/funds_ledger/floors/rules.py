"""Which floor applies to a county when several regions have set one (FND-2). No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from service_kit.money import BASIS_POINTS
from service_kit.region import ancestors_of

from funds_ledger.terms import SourceLevel

RULE_REQUIRED: frozenset[SourceLevel] = frozenset({"central"})
"""Sources whose money is not accepted before somebody has set the floor: for them "no rule" is never "no floor"."""

UNRULED_BASIS = "未见对该来源资金产业占比的规定，按 0 执行"
"""Basis of the rule row that is written when the first money of another source arrives without a rule."""


class Floor(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def floor_bp(self) -> int: ...


F = TypeVar("F", bound=Floor)
R = TypeVar("R")


def binding_regions(county_code: str) -> list[str]:
    """Regions whose rules bind a county: the nation, its province, its prefecture, itself."""
    return ["", *ancestors_of(county_code), county_code]


def effective(rules: Iterable[F], county_code: str) -> F | None:
    """The rule that binds ``county_code``: the highest floor of all levels, at equal floors the nearest level.

    A lower level may ask for more than a higher one, never for less, so no county can talk itself out of a floor.
    """
    binding = set(binding_regions(county_code))
    candidates = [rule for rule in rules if rule.region_code in binding]
    return max(candidates, key=lambda rule: (rule.floor_bp, len(rule.region_code)), default=None)


@dataclass(frozen=True, slots=True)
class Bound(Generic[R]):
    """The floor of one county: how high, and the rule that makes it so high."""

    rule: R
    floor_bp: int
    last_year_bp: int | None
    """Last year's share when a binding rule asks for it, else None."""


def achieved_bp(industry: int, allocated: int) -> int:
    """The share that industry had in a year's allocations, in basis points rounded up; 0 when nothing was allocated.

    Up, because "not below" would otherwise let a county fall behind by less than a basis point each year.
    """
    return -(-industry * BASIS_POINTS // allocated) if allocated else 0


def bound(rules: Sequence[F], asking: Sequence[F], county_code: str, last_year_bp: int) -> Bound[F] | None:
    """The floor that binds ``county_code``: the highest rule, and last year's share where any binding rule asks for it.

    As with the rules themselves, a lower level can switch it on and none can switch it off for those below.

    Args:
        asking: those of the rules that say "not below last year".
    """
    highest = effective(rules, county_code)
    if highest is None:
        return None
    nearest = effective(asking, county_code)
    if nearest is None:
        return Bound(highest, highest.floor_bp, None)
    if last_year_bp > highest.floor_bp:
        return Bound(nearest, last_year_bp, last_year_bp)
    return Bound(highest, highest.floor_bp, last_year_bp)
