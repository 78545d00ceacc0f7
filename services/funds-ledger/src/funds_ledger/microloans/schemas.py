"""What crosses HTTP about microloans."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.floors.schemas import BasisPoints, FloorRegion
from funds_ledger.microloans.rules import Problem, Standing
from funds_ledger.terms import FundYuanIn, Instant, Year

Basis = Annotated[str, Field(min_length=2, max_length=500, description="依据：文件名称和文号")]


def _not_later(day: date) -> date:
    if day > today():
        raise PydanticCustomError("future", "不能是以后的日期")
    return day


PastDay = Annotated[date, AfterValidator(_not_later)]


class MicroloanPolicyWrite(ApiModel):
    region_code: FloorRegion
    effective_on: date
    maximum: FundYuanIn
    max_months: Annotated[int, Field(ge=1, le=120, strict=True)]
    min_age: Annotated[int, Field(ge=0, le=120, strict=True)]
    max_age: Annotated[int, Field(ge=0, le=120, strict=True)]
    rate_cap_bp: Annotated[BasisPoints | None, Field(description="年利率上限，万分之几")] = None
    subsidy_share_bp: Annotated[BasisPoints | None, Field(description="贴息比例，万分之几")] = None
    basis: Basis

    @model_validator(mode="after")
    def _ages(self) -> MicroloanPolicyWrite:
        if self.min_age > self.max_age:
            raise PydanticCustomError("age_order", "年龄下限不能大于上限")
        return self


class MicroloanPolicyRead(ReadModel):
    id: UUID
    region_code: str
    effective_on: date
    revision: int
    maximum: Yuan
    max_months: int
    min_age: int
    max_age: int
    rate_cap_bp: int | None
    subsidy_share_bp: int | None
    basis: str
    created_at: Instant
    created_by_name: str
    in_force: bool


class MicroloanPolicies(ReadModel):
    items: list[MicroloanPolicyRead]


class MicroloanTargetWrite(ApiModel):
    region_code: Annotated[str, Field(pattern=r"^\d{6}$", description="县代码")]
    year: Year
    amount: FundYuanIn
    basis: Basis


class MicroloanTargetRead(ReadModel):
    id: UUID
    region_code: str
    year: int
    revision: int
    amount: Yuan
    basis: str
    created_at: Instant
    created_by_name: str


class RefusedRow(ReadModel):
    row: int
    reasons: list[str]


class MicroloanImported(ReadModel):
    accepted: int
    refused: int
    rows: Annotated[list[RefusedRow], Field(description="没有收下的行，最多 200 行")]
    sheet: Annotated[str | None, Field(description="带“错误原因”的原表，xlsx 的 base64")]
    overdue_told: Annotated[int, Field(description="新发现逾期并已告知监测的笔数")]


class MicroloanRead(ReadModel):
    id: UUID
    lender: str
    contract_number: str
    name: str
    id_number_mask: str
    household_id: UUID | None
    village_code: str | None
    village_name: str | None
    principal: Yuan
    balance: Yuan
    rate_bp: int
    disbursed_on: date
    due_on: date
    overdue_days: int
    purpose: str
    household_used: bool
    standing: Standing
    problems: list[Problem]
    reported_on: date
    told_overdue_at: Instant | None


class Sums(ReadModel):
    loans: int
    balance: Yuan


class TownshipLoans(ReadModel):
    region_code: str | None
    region_name: str | None
    disbursed: Yuan
    balance: Yuan
    overdue: Yuan


class MicroloanOverview(ReadModel):
    county_code: str
    year: int
    as_of: date
    target: Annotated[Yuan | None, Field(description="年度发放目标；没有设定时为空")]
    target_basis: str | None
    disbursed: Annotated[Yuan, Field(description="当年发放（元）")]
    disbursed_loans: int
    share_bp: Annotated[int | None, Field(description="完成目标的万分之几")]
    open: Sums
    households: int
    household_used_bp: Annotated[int | None, Field(description="户贷户用占余额的万分之几")]
    due_soon: Sums
    overdue: Sums
    overdue_bp: Annotated[int | None, Field(description="逾期余额占余额的万分之几")]
    with_problems: int
    townships: list[TownshipLoans]


class SubsidyPeriod(ApiModel):
    start: date
    end: PastDay

    @model_validator(mode="after")
    def _ordered(self) -> SubsidyPeriod:
        if not 0 <= (self.end - self.start).days <= 366:
            raise PydanticCustomError("period_order", "计息期间应在一年以内，截止日期不能早于起始日期")
        return self
