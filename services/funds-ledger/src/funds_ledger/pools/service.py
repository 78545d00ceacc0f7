"""Finding, opening and trying out pools."""

from __future__ import annotations

from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.floors import repository as floors
from funds_ledger.floors import service as floor_service
from funds_ledger.ledger import repository as ledger
from funds_ledger.ledger.chain import GENESIS
from funds_ledger.ledger.rules import effect_of_allocation
from funds_ledger.pools import repository
from funds_ledger.pools.models import Pool
from funds_ledger.pools.schemas import PoolFigures, Simulation, SimulationRequest, balance_of
from funds_ledger.terms import SourceLevel


async def get(session: AsyncSession, actor: Actor, pool_id: UUID) -> Pool:
    """Raises NotFound when there is none in the actor's scope."""
    pool = await repository.find(session, actor, pool_id)
    if pool is None:
        raise NotFound("没有找到这个资金池，或不在您的管辖范围内")
    return pool


async def of_source(session: AsyncSession, county_code: str, year: int, source_level: SourceLevel) -> Pool:
    """Raises NotFound when no money of this source has come in that year."""
    pool = await repository.find_by_source(session, county_code, year, source_level)
    if pool is None:
        raise NotFound("该年度没有收到这一来源的资金")
    return pool


async def open_pool(
    session: AsyncSession, actor: Actor, county_code: str, year: int, source_level: SourceLevel
) -> Pool:
    """The pool of a county, year and source; made with its two accounts and its floor when money first arrives.

    Raises:
        FloorMissing: nobody has set the floor that this source must have.
    """
    if pool := await repository.find_by_source(session, county_code, year, source_level):
        return pool
    await floors.lock(session, year, source_level)
    floor = await floor_service.binding(session, actor, county_code, year, source_level)
    moment = now()
    await repository.add(
        session,
        {
            "county_code": county_code,
            "id": uuid7(),
            "year": year,
            "source_level": source_level,
            "received_fen": 0,
            "allocated_industry_fen": 0,
            "allocated_other_fen": 0,
            "floor_bp": floor.floor_bp,
            "floor_rule_id": floor.rule.id,
            "last_year_bp": floor.last_year_bp,
            "previous_hash": GENESIS,
            "last_hash": GENESIS,
            "last_seq": 0,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        },
    )
    pool = await of_source(session, county_code, year, source_level)
    await ledger.ensure_accounts(
        session,
        pool,
        [
            ledger.AccountKey(county_code, pool.id, "income", county_code),
            ledger.AccountKey(county_code, pool.id, "available", county_code),
        ],
    )
    return pool


async def simulate(session: AsyncSession, actor: Actor, body: SimulationRequest) -> Simulation:
    """Would these lines fit now? Reads only; a later posting decides for itself."""
    pool = await get(session, actor, body.pool_id)
    before = balance_of(pool)
    effects = [effect_of_allocation(line.purpose, line.amount) for line in body.lines]
    after = before.after(
        industry=sum(effect.industry for effect in effects), other=sum(effect.other for effect in effects)
    )
    refusal = after.refusal()
    return Simulation(
        allowed=refusal is None,
        refusal=refusal.code if refusal else None,
        shortfall=refusal.shortfall if refusal else 0,
        last_year_bp=pool.last_year_bp,
        before=PoolFigures.model_validate(PoolFigures.figures_of(before)),
        after=PoolFigures.model_validate(PoolFigures.figures_of(after)),
    )
