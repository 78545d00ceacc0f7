"""What crosses HTTP about allocations."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.region import is_region_code
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.terms import FundYuanIn, Instant, Purpose, SourceLevel

AllocationStatus = Literal["allocated", "reversed"]


def _township_or_village(code: str) -> str:
    if len(code) not in (9, 12) or not is_region_code(code):
        raise PydanticCustomError("allocation_region", "资金应分配到乡镇或村,请选择 9 位或 12 位区划代码")
    return code


TargetRegion = Annotated[str, Field(max_length=12, examples=["431081106226"]), AfterValidator(_township_or_village)]


class AllocationWrite(ApiModel):
    pool_id: UUID
    region_code: TargetRegion
    purpose: Purpose
    title: Annotated[str, Field(min_length=1, max_length=200, description="项目或事项名称(会对外公示)")]
    amount: FundYuanIn
    note: Annotated[str, Field(max_length=1000, description="内部备注,不公示")] = ""
    document_id: Annotated[UUID | None, Field(description="由哪份指标文件安排;直达资金须注明才能跟踪")] = None


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
    purpose: Purpose
    title: str
    amount: Yuan
    note: str
    status: AllocationStatus
    reversed_at: Instant | None
    reversal_reason: str | None
    transfer_id: UUID
    reversal_transfer_id: UUID | None
    version: int
    created_at: Instant
    created_by_name: str
