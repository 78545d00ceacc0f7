"""What crosses HTTP about subsidy standards."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import PositiveYuanIn, Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.floors.schemas import FloorRegion
from funds_ledger.standards.rules import LISTABLE, Among, Category, ListedBy, PeriodKind
from funds_ledger.terms import Instant

MOST_FEN = 100_000_000
"""One million yuan: no standard for one person comes near it."""


def _bounded(fen: int) -> int:
    if fen > MOST_FEN:
        raise PydanticCustomError("yuan_range", "每人标准不能超过 100 万元")
    return fen


PersonYuanIn = Annotated[PositiveYuanIn, AfterValidator(_bounded)]


class StandardWrite(ApiModel):
    region_code: FloorRegion
    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,39}$", description="编号：大写字母、数字和连字符")]
    name: Annotated[str, Field(min_length=2, max_length=100)]
    category: Category
    beneficiary: Annotated[str, Field(min_length=2, max_length=200, description="补助对象")]
    unit: Annotated[str, Field(min_length=1, max_length=40, description="单位，如 元/生/年")]
    amount: PersonYuanIn
    counted: Annotated[bool, Field(description="是否按天、月等计数")] = False
    period_kind: PeriodKind
    condition: Annotated[str, Field(max_length=500)] = ""
    listed_by: ListedBy | None = None
    listed_value: Annotated[str | None, Field(max_length=40)] = None
    among: Among = "lifted_or_monitored"
    effective_on: date
    ends_on: date | None = None
    basis: Annotated[str, Field(min_length=2, max_length=500, description="依据：文件名称和文号")]

    @model_validator(mode="after")
    def _consistent(self) -> StandardWrite:
        if (self.listed_by is None) != (self.listed_value is None):
            raise PydanticCustomError("list_complete", "名单来源和名单内容须同时填写")
        if self.listed_by is not None and self.listed_value not in LISTABLE[self.listed_by]:
            raise PydanticCustomError("list_unknown", "档案中没有这种名单")
        if self.ends_on is not None and self.ends_on < self.effective_on:
            raise PydanticCustomError("period_order", "停止日期不能早于生效日期")
        return self


class StandardRead(ReadModel):
    id: UUID
    region_code: str
    code: str
    revision: int
    name: str
    category: Category
    beneficiary: str
    unit: str
    amount: Yuan
    counted: bool
    period_kind: PeriodKind
    condition: str
    listed_by: ListedBy | None
    listed_value: str | None
    among: Among
    effective_on: date
    ends_on: date | None
    basis: str
    created_at: Instant
    created_by_name: str
    in_force: Annotated[bool, Field(description="今天是否有效")]


class Standards(ReadModel):
    items: list[StandardRead]
