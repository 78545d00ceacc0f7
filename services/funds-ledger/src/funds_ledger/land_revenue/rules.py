"""How much of the land revenue must go to agriculture: a share of the net and one of the gross (FND-11). No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from service_kit.money import BASIS_POINTS
from service_kit.region import ancestors_of


class Rule(Protocol):
    @property
    def region_code(self) -> str: ...
    @property
    def from_year(self) -> int: ...
    @property
    def revision(self) -> int: ...
    @property
    def net_bp(self) -> int: ...
    @property
    def gross_bp(self) -> int: ...


R = TypeVar("R", bound=Rule)


def binding(rules: Iterable[R], county_code: str, year: int) -> list[R]:
    """Per region that binds the county its rule for ``year``: the latest that has begun, in its newest revision."""
    regions = {"", *ancestors_of(county_code), county_code}
    found: dict[str, R] = {}
    for rule in rules:
        if rule.region_code not in regions or rule.from_year > year:
            continue
        known = found.get(rule.region_code)
        if known is None or (rule.from_year, rule.revision) > (known.from_year, known.revision):
            found[rule.region_code] = rule
    return [found[code] for code in sorted(found)]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a year's land revenue must give and gives to agriculture, in fen."""

    net_bp: int
    gross_bp: int
    required_by_net: int
    required_by_gross: int
    shortfall: int
    """Until both shares are reached; zero when they are."""

    @property
    def reached(self) -> bool:
        return self.shortfall == 0


def measure(rules: Sequence[Rule], *, gross: int, net: int, agriculture: int) -> Measure | None:
    """Against the strictest of the binding rules: a lower level may ask for more, never for less.

    What is wanted is rounded up to the fen. None when there is no rule.
    """
    if not rules:
        return None
    net_bp, gross_bp = max(rule.net_bp for rule in rules), max(rule.gross_bp for rule in rules)
    by_net, by_gross = (-(-amount * bp // BASIS_POINTS) for amount, bp in ((net, net_bp), (gross, gross_bp)))
    return Measure(net_bp, gross_bp, by_net, by_gross, max(by_net, by_gross, agriculture) - agriculture)
