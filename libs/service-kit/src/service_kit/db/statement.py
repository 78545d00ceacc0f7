"""Building the SQL of hot lists: numbered arguments, and the tenant bound at every query level."""

from __future__ import annotations

from typing import Any

from service_kit.errors import NotFound
from service_kit.region import contains
from service_kit.scope import Scope
from service_kit.tokens import Actor


class Statement:
    """Arguments of one statement and the bounds of the region that it reads.

    ``county(alias)`` and ``inside(alias)`` are conditions for the WHERE of every query level: the first names the
    tenant (by equality whenever the region is a county or smaller, else by range), the second the regions. The
    literal range repeats what row-level security demands, so that both run as one index condition.
    """

    def __init__(self, region: str, region_column: str = "region_code") -> None:
        self.args: list[Any] = []
        self._scope = Scope(region)
        self._column = region_column
        self.one_county = len(region) >= 6
        self._counties: tuple[str, ...]
        if self.one_county:
            self._counties = (self.arg(region[:6]),)
        else:
            self._counties = (self.arg(self._scope.county_lo), self.arg(self._scope.county_hi))
        self._regions: tuple[str, str] | None = None

    def arg(self, value: Any) -> str:
        """Add an argument; returns its placeholder."""
        self.args.append(value)
        return f"${len(self.args)}"

    def county(self, alias: str) -> str:
        if len(self._counties) == 1:
            return f"{alias}.county_code = {self._counties[0]}"
        lo, hi = self._counties
        return f"{alias}.county_code >= {lo} AND {alias}.county_code < {hi}"

    def inside(self, alias: str) -> str:
        if self._regions is None:
            self._regions = (self.arg(self._scope.lo), self.arg(self._scope.hi))
        lo, hi = self._regions
        column = f"{alias}.{self._column}"
        return f"{self.county(alias)} AND {column} >= {lo} AND {column} < {hi}"


def region_of(actor: Actor, wanted: str | None) -> str:
    """The region a reader's list covers: what was asked for, cut to the reader's own.

    Raises:
        NotFound: the two have nothing in common; says no more than for a region that does not exist.
    """
    if wanted is None or contains(wanted, actor.region):
        return actor.region
    if not contains(actor.region, wanted):
        raise NotFound()
    return wanted


def iso(column: str) -> str:
    """SQL text of an instant as the API writes it: Shanghai time with its offset."""
    return f"""to_char({column} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US"+08:00"')"""


def yuan(expression: str) -> str:
    """SQL text of an amount in fen as a decimal yuan string; NULL stays NULL."""
    return f"to_char(({expression})::numeric / 100, 'FM99999999999999990.00')"
