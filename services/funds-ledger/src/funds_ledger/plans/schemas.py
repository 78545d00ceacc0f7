"""What crosses HTTP about yearly plans."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.plans.rules import PlanState
from funds_ledger.projects.rules import Category, State
from funds_ledger.publication.schemas import NoticeState
from funds_ledger.terms import MAX_FUND_FEN, FundYuanIn, Instant, Purpose, Year


class PlanLineIn(ApiModel):
    project_id: UUID
    priority: Annotated[int, Field(ge=1, le=9999, strict=True, description="优先次序")]
    amount: Annotated[FundYuanIn, Field(description="本年度计划资金")]


class PlanWrite(ApiModel):
    """A plan as it shall stand; while it is a draft it may be written anew."""

    year: Year
    title: Annotated[str, Field(min_length=2, max_length=200, description="计划名称（会对外公示）")]
    note: Annotated[str, Field(max_length=1000)] = ""
    lines: Annotated[list[PlanLineIn], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _coherent(self) -> PlanWrite:
        ids = [line.project_id for line in self.lines]
        if len(set(ids)) != len(ids):
            raise PydanticCustomError("project_twice", "同一项目只列一行")
        if sum(line.amount for line in self.lines) > MAX_FUND_FEN:
            raise PydanticCustomError("yuan_range", "金额合计超出允许的范围（不超过 1 万亿元）")
        return self


class PlanLineRead(ReadModel):
    project_id: UUID
    name: str
    region_code: str
    region_name: str | None
    category: Category | None
    purpose: Purpose
    state: State
    priority: int
    planned: Yuan
    allocated: Annotated[Yuan, Field(description="本年度已分配（元）")]
    ended_on: date | None


class PlanRow(ReadModel):
    id: UUID
    county_code: str
    year: int
    title: str
    note: str
    state: PlanState
    lines: int
    planned: Yuan
    industry: Annotated[Yuan, Field(description="其中产业项目（元）")]
    notice: NoticeState | None
    effective_on: date | None
    created_by_name: str
    approved_by_name: str | None
    created_at: Instant
    version: int


class Plan(PlanRow):
    projects: list[PlanLineRead]
    mine: Annotated[bool, Field(description="本人编制的计划须由他人批准")]
