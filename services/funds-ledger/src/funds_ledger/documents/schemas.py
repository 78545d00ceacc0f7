"""What crosses HTTP about budget documents."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.money import Yuan
from service_kit.region import is_region_code
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.ledger.rules import DocumentActKind
from funds_ledger.terms import FundYuanIn, Instant, SourceLevel, Year


def _county(code: str) -> str:
    if len(code) != 6 or not is_region_code(code):
        raise PydanticCustomError("county_code", "县代码应为 6 位数字")
    return code


def _not_in_future(day: date) -> date:
    if day > today():
        raise PydanticCustomError("date_in_future", "日期不能晚于今天")
    return day


CountyCode = Annotated[str, Field(max_length=12, examples=["431081"]), AfterValidator(_county)]
PastDate = Annotated[date, AfterValidator(_not_in_future)]


class DocumentWrite(ApiModel):
    """A document and the money that came with it."""

    year: Annotated[Year, Field(description="资金年度")]
    source_level: SourceLevel
    number: Annotated[str, Field(min_length=1, max_length=100, description="文号", examples=["湘财预〔2026〕12号"])]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    issued_on: PastDate
    received_on: PastDate
    amount: FundYuanIn
    purpose: Annotated[str, Field(max_length=500, description="文件规定的用途")] = ""
    direct: Annotated[bool, Field(strict=True, description="是否直达资金")] = False
    county_code: Annotated[CountyCode | None, Field(description="收到资金的县；不填为本县")] = None


class DocumentRead(ReadModel):
    id: UUID
    county_code: str
    pool_id: UUID
    year: int
    source_level: SourceLevel
    number: str
    title: str
    issued_on: date
    received_on: date
    amount: Annotated[Yuan, Field(description="文件下达金额（元）")]
    current: Annotated[Yuan, Field(description="追加、调减、退回之后的现有金额（元）")]
    allocated: Annotated[Yuan, Field(description="注明由本文件安排的分配合计（元）")]
    purpose: str
    direct: bool
    created_at: Instant
    created_by_name: str


class DocumentActWrite(ApiModel):
    """追加 ``supplement``, 调减 ``cut`` or 退回 ``return`` of a document's money."""

    kind: Annotated[DocumentActKind, Field(description="supplement 追加、cut 调减、return 退回")]
    number: Annotated[str, Field(min_length=1, max_length=100, description="据以办理的文号")]
    issued_on: PastDate
    amount: FundYuanIn
    reason: Annotated[str, Field(min_length=2, max_length=500, description="事由")]


class DocumentActRead(ReadModel):
    id: UUID
    county_code: str
    document_id: UUID
    pool_id: UUID
    kind: DocumentActKind
    number: str
    issued_on: date
    amount: Yuan
    reason: str
    transfer_id: UUID
    seq: Annotated[int, Field(description="资金池内的入账顺序号")]
    created_at: Instant
    created_by_name: str
