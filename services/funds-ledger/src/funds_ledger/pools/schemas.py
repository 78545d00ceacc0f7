"""What crosses HTTP about pools."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.pools.models import Pool
from funds_ledger.pools.rules import Balance, RefusalCode
from funds_ledger.terms import MAX_FUND_FEN, FundYuanIn, Instant, Purpose, SourceLevel


class PoolFigures(ReadModel):
    """What a pool holds; a sum over pools has the same figures."""

    received: Yuan
    allocated: Yuan
    allocated_industry: Yuan
    allocated_other: Yuan
    floor_bp: Annotated[int, Field(description="产业占比红线，万分之几")]
    industry_share_bp: Annotated[int | None, Field(description="已分配资金中产业所占，万分之几；未分配时为空")]
    headroom_other: Annotated[Yuan, Field(description="还可安排非产业（元）")]
    headroom_total: Annotated[Yuan, Field(description="还可分配（元）")]

    @staticmethod
    def figures_of(balance: Balance) -> dict[str, int | None]:
        return {
            "received": balance.received,
            "allocated": balance.allocated,
            "allocated_industry": balance.industry,
            "allocated_other": balance.other,
            "floor_bp": balance.floor_bp,
            "industry_share_bp": balance.industry_share_bp,
            "headroom_other": balance.headroom_other,
            "headroom_total": balance.headroom_total,
        }


class PoolRead(PoolFigures):
    id: UUID
    county_code: str
    year: int
    source_level: SourceLevel
    floor_rule_id: UUID
    last_year_bp: Annotated[
        int | None, Field(description="上年度实际产业占比，万分之几；红线要求不低于上年时才有，已计入红线")
    ]
    last_seq: Annotated[int, Field(description="已入账笔数")]
    version: int
    updated_at: Instant

    @classmethod
    def of(cls, pool: Pool) -> PoolRead:
        own = {name: getattr(pool, name) for name in cls.model_fields if hasattr(pool, name)}
        return cls.model_validate(own | cls.figures_of(balance_of(pool)))


def balance_of(pool: Pool) -> Balance:
    return Balance(pool.received_fen, pool.allocated_industry_fen, pool.allocated_other_fen, pool.floor_bp)


class DraftLine(ApiModel):
    purpose: Purpose
    amount: FundYuanIn


class SimulationRequest(ApiModel):
    """A draft that is tried against the pool as one act: all lines or none."""

    pool_id: UUID
    lines: Annotated[list[DraftLine], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _bounded(self) -> SimulationRequest:
        if sum(line.amount for line in self.lines) > MAX_FUND_FEN:
            raise PydanticCustomError("yuan_range", "金额合计超出允许的范围（不超过 1 万亿元）")
        return self


class Simulation(ReadModel):
    allowed: bool
    refusal: RefusalCode | None
    shortfall: Annotated[Yuan, Field(description="须减少的金额（元）；可行时为 0")]
    last_year_bp: Annotated[
        int | None, Field(description="上年度实际产业占比，万分之几；红线要求不低于上年时才有，已计入红线")
    ]
    before: PoolFigures
    after: PoolFigures
    """What the pool would look like; with a refusal its headroom is negative."""
