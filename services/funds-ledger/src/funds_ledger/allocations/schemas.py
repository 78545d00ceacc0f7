"""What crosses HTTP about allocations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.region import is_region_code
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.terms import MAX_FUND_FEN, FundYuanIn, Instant, Purpose, SourceLevel

AllocationStatus = Literal["allocated", "reversed"]


def _township_or_village(code: str) -> str:
    if len(code) not in (9, 12) or not is_region_code(code):
        raise PydanticCustomError("allocation_region", "资金应分配到乡镇或村，请选择 9 位或 12 位区划代码")
    return code


TargetRegion = Annotated[str, Field(max_length=12, examples=["431081106226"]), AfterValidator(_township_or_village)]


class AllocationLine(ApiModel):
    """What is given to one region."""

    region_code: TargetRegion
    purpose: Purpose
    title: Annotated[str, Field(min_length=1, max_length=200, description="项目或事项名称（会对外公示）")]
    amount: FundYuanIn
    note: Annotated[str, Field(max_length=1000, description="内部备注，不公示")] = ""
    document_id: Annotated[UUID | None, Field(description="由哪份指标文件安排；直达资金须注明才能跟踪")] = None
    project_id: Annotated[UUID | None, Field(description="年度计划内的项目；规则启用后必填")] = None


class AllocationWrite(AllocationLine):
    pool_id: UUID


class BulkAllocationWrite(ApiModel):
    """Lines of one pool that are posted as one act: all of them or none."""

    pool_id: UUID
    title: Annotated[str, Field(min_length=1, max_length=200, description="本批分配的名称（会对外公示）")]
    lines: Annotated[list[AllocationLine], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _bounded(self) -> BulkAllocationWrite:
        if sum(line.amount for line in self.lines) > MAX_FUND_FEN:
            raise PydanticCustomError("yuan_range", "金额合计超出允许的范围（不超过 1 万亿元）")
        return self


class BulkAllocationRead(ReadModel):
    batch_id: UUID
    pool_id: UUID
    lines: int
    amount: Yuan
    first_seq: Annotated[int, Field(description="第一行在资金池内的入账顺序号")]
    last_seq: int
    allocation_ids: Annotated[list[UUID], Field(description="各行的分配编号，与提交的顺序相同")]


class WorksheetLine(ApiModel):
    """One row of the workbench as it is typed: it may still be wrong or incomplete."""

    row: Annotated[int, Field(ge=1, le=1000, description="行号")]
    place: Annotated[str, Field(max_length=200)] = ""
    project: Annotated[str, Field(max_length=200)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    purpose: Purpose | None = None
    amount: FundYuanIn | None = None
    note: Annotated[str, Field(max_length=1000)] = ""
    state: Annotated[str, Field(max_length=1000, description="核对结果")] = ""


class Worksheet(ApiModel):
    pool_id: UUID
    title: Annotated[str, Field(min_length=1, max_length=200)]
    lines: Annotated[list[WorksheetLine], Field(min_length=1, max_length=1000)]


class ReversalRequest(ApiModel):
    reason: Annotated[str, Field(min_length=2, max_length=500, description="撤销原因")]


class AllocationRead(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    pool_id: UUID
    year: Annotated[int, Field(description="资金年度")]
    source_level: SourceLevel
    document_id: UUID | None
    direct: Annotated[bool, Field(description="是否直达资金")]
    project_id: UUID | None
    project_name: str | None
    notice_ends_on: Annotated[date | None, Field(description="公示到哪一天；不须公示的为空")]
    released_on: Annotated[date | None, Field(description="公示期满无异议、可以支付的日期")]
    purpose: Purpose
    title: str
    amount: Yuan
    committed: Annotated[Yuan, Field(description="已申请、已审核和已支付合计（元）")]
    paid: Annotated[Yuan, Field(description="已支付（元）")]
    batch_id: Annotated[UUID | None, Field(description="批量分配的批次")]
    note: str
    status: AllocationStatus
    reversed_at: Instant | None
    reversal_reason: str | None
    transfer_id: UUID
    reversal_transfer_id: UUID | None
    version: int
    created_at: Instant
    created_by_name: str
