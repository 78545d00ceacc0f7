"""Building the SQL of hot lists: numbered arguments, and the tenant bound at every query level."""

from __future__ import annotations

from typing import Any

from service_kit.db import ReadConnection
from service_kit.errors import NotFound
from service_kit.region import contains
from service_kit.scope import Scope
from service_kit.tokens import Actor


class Statement:
    """Arguments of one statement and the bounds of the region that it reads.

    ``county(alias)`` and ``inside(alias)`` are conditions for the WHERE of every query level: the first names the
    tenant (by equality whenever the region is a county or smaller, else by range), the second the villages. The
    region's literal range repeats what row-level security demands, so that both run as one index condition.
    """

    def __init__(self, region: str) -> None:
        self.args: list[Any] = []
        self._scope = Scope(region)
        self.one_county = len(region) >= 6
        if self.one_county:
            self._counties: tuple[str, ...] = (self.arg(region[:6]),)
        else:
            self._counties = (self.arg(self._scope.county_lo), self.arg(self._scope.county_hi))
        self._villages: tuple[str, str] | None = None

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
        if self._villages is None:
            self._villages = (self.arg(self._scope.lo), self.arg(self._scope.hi))
        lo, hi = self._villages
        return f"{self.county(alias)} AND {alias}.village_code >= {lo} AND {alias}.village_code < {hi}"


async def plan_by_values(db: ReadConnection) -> None:
    """Plan the statements of this transaction anew for their values.

    After five runs PostgreSQL may settle on one plan for all values, which is right for a page of a list and wrong
    where the values decide the order of joins: a rare name across the nation went from 3 ms to 3.7 s.
    """
    await db.plan_by_values()


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
    """SQL text of an amount in fen as a decimal yuan string."""
    return f"to_char(({expression})::numeric / 100, 'FM99999999999999990.00')"
