"""What crosses HTTP about look-backs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.field_records import FieldUpload, Receipt, Review
from monitoring_api.households.schemas import Code, Reason
from monitoring_api.look_backs import rules
from monitoring_api.visits.schemas import Guarantees, Location


class LookBackFindings(ApiModel):
    income_stable: bool
    income_note: Annotated[str, Field(max_length=1000)] = ""
    guarantees_ok: Guarantees
    risks: list[Code] = Field(default_factory=list, max_length=20)
    """Risks that have come back."""
    note: Annotated[str, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def says_why_income_is_not_stable(self) -> Self:
        if not self.income_stable and not self.income_note:
            raise PydanticCustomError("income_note", "收入不稳定的，请写明情况")
        return self


class LookBackUpload(FieldUpload):
    """One look-back from a phone or the desk."""

    findings: LookBackFindings
    outcome: rules.Outcome


class LookBackRow(ReadModel):
    """A line of the list. ``overdue`` and ``opened`` are of today."""

    id: UUID
    case_id: UUID
    seq: int
    turns: int
    """How many the series has."""
    household_id: UUID
    household_no: str
    head_name: str | None
    village_code: str
    village_name: str
    monitored: bool
    """Whether the household is under monitoring (again)."""
    opens_on: date
    due_on: date
    opened: bool
    overdue: bool
    state: rules.State
    outcome: rules.Outcome | None
    done_at: datetime | None
    late: bool
    """Done after its last day."""
    visitor_name: str | None
    review: Review
    stopped_on: date | None
    stop_reason: str | None


class LookBackCounts(ReadModel):
    overdue: int
    this_quarter: int
    later: int
    done: int
    stopped: int


class LookBackPage(ReadModel):
    items: list[LookBackRow]
    next: str | None
    total: int | None
    total_capped: bool
    counts: LookBackCounts | None
    """How many of each; on the first page."""


class LookBackRecord(ReadModel):
    id: UUID
    visited_at: datetime
    received_at: datetime
    visitor_name: str
    form_version: int
    findings: LookBackFindings
    outcome: rules.Outcome
    location: Location | None
    receipt_number: str
    counts: bool
    """Whether it is the one that counts."""
    demo: bool


class LookBack(LookBackRow):
    records: list[LookBackRecord]


class UploadedLookBack(ReadModel):
    receipt: Receipt
    look_back: LookBack


class Settle(ApiModel):
    """Which of several records counts, and why."""

    record_id: UUID
    reason: Reason
