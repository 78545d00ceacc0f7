"""What crosses HTTP about reconciliation."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.documents.schemas import CountyCode
from funds_ledger.ledger.rules import TransferKind
from funds_ledger.reconciliation.rules import (
    WIDEST_WINDOW,
    Channel,
    Direction,
    How,
    MatchState,
    MonthState,
    first_day,
)
from funds_ledger.terms import Instant


def _known_month(text: str) -> str:
    try:
        first = first_day(text)
    except ValueError:
        raise PydanticCustomError("month", "月份应为 2026-01 这样的年和月") from None
    if first > today() or first.year < 2000:
        raise PydanticCustomError("month_range", "月份不能晚于本月")
    return text


Month = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}$", max_length=7),
    AfterValidator(_known_month),
    Field(examples=["2026-10"]),
]
Reason = Annotated[str, Field(min_length=2, max_length=500, description="原因")]
Ids = Annotated[list[UUID], Field(max_length=500)]


class MonthWrite(ApiModel):
    window_days: Annotated[
        int, Field(ge=0, le=WIDEST_WINDOW, strict=True, description="建议配对时，两边日期最多相差几天")
    ]


class Totals(ReadModel):
    in_count: int
    in_amount: Yuan
    out_count: int
    out_amount: Yuan

    @classmethod
    def of(cls, found: dict[str, int]) -> Totals:
        return cls(
            in_count=found["in_count"],
            in_amount=found["in_fen"],
            out_count=found["out_count"],
            out_amount=found["out_fen"],
        )

    @property
    def count(self) -> int:
        return self.in_count + self.out_count


class MonthSummary(ReadModel):
    ledger: Annotated[Totals, Field(description="本月账上的收支")]
    statement: Annotated[Totals, Field(description="本月对账单上的收支")]
    ledger_carried: Annotated[Totals, Field(description="以前月份账上有、至今没有对上的")]
    statement_carried: Annotated[Totals, Field(description="以前月份对账单上有、至今没有对上的")]
    ledger_only: Annotated[Totals, Field(description="账上有、对账单上没有")]
    statement_only: Annotated[Totals, Field(description="对账单上有、账上没有")]
    matched: Annotated[dict[How, int], Field(description="对上的笔数，按方式")]
    proposed: Annotated[int, Field(description="等人确认的建议")]
    statements: int

    @classmethod
    def of(cls, found: dict[str, Any]) -> MonthSummary:
        totals = ("ledger", "statement", "ledger_carried", "statement_carried", "ledger_only", "statement_only")
        return cls.model_validate(found | {name: Totals.of(found[name]) for name in totals})

    @property
    def differences(self) -> int:
        return self.ledger_only.count + self.statement_only.count


class MonthRow(ReadModel):
    id: UUID
    county_code: str
    month: str
    window_days: int
    state: MonthState
    note: str
    submitted_by_name: str | None
    submitted_at: Instant | None
    closed_by_name: str | None
    closed_at: Instant | None
    version: int


class MonthRead(MonthRow):
    summary: MonthSummary
    mine: Annotated[bool, Field(description="由您提交，须由另一人结账")]
    unchanged: Annotated[bool | None, Field(description="结账后重新核算，内容与结账时一致；未结账时为空")]


class StatementRead(ReadModel):
    id: UUID
    channel: Channel
    account_name: str
    file_name: str
    line_count: int
    in_amount: Yuan
    out_amount: Yuan
    live: bool
    created_at: Instant
    created_by_name: str
    withdrawn_at: Instant | None
    withdrawn_by_name: str | None
    withdrawal_reason: str | None


class ReasonWrite(ApiModel):
    reason: Reason


class MatchingRead(ReadModel):
    exact: Annotated[int, Field(description="按金额、日期、凭证号自动对上")]
    proposed: Annotated[int, Field(description="建议，等人确认")]


class ReconciledItem(ReadModel):
    """One line of a statement, or one entry of the ledger."""

    id: UUID
    day: date
    direction: Direction
    amount: Yuan
    reference: str
    counterparty: str
    title: str
    kind: Annotated[TransferKind | None, Field(description="分录种类；对账单上的为空")] = None
    channel: Channel | None = None
    account_name: str | None = None
    row_number: int | None = None
    payment_id: UUID | None = None
    document_id: UUID | None = None


class MatchRead(ReadModel):
    id: UUID
    how: How
    state: MatchState
    direction: Direction
    amount: Yuan
    gap_days: int
    note: str
    decided_by_name: str | None
    decided_at: Instant | None
    undone_by_name: str | None
    undone_at: Instant | None
    undo_reason: str | None
    lines: list[ReconciledItem]
    entries: list[ReconciledItem]


class DecisionWrite(ApiModel):
    """Proposals of one month that are accepted or rejected, all or none of them."""

    verdict: Literal["accept", "reject"]
    match_ids: Annotated[Ids, Field(min_length=1)]


class DecisionRead(ReadModel):
    decided: int


class MatchWrite(ApiModel):
    """A match by hand. Within each side income counts positive and outgo negative; both sides must be equal."""

    line_ids: Ids = Field(default_factory=list)
    entry_ids: Ids = Field(default_factory=list)
    note: Annotated[str, Field(max_length=500, description="说明")] = ""


class SubmissionWrite(ApiModel):
    note: Annotated[str, Field(max_length=2000, description="对未对上各笔的说明；有差异时必填")] = ""


class DifferencesOrder(ApiModel):
    month: Month
    county: CountyCode | None = None
