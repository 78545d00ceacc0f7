"""Which floor applies to a county when several regions have set one (FND-2). No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from service_kit.region import ancestors_of

from funds_ledger.terms import SourceLevel

RULE_REQUIRED: frozenset[SourceLevel] = frozenset({"central"})
"""Sources whose money is not accepted before somebody has set the floor: for them "no rule" is never "no floor"."""

UNRULED_BASIS = "未见对该来源资金产业占比的规定,按 0 执行"
"""Basis of the rule row that is written when the first money of another source arrives without a rule."""


class Floor(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def floor_bp(self) -> int: ...


F = TypeVar("F", bound=Floor)


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
