"""What crosses HTTP about clues."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.clues.rules import ClueAction, ClueState, Finding, Source, SubjectType
from funds_ledger.documents.schemas import PastDate
from funds_ledger.terms import MAX_FUND_FEN, FundYuanIn, Instant


def _bounded(fen: int) -> int:
    if fen > MAX_FUND_FEN:
        raise PydanticCustomError("yuan_range", "金额超出允许的范围（不超过 1 万亿元）")
    return fen


AmountIn = Annotated[YuanIn, AfterValidator(_bounded), Field(description="涉及金额（元）；不涉及资金的填 0")]


class ClueWrite(ApiModel):
    subject_type: SubjectType
    subject_id: UUID
    source: Source
    title: Annotated[str, Field(min_length=2, max_length=100, description="问题概要")]
    description: Annotated[str, Field(min_length=5, max_length=4000, description="问题描述")]
    amount: AmountIn
    responsible_unit: Annotated[str, Field(min_length=2, max_length=200, description="责任单位")]
    found_on: Annotated[PastDate, Field(description="发现日期")]
    deadline: Annotated[date, Field(description="整改期限")]

    @model_validator(mode="after")
    def _in_order(self) -> ClueWrite:
        if self.deadline < self.found_on:
            raise PydanticCustomError("deadline_order", "整改期限不能早于发现日期")
        if self.deadline.year > 2100:
            raise PydanticCustomError("deadline_range", "整改期限过远")
        return self


Note = Annotated[str, Field(min_length=2, max_length=2000)]


class AcceptWrite(ApiModel):
    note: Annotated[str, Field(max_length=2000, description="受理意见")] = ""


class NoteWrite(ApiModel):
    note: Annotated[Note, Field(description="调查核实情况")]


class RecoverWrite(ApiModel):
    amount: Annotated[FundYuanIn, Field(description="追回金额（元）")]
    note: Annotated[Note, Field(description="追回情况：日期、票据号")]


class RectifyWrite(ApiModel):
    finding: Finding
    note: Annotated[Note, Field(description="核实结论和整改措施")]
    amount: Annotated[AmountIn | None, Field(description="核实后的涉及金额；与登记时相同的不填")] = None


class VerdictWrite(ApiModel):
    note: Annotated[Note, Field(description="验收意见")]


class ClueRow(ReadModel):
    id: UUID
    number: Annotated[str, Field(examples=["2026-0001"])]
    region_code: str
    region_name: str | None
    subject_type: SubjectType
    subject_id: UUID
    subject_title: str
    source: Source
    title: str
    amount: Yuan
    recovered: Yuan
    responsible_unit: str
    found_on: date
    deadline: date
    state: ClueState
    finding: Finding | None
    overdue: bool
    raised_by_name: str
    raised_by_role: str
    handler_name: str | None
    created_at: Instant
    version: int


class ClueStepRead(ReadModel):
    seq: int
    from_state: ClueState | None
    action: ClueAction
    to_state: ClueState
    note: str
    amount: Yuan | None
    at: Instant
    by_name: str
    by_role: str


class ClueRead(ClueRow):
    description: str
    closer_name: str | None
    closed_at: Instant | None
    handler_id: UUID | None
    history: list[ClueStepRead]


class ClueCounts(ReadModel):
    """Of the region asked for; ``recovered`` and ``amount`` of all clues, closed ones too."""

    received: int
    investigating: int
    rectified: int
    closed: int
    overdue: int
    amount: Yuan
    recovered: Yuan


class ClueFilter(ReadModel):
    state: ClueState | Literal["open"] | None = None
    source: Source | None = None
    subject_id: UUID | None = None
    region: str | None = None
    overdue: bool = False
