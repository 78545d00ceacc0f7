"""What crosses HTTP about payouts. Numbers of persons and accounts leave masked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel
from service_kit.validators import IdNumber

from funds_ledger.payments.schemas import AccountNumber
from funds_ledger.payouts.rules import BatchState, Decision, LineState, Problem, RunState
from funds_ledger.standards.rules import Category
from funds_ledger.standards.schemas import PersonYuanIn
from funds_ledger.terms import Instant

Reason = Annotated[str, Field(min_length=2, max_length=500, description="原因")]


class PayoutBatchWrite(ApiModel):
    allocation_id: Annotated[UUID, Field(description="从哪一笔资金安排发放")]
    standard_id: Annotated[UUID, Field(description="按哪一项补助标准")]
    period: Annotated[str, Field(min_length=4, max_length=10, description="期间：2026、2026秋、2026-09 或 once")]
    title: Annotated[str, Field(min_length=2, max_length=100)]
    bank: Annotated[str, Field(min_length=2, max_length=200, description="代发银行")]
    account_number: AccountNumber


class PayoutProblemCount(ReadModel):
    problem: Problem
    name: str
    lines: int
    open: Annotated[int, Field(description="尚未处理的行数")]


class PayoutRunRead(ReadModel):
    id: UUID
    number: int
    state: RunState
    payment_id: UUID
    lines: int
    amount: Yuan
    paid_lines: int
    paid: Yuan
    failed_lines: int
    submitted_by: UUID
    submitted_by_name: str
    decided_by_name: str | None
    decided_at: Instant | None
    opinion: str
    file_digest: Annotated[str | None, Field(description="银行文件的 SHA-256")]
    sent_at: Instant | None
    settled_at: Instant | None
    version: int


class PayoutBatchRow(ReadModel):
    id: UUID
    county_code: str
    title: str
    standard_id: UUID
    standard_code: str
    standard_name: str
    category: Category
    period: str
    allocation_id: UUID
    allocation_title: str
    bank: str
    account_mask: str
    limit: Yuan
    counted: bool
    state: BatchState
    run_state: Annotated[RunState | None, Field(description="最近一次报送的状态")]
    lines: int
    amount: Annotated[Yuan, Field(description="名单合计，不含剔除的行（元）")]
    paid_lines: int
    paid: Yuan
    failed_lines: int
    open_lines: Annotated[int, Field(description="有尚未处理的疑点的行数")]
    created_by: UUID
    created_by_name: str
    created_at: Instant
    version: int


class PayoutImportRead(ReadModel):
    id: UUID
    kind: Literal["list", "return"]
    accepted: int
    refused: Annotated[int, Field(description="没有收下的行数；可下载带“错误原因”的原表")]
    at: Instant
    by_name: str


class PayoutEventRead(ReadModel):
    act: str
    run_number: int | None
    lines: int | None
    amount: Yuan | None
    reason: str
    at: Instant
    by_name: str


class PayoutBatchDetail(PayoutBatchRow):
    allocation_left: Annotated[Yuan, Field(description="该笔资金安排还可申请的金额（元）")]
    listable: Annotated[bool, Field(description="可从监测档案提取名单")]
    problems: list[PayoutProblemCount]
    excluded_lines: int
    runs: list[PayoutRunRead]
    imports: list[PayoutImportRead]
    history: list[PayoutEventRead]


class PayoutLineRead(ReadModel):
    id: UUID
    batch_id: UUID
    line_no: int
    name: str
    id_number_mask: str
    account_mask: str | None
    bank: str
    holder: str
    quantity: int
    amount: Yuan
    note: str
    member_id: UUID | None
    household_id: UUID | None
    village_code: str | None
    village_name: str | None
    register_state: str | None
    problems: list[Problem]
    open: Annotated[list[Problem], Field(description="尚未处理的疑点")]
    state: LineState
    reason: str
    decided_by_name: str | None
    failure: str
    paid_at: Instant | None
    version: int


class PayoutLineUpdate(ApiModel):
    """Only what is sent changes. After the bank has sent money back, only the account can."""

    account_number: AccountNumber | None = None
    bank: Annotated[str | None, Field(max_length=200)] = None
    holder: Annotated[str | None, Field(max_length=100)] = None
    quantity: Annotated[int | None, Field(ge=1, le=1000, strict=True)] = None
    amount: PersonYuanIn | None = None


class PayoutDecisionWrite(ApiModel):
    """About the lines named, or about all lines with one problem."""

    decision: Decision
    line_ids: Annotated[list[UUID], Field(max_length=500, default_factory=list)]
    problem: Problem | None = None
    reason: Reason

    @model_validator(mode="after")
    def _about_something(self) -> PayoutDecisionWrite:
        if bool(self.line_ids) == (self.problem is not None):
            raise PydanticCustomError("lines_or_problem", "请选择若干行，或选择一种疑点")
        return self


class PayoutDecided(ReadModel):
    lines: Annotated[int, Field(description="处理了几行")]


class PayoutLoaded(ReadModel):
    added: int
    known: Annotated[int, Field(description="已在名单中的人数")]
    without_number: Annotated[int, Field(description="档案中没有身份证号而未列入的人数")]


class PayoutListAsked(ApiModel):
    on: Annotated[date | None, Field(description="按哪一天的档案；默认为今天")] = None


class PayoutOpinionWrite(ApiModel):
    opinion: Annotated[str, Field(max_length=500)] = ""


class PayoutReasonWrite(ApiModel):
    reason: Reason


class PersonSearch(ApiModel):
    id_number: IdNumber


class PersonPayout(ReadModel):
    line_id: UUID
    batch_id: UUID
    batch_title: str
    standard_code: str
    standard_name: str
    category: Category
    period: str
    amount: Yuan
    account_mask: str | None
    bank: str
    state: LineState
    failure: str
    reason: str
    returns: Annotated[int, Field(description="被银行退回的次数")]
    paid_at: Instant | None
    created_at: Instant


class PersonHistory(ReadModel):
    """Everything that a person was listed for, the newest first."""

    name: str
    id_number_mask: str
    member_id: UUID | None
    household_id: UUID | None
    register_state: str | None
    paid: Yuan
    items: list[PersonPayout]


class PayoutRevealWrite(ApiModel):
    field: Literal["id_number", "account_number"]
    reason: Reason


class PayoutRevealed(ReadModel):
    value: str
