"""What crosses HTTP about allocation by factors."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.allocations.schemas import TargetRegion
from funds_ledger.factors.rules import Factor, SchemeState
from funds_ledger.terms import FundYuanIn, Instant, Purpose, SourceLevel

Level = Literal["township", "village"]


class BoundIn(ApiModel):
    region_code: TargetRegion
    floor: Annotated[YuanIn, Field(description="保底，元")] = 0
    cap: Annotated[YuanIn | None, Field(description="封顶，元")] = None

    @model_validator(mode="after")
    def _ordered(self) -> BoundIn:
        if self.cap is not None and self.cap < self.floor:
            raise PydanticCustomError("bounds", "封顶不能低于保底")
        return self


class FactorWeight(ApiModel):
    factor: Factor
    weight: Annotated[int, Field(ge=0, le=100, strict=True)]


class SchemeWork(ApiModel):
    """What a scheme is worked out from."""

    pool_id: UUID
    level: Level = "township"
    purpose: Purpose
    amount: FundYuanIn
    weights: Annotated[list[FactorWeight], Field(min_length=1, max_length=6, description="权重合计 100")]
    bounds: Annotated[list[BoundIn], Field(max_length=1000)] = Field(default_factory=list)
    figures_of: Annotated[UUID | None, Field(description="沿用另一方案已冻结的数据；空为重新取数")] = None

    @model_validator(mode="after")
    def _coherent(self) -> SchemeWork:
        factors = [line.factor for line in self.weights]
        if len(set(factors)) != len(factors):
            raise PydanticCustomError("factor_twice", "同一因素只填一行")
        if sum(line.weight for line in self.weights) != 100:
            raise PydanticCustomError("weights_sum", "权重合计应为 100")
        regions = [line.region_code for line in self.bounds]
        if len(set(regions)) != len(regions):
            raise PydanticCustomError("region_twice", "同一地区只填一行")
        return self


class SchemeWrite(SchemeWork):
    name: Annotated[str, Field(min_length=2, max_length=100, description="方案名称（会对外公示）")]
    note: Annotated[str, Field(max_length=1000)] = ""


class OpinionIn(ApiModel):
    opinion: Annotated[str, Field(max_length=500)] = ""


class ReasonIn(ApiModel):
    opinion: Annotated[str, Field(min_length=2, max_length=500, description="退回理由")]


class PartRead(ReadModel):
    factor: Factor
    value: int
    total: int
    weight: int
    amount: Yuan


class SchemeLine(ReadModel):
    region_code: str
    name: str
    amount: Yuan
    parts: list[PartRead]
    adjustment: Annotated[Yuan, Field(description="保底、封顶带来的增减，元")]
    held_by: Literal["floor", "cap"] | None
    floor: Yuan | None
    cap: Yuan | None


class SchemeRow(ReadModel):
    id: UUID
    county_code: str
    pool_id: UUID
    year: int
    source_level: SourceLevel
    name: str
    purpose: Purpose
    level: Level
    amount: Yuan
    weights: dict[str, int]
    state: SchemeState
    batch_id: UUID | None
    frozen_at: Instant
    created_by_name: str
    decided_by_name: str | None
    opinion: str
    note: str
    created_at: Instant
    version: int


class SchemePreview(ReadModel):
    """What would come out; nothing is kept."""

    frozen_at: Instant
    amount: Yuan
    lines: list[SchemeLine]


class Scheme(SchemeRow):
    lines: list[SchemeLine]
    mine: bool
