"""HTTP of pools and their headroom."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from service_kit.db import DbSession
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode

from funds_ledger.pools import repository, service
from funds_ledger.pools.auth import PoolsRead
from funds_ledger.pools.schemas import PoolRead, Simulation, SimulationRequest
from funds_ledger.scoping import chosen_county
from funds_ledger.terms import SourceLevel, Year

router = APIRouter(tags=["pools"])


@router.get("/pools", summary="资金池列表")
async def list_pools(
    actor: PoolsRead,
    session: DbSession,
    paging: Paging,
    year: Annotated[Year | None, Query()] = None,
    source_level: Annotated[SourceLevel | None, Query()] = None,
) -> Page[PoolRead]:
    after = paging.after(int, str, UUID)
    pools = await repository.page(
        session,
        actor,
        year=year,
        source_level=source_level,
        after=(after[0], after[1], after[2]) if after else None,
        limit=paging.limit + 1,
    )
    kept, following = cut(pools, paging.limit, lambda pool: (pool.year, pool.county_code, pool.id))
    return Page(items=[PoolRead.of(pool) for pool in kept], next=following)


@router.get("/pools/{pool_id}", summary="资金池")
async def get_pool(pool_id: UUID, actor: PoolsRead, session: DbSession) -> PoolRead:
    return PoolRead.of(await service.get(session, actor, pool_id))


@router.get("/headroom", summary="还可安排的余量")
async def get_headroom(
    actor: PoolsRead,
    session: DbSession,
    year: Annotated[Year, Query()],
    source_level: Annotated[SourceLevel, Query()],
    county: Annotated[RegionCode | None, Query(description="县代码；不填为本县")] = None,
) -> PoolRead:
    """The pool of a county, year and source with its exact headroom."""
    county_code = chosen_county(actor, county, "query.county")
    return PoolRead.of(await service.of_source(session, county_code, year, source_level))


@router.post("/headroom/simulation", summary="试算一份分配方案（不入账）")
async def simulate_allocations(body: SimulationRequest, actor: PoolsRead, session: DbSession) -> Simulation:
    return await service.simulate(session, actor, body)
