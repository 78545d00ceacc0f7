"""What crosses HTTP about the way of the money."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from service_kit.money import Yuan
from service_kit.schemas import ReadModel

from funds_ledger.allocations.schemas import AllocationStatus
from funds_ledger.payments.rules import PaymentStatus
from funds_ledger.payouts.rules import RunState
from funds_ledger.pools.schemas import PoolRead
from funds_ledger.projects.rules import State
from funds_ledger.terms import Instant, Purpose


class TrailDocument(ReadModel):
    id: UUID
    number: str
    title: str
    received_on: date
    direct: bool
    amount: Yuan
    current: Yuan


class TrailProject(ReadModel):
    id: UUID
    name: str
    state: State
    planned: Yuan | None


class TrailAllocation(ReadModel):
    id: UUID
    region_code: str
    region_name: str | None
    purpose: Purpose
    title: str
    amount: Yuan
    status: AllocationStatus
    document_id: UUID | None


class TrailPayment(ReadModel):
    id: UUID
    allocation_id: UUID
    payee: str
    amount: Yuan
    status: PaymentStatus
    paid_at: Instant | None


class TrailPayout(ReadModel):
    """One file to the bank, below its payment."""

    id: UUID
    batch_id: UUID
    batch_title: str
    number: int
    payment_id: UUID
    state: RunState
    lines: int
    amount: Yuan
    paid_lines: int
    paid: Yuan


class TrailSum(ReadModel):
    """One level of the trail, once from its own rows and once from the transfers."""

    level: Literal["document", "allocation", "payment", "payout"]
    amount: Annotated[Yuan, Field(description="按登记记录合计（元）")]
    ledger: Annotated[Yuan, Field(description="按分录合计（元）")]
    agrees: bool


class Trail(ReadModel):
    pool: Annotated[PoolRead | None, Field(description="资金池；不在管辖范围内时为空")]
    document: Annotated[TrailDocument | None, Field(description="指标文件；未注明文件或不在管辖范围内时为空")]
    project: Annotated[TrailProject | None, Field(description="按项目查询时的项目")] = None
    allocations: list[TrailAllocation]
    payments: list[TrailPayment]
    payouts: Annotated[list[TrailPayout], Field(description="补贴发放：每次报送银行及其到账")]
    sums: list[TrailSum]
    more: Annotated[bool, Field(description="分配、支付或发放超过 500 条，只列出最早的；合计为全部")]
