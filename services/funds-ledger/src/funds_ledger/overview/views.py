"""SQL of the totals: from pools and account balances, never by adding up allocations."""

from __future__ import annotations

from typing import Any

from service_kit.db import ReadConnection
from service_kit.region import child_length
from service_kit.scope import Scope

_COUNTIES = "county_code >= $1 AND county_code < $2"

_LATEST_YEAR = f"SELECT max(year) FROM account WHERE {_COUNTIES}"  # noqa: S608 - constants

_BY_SOURCE = f"""
    SELECT source_level, floor_bp > 0 AS bound, max(floor_bp) AS floor_bp, count(*) AS pools,
        sum(received_fen)::bigint AS received,
        sum(allocated_industry_fen)::bigint AS industry,
        sum(allocated_other_fen)::bigint AS other,
        sum(least(
            received_fen * (10000 - floor_bp) / 10000 - allocated_other_fen,
            received_fen - allocated_industry_fen - allocated_other_fen
        ))::bigint AS headroom_other,
        (array_agg(id))[1] AS id, min(county_code) AS county_code, max(version) AS version
    FROM pool WHERE {_COUNTIES} AND year = $3
    GROUP BY source_level, floor_bp > 0
"""  # noqa: S608 - constants

_ALLOCATED = f"""
    SELECT coalesce(sum(debited_fen - credited_fen), 0)::bigint AS allocated,
        coalesce(sum(debited_fen - credited_fen) FILTER (WHERE purpose = 'industry'), 0)::bigint AS industry
    FROM account
    WHERE {_COUNTIES} AND region_code >= $3 AND region_code < $4 AND kind IN ('allocated', 'paid') AND year = $5
"""  # noqa: S608 - constants

_CHILDREN = f"""
    SELECT child.code, region.name, child.allocated, child.industry
    FROM (
        SELECT left(region_code, $6) COLLATE "C" AS code,
            sum(debited_fen - credited_fen)::bigint AS allocated,
            coalesce(sum(debited_fen - credited_fen) FILTER (WHERE purpose = 'industry'), 0)::bigint AS industry
        FROM account
        WHERE {_COUNTIES} AND region_code >= $3 AND region_code < $4 AND kind IN ('allocated', 'paid') AND year = $5
            AND length(region_code) >= $6
        GROUP BY 1
    ) child
    LEFT JOIN region ON region.code = child.code
    WHERE child.allocated <> 0
    ORDER BY child.code
"""  # noqa: S608 - constants


async def latest_year(db: ReadConnection, region_code: str) -> int | None:
    """The newest year with money in the region's county or counties."""
    scope = Scope(region_code)
    year: int | None = await db.value(_LATEST_YEAR, scope.county_lo, scope.county_hi)
    return year


async def region_name(db: ReadConnection, region_code: str) -> str | None:
    name: str | None = await db.value("SELECT name FROM region WHERE code = $1", region_code)
    return name


async def by_source(db: ReadConnection, region_code: str, year: int) -> list[Any]:
    """Sums of the pools per source level, those under a floor apart from those without."""
    scope = Scope(region_code)
    return await db.rows(_BY_SOURCE, scope.county_lo, scope.county_hi, year)


async def allocated(db: ReadConnection, region_code: str, year: int) -> tuple[int, int]:
    """What the region holds: all of it and the part for industry, in fen."""
    scope = Scope(region_code)
    row = await db.row(_ALLOCATED, scope.county_lo, scope.county_hi, scope.lo, scope.hi, year)
    return (row["allocated"], row["industry"]) if row else (0, 0)


async def children(db: ReadConnection, region_code: str, year: int) -> list[Any]:
    """What the regions of the next level hold; empty below a village."""
    length, scope = child_length(region_code), Scope(region_code)
    if length is None:
        return []
    return await db.rows(_CHILDREN, scope.county_lo, scope.county_hi, scope.lo, scope.hi, year, length)
