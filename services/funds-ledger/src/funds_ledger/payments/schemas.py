"""What crosses HTTP about payments, their progress and the speed of allocation."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.floors.schemas import BasisPoints, FloorRegion
from funds_ledger.payments.rules import PaymentStatus
from funds_ledger.terms import FundYuanIn, Instant, SourceLevel, Year

AccountNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9][0-9 -]{6,38}[0-9]$"),
    Field(description="收款账号（8–30 位数字）", examples=["6222 0212 3456 7890 128"]),
]


class PaymentWrite(ApiModel):
    allocation_id: UUID
    amount: FundYuanIn
    payee: Annotated[str, Field(min_length=1, max_length=200, description="收款单位或个人")]
    bank: Annotated[str, Field(min_length=2, max_length=200, description="开户行")]
    account_number: AccountNumber
    evidence_number: Annotated[str, Field(min_length=1, max_length=100, description="凭证号（发票、验收单等）")]
    evidence: Annotated[str, Field(min_length=1, max_length=1000, description="支付依据")]
    contract_number: Annotated[str | None, Field(min_length=1, max_length=100, description="合同号；无合同时不填")] = (
        None
    )
    contract_amount: Annotated[FundYuanIn | None, Field(description="合同金额；与合同号同时填写")] = None

    @model_validator(mode="after")
    def _contract_whole(self) -> PaymentWrite:
        if (self.contract_number is None) != (self.contract_amount is None):
            raise PydanticCustomError("contract_incomplete", "合同号与合同金额须同时填写")
        return self


class ReviewRequest(ApiModel):
    opinion: Annotated[str, Field(max_length=500, description="审核意见")] = ""


class ReasonRequest(ApiModel):
    reason: Annotated[str, Field(min_length=2, max_length=500, description="原因")]


class PaymentRead(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    allocation_id: UUID
    allocation_title: str
    pool_id: UUID
    year: int
    source_level: SourceLevel
    amount: Yuan
    payee: str
    bank: str
    account_mask: Annotated[str, Field(description="收款账号（只显示末四位）")]
    evidence_number: str
    evidence: str
    contract_number: str | None
    contract_amount: Yuan | None
    status: PaymentStatus
    reviewed_by_name: str | None
    reviewed_at: Instant | None
    paid_at: Instant | None
    end_reason: str | None
    version: int
    created_at: Instant
    created_by: UUID
    created_by_name: str


class PaymentEventRead(ReadModel):
    from_status: PaymentStatus | None
    to_status: PaymentStatus
    reason: str
    at: Instant
    by_name: str


class PaymentDetail(PaymentRead):
    history: list[PaymentEventRead]
    transfer_id: UUID | None
    refund_transfer_id: UUID | None


class CheckpointWrite(ApiModel):
    year: Year
    source_level: SourceLevel
    region_code: FloorRegion
    due_on: date
    share_bp: BasisPoints
    basis: Annotated[str, Field(min_length=2, max_length=500, description="依据：文件名称和文号")]


class CheckpointRead(ReadModel):
    id: UUID
    year: int
    source_level: SourceLevel
    region_code: str
    due_on: date
    share_bp: int
    revision: int
    basis: str
    created_at: Instant
    created_by_name: str


class SpeedRuleWrite(ApiModel):
    region_code: FloorRegion
    effective_on: date
    full_days: Annotated[int, Field(ge=0, le=999, strict=True, description="不超过几个工作日得满分")]
    zero_days: Annotated[int, Field(ge=1, le=1000, strict=True, description="达到几个工作日得 0 分")]
    basis: Annotated[str, Field(min_length=2, max_length=500, description="依据：文件名称和文号")]

    @model_validator(mode="after")
    def _ordered(self) -> SpeedRuleWrite:
        if self.full_days >= self.zero_days:
            raise PydanticCustomError("days_order", "得 0 分的天数须大于得满分的天数")
        return self


class SpeedRuleRead(ReadModel):
    id: UUID
    region_code: str
    effective_on: date
    full_days: int
    zero_days: int
    revision: int
    basis: str
    created_at: Instant
    created_by_name: str


class CheckpointState(ReadModel):
    due_on: date
    share_bp: int
    due: Annotated[bool, Field(description="是否已到日期")]
    reached: bool
    missing: Annotated[Yuan, Field(description="达到该节点还须支付（元）")]


class Progress(ReadModel):
    allocated: Yuan
    paid: Yuan
    requested: Annotated[Yuan, Field(description="已申请未支付（元）")]
    paid_share_bp: Annotated[int | None, Field(description="支出进度，万分之几；没有分配时为空")]
    checkpoints: list[CheckpointState]


class SourceProgress(Progress):
    source_level: SourceLevel


class RegionProgress(Progress):
    source_level: SourceLevel
    region_code: str
    region_name: str | None


class MonthProgress(ReadModel):
    month: Annotated[str, Field(examples=["2026-03"])]
    paid: Annotated[Yuan, Field(description="当月支付，扣除当月收回（元）；收回多于支付时为负")]
    paid_so_far: Annotated[Yuan, Field(description="到当月底累计支付（元）")]
    paid_share_bp: Annotated[int | None, Field(description="累计支付占现有分配，万分之几")]


class ProgressReport(ReadModel):
    county_code: str
    year: int
    as_of: date
    by_source: list[SourceProgress]
    by_township: list[RegionProgress]
    by_month: Annotated[list[MonthProgress], Field(description="本年度资金逐月支付，从第一笔支付的月份到现在")]


class DocumentSpeed(ReadModel):
    document_id: UUID
    number: str
    source_level: SourceLevel
    received_on: date
    amount: Yuan
    allocated: Yuan
    waiting: Annotated[Yuan, Field(description="尚未分配（元）")]
    days: Annotated[int | None, Field(description="最后一笔分配距收到的工作日数")]
    waiting_days: Annotated[int | None, Field(description="未分配部分已等待的工作日数")]
    full_days: int
    zero_days: int
    score_bp: Annotated[int, Field(description="得分，满分的万分之几，按金额加权")]


class SpeedReport(ReadModel):
    county_code: str
    year: int
    as_of: date
    score_bp: Annotated[int | None, Field(description="全部文件按金额加权的得分；没有文件时为空")]
    documents: list[DocumentSpeed]
