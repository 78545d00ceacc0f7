"""Pools follow the floor rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from service_kit.clock import now
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import refused
from funds_ledger.floors.models import FloorRule
from funds_ledger.floors.rules import achieved_bp, bound
from funds_ledger.pools import repository
from funds_ledger.pools.models import Pool
from funds_ledger.pools.schemas import balance_of
from funds_ledger.scoping import in_counties
from funds_ledger.terms import SourceLevel


async def achieved(
    session: AsyncSession, region_code: str, year: int, source_level: SourceLevel
) -> defaultdict[str, int]:
    """The industry share, in basis points rounded up, that each county of a region has reached; 0 without a pool.

    As it stands now: a later change of that year reaches the next year's floor when its rule is set again.
    """
    columns = (Pool.county_code, Pool.allocated_industry_fen, Pool.allocated_other_fen)
    query = select(*columns).where(
        in_counties(Pool.county_code, region_code), Pool.year == year, Pool.source_level == source_level
    )
    shares = {code: achieved_bp(industry, industry + other) for code, industry, other in await session.execute(query)}
    return defaultdict(int, shares)


async def follow(
    session: AsyncSession,
    in_force: Sequence[FloorRule],
    year: int,
    source_level: SourceLevel,
    region_code: str,
) -> int:
    """Give each pool of the region the floor that now binds it; returns how many changed.

    Raises:
        IndustryFloorBroken: a pool has already given more elsewhere than that floor leaves; nothing is changed.
    """
    changed = 0
    asking = [rule for rule in in_force if rule.not_below_last_year]
    last_year = await achieved(session, region_code, year - 1, source_level)
    for pool in await repository.lock_all(session, year, source_level, region_code):
        floor = bound(in_force, asking, pool.county_code, last_year[pool.county_code])
        if floor is None or (floor.rule.id, floor.floor_bp, floor.last_year_bp) == (
            pool.floor_rule_id,
            pool.floor_bp,
            pool.last_year_bp,
        ):
            continue
        # With the new floor; shortfall is what must first be taken back from other purposes.
        wanted = replace(balance_of(pool), floor_bp=floor.floor_bp)
        if (refusal := wanted.refusal()) is not None:
            error = refused(wanted, refusal)
            error.extra |= {"pool_id": str(pool.id), "county_code": pool.county_code}
            raise error
        await session.execute(
            update(Pool)
            .where(Pool.county_code == pool.county_code, Pool.id == pool.id)
            .values(
                floor_bp=floor.floor_bp,
                floor_rule_id=floor.rule.id,
                last_year_bp=floor.last_year_bp,
                version=Pool.version + 1,
                updated_at=now(),
            )
            .execution_options(synchronize_session=False)
        )
        changed += 1
    return changed
