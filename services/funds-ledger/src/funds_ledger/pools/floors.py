"""Pools follow the floor rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service_kit.clock import now
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import refused
from funds_ledger.floors.models import FloorRule
from funds_ledger.floors.rules import effective
from funds_ledger.pools import repository
from funds_ledger.pools.models import Pool
from funds_ledger.pools.schemas import balance_of
from funds_ledger.terms import SourceLevel


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
    for pool in await repository.lock_all(session, year, source_level, region_code):
        rule = effective(in_force, pool.county_code)
        if rule is None or rule.id == pool.floor_rule_id:
            continue
        # With the new floor; shortfall is what must first be taken back from other purposes.
        wanted = replace(balance_of(pool), floor_bp=rule.floor_bp)
        if (refusal := wanted.refusal()) is not None:
            error = refused(wanted, refusal)
            error.extra |= {"pool_id": str(pool.id), "county_code": pool.county_code}
            raise error
        await session.execute(
            update(Pool)
            .where(Pool.county_code == pool.county_code, Pool.id == pool.id)
            .values(
                floor_bp=rule.floor_bp,
                floor_rule_id=rule.id,
                version=Pool.version + 1,
                updated_at=now(),
            )
            .execution_options(synchronize_session=False)
        )
        changed += 1
    return changed
