"""The way down through the regions on the public pages; names of regions are no secret."""

from __future__ import annotations

from dataclasses import dataclass, field

from service_kit.context import ServiceContext
from service_kit.db import ReadConnection, read_connection
from service_kit.region import ancestors_of

_NAMES = "SELECT code, name FROM region WHERE code = ANY($1) ORDER BY code"
_BELOW = "SELECT code, name FROM region WHERE parent_code = $1 ORDER BY code LIMIT 200"
_EVERYWHERE = ("", "全部地区")


@dataclass(slots=True)
class Surroundings:
    path: list[tuple[str, str]] = field(default_factory=list)
    """From everywhere down to the region: code and name."""
    children: list[tuple[str, str]] = field(default_factory=list)


async def around(ctx: ServiceContext, code: str) -> Surroundings | None:
    """Where a region is and what lies below it; None when it is not in the catalogue.

    A single region below is stepped over: in a system of one county nobody has to choose province and prefecture.
    """
    async with read_connection(ctx, None) as db:
        names = await _pairs(db, _NAMES, [*ancestors_of(code), code])
        if code and (not names or names[-1][0] != code):
            return None
        below = await _pairs(db, _BELOW, code)
        while len(below) == 1 and len(below[0][0]) < 6 and (further := await _pairs(db, _BELOW, below[0][0])):
            below = further
    return Surroundings([_EVERYWHERE, *names], below)


async def _pairs(db: ReadConnection, sql: str, argument: str | list[str]) -> list[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in await db.rows(sql, argument)]
