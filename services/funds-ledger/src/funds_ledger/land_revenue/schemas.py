"""What crosses HTTP about land revenue."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.documents.schemas import PastDate
from funds_ledger.floors.schemas import BasisPoints, FloorRegion
from funds_ledger.terms import MAX_FUND_FEN, Instant, Year


def _bounded(fen: int) -> int:
    if fen > MAX_FUND_FEN:
        raise PydanticCustomError("yuan_range", "金额超出允许的范围（不超过 1 万亿元）")
    return fen


AmountIn = Annotated[YuanIn, AfterValidator(_bounded)]
Basis = Annotated[str, Field(min_length=2, max_length=500, description="依据：文件或决算表的名称和文号")]


class LandRevenueReportWrite(ApiModel):
    year: Year
    as_of: Annotated[PastDate, Field(description="截至日期，在本年度内")]
    gross: Annotated[AmountIn, Field(description="土地出让收入（元）")]
    net: Annotated[AmountIn, Field(description="土地出让收益（元）：收入减去成本性支出")]
    agriculture: Annotated[AmountIn, Field(description="计提用于农业农村（元）")]
    spent: Annotated[AmountIn, Field(description="其中已支出（元）")]
    basis: Basis

    @model_validator(mode="after")
    def _coherent(self) -> LandRevenueReportWrite:
        if self.as_of.year != self.year:
            raise PydanticCustomError("as_of_year", "截至日期应在本年度内")
        if self.net > self.gross:
            raise PydanticCustomError("net_range", "土地出让收益不能大于土地出让收入")
        if self.agriculture > self.gross:
            raise PydanticCustomError("agriculture_range", "计提用于农业农村的金额不能大于土地出让收入")
        if self.spent > self.agriculture:
            raise PydanticCustomError("spent_range", "已支出不能大于计提数")
        return self


class LandRevenueReportRead(ReadModel):
    id: UUID
    county_code: str
    year: int
    as_of: date
    revision: int
    gross: Yuan
    net: Yuan
    agriculture: Yuan
    spent: Yuan
    basis: str
    created_at: Instant
    created_by_name: str


class LandRevenueRuleWrite(ApiModel):
    region_code: FloorRegion
    from_year: Annotated[Year, Field(description="自哪一年度起")]
    net_bp: Annotated[BasisPoints, Field(description="占土地出让收益的最低比例，万分之几")]
    gross_bp: Annotated[BasisPoints, Field(description="占土地出让收入的最低比例，万分之几")]
    basis: Basis


class LandRevenueRuleRead(ReadModel):
    id: UUID
    region_code: str
    region_name: str | None
    from_year: int
    revision: int
    net_bp: int
    gross_bp: int
    basis: str
    created_at: Instant
    created_by_name: str


class LandRevenueYear(ReadModel):
    """A year against its rule. Shares in basis points, rounded down; empty where there is nothing to divide by."""

    county_code: str
    year: int
    as_of: date
    gross: Yuan
    net: Yuan
    agriculture: Yuan
    spent: Yuan
    net_share_bp: int | None
    gross_share_bp: int | None
    net_bp: Annotated[int | None, Field(description="应达到的占收益比例；没有规定时为空")]
    gross_bp: Annotated[int | None, Field(description="应达到的占收入比例；没有规定时为空")]
    required: Annotated[Yuan | None, Field(description="至少应计提（元），两项要求中较高的")]
    shortfall: Annotated[Yuan | None, Field(description="还差（元）")]
    reached: bool | None
    in_ledger: Annotated[Yuan, Field(description="台账中本年度土地出让资金池到账（元）")]
    basis: str
    reports: Annotated[int, Field(description="本年度填报次数")]
