"""What crosses HTTP about sweeps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.region import RegionCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.field_records import FieldUpload, Receipt, Review
from monitoring_api.households.schemas import Reason, Text100
from monitoring_api.sweeps import rules
from monitoring_api.visits.schemas import Findings, Location

Words = Annotated[str, Field(min_length=2, max_length=2000)]


def _sweepable(code: str) -> str:
    if len(code) < 6:
        raise PydanticCustomError("region_too_wide", "排查以县、乡镇或村为范围")
    return code


def _happened(day: date) -> date:
    if not date(2020, 1, 1) <= day <= today():
        raise PydanticCustomError("date_implausible", "日期不合理，不能是以后的日期")
    return day


class RoundOpen(ApiModel):
    """A round over all households of a county, township or village; they are taken up as they stand now."""

    region_code: Annotated[RegionCode, AfterValidator(_sweepable)]
    title: Text100
    year: Annotated[int, Field(ge=2021, le=2999)]
    half: Annotated[int, Field(ge=1, le=2)]
    """1 上半年, 2 下半年."""
    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("dates_reversed", "结束日期不能早于开始日期")
        return self


class RoundRow(ReadModel):
    """A round with what the reader may see of its progress."""

    id: UUID
    county_code: str
    region_code: str
    region_name: str
    title: str
    year: int
    half: int
    starts_on: date
    ends_on: date
    form_version: int
    households: int
    opened_at: datetime
    opened_by_name: str
    is_open: bool
    overdue: bool
    closed_at: datetime | None
    closed_by_name: str | None
    total: int
    done: int
    excused: int
    open_issues: int
    version: int
    demo: bool


class RoundPage(ReadModel):
    items: list[RoundRow]
    next: str | None
    total: int | None
    total_capped: bool


class YearOfSweeps(ReadModel):
    """How many rounds over the whole county a year has had, and how many it must have."""

    county_code: str
    year: int
    required: int
    rounds: int
    """Rounds over the whole county."""
    closed: int
    halves: list[int]
    """Half-years that have one."""


class VillageProgress(ReadModel):
    code: str
    name: str
    township_name: str
    total: int
    done: int
    excused: int
    unchanged: int
    with_problems: int
    reviews: int
    issues: int
    open_issues: int
    last_at: datetime | None


class CadreProgress(ReadModel):
    """One person: households that were theirs when the round began, and those that they have recorded."""

    id: UUID
    name: str
    assigned: int
    assigned_done: int
    done: int
    unchanged: int
    with_problems: int
    last_at: datetime | None


class SweepProgress(ReadModel):
    total: int
    done: int
    excused: int
    unchanged: int
    with_problems: int
    reviews: int
    issues: int
    open_issues: int
    villages: list[VillageProgress]
    cadres: list[CadreProgress]
    """At most 200, who has most to do first."""


class ItemRow(ReadModel):
    household_id: UUID
    household_no: str
    group_name: str | None
    head_name: str | None
    village_code: str
    village_name: str
    lifted: bool
    monitored: bool
    active: bool
    """False for a household that has left the register since."""
    assignee_name: str | None
    state: rules.ItemState
    recorded_at: datetime | None
    visitor_name: str | None
    unchanged: bool | None
    problems: int | None
    records: int
    review: Review
    excuse: str | None
    excused_by_name: str | None


class ItemPage(ReadModel):
    items: list[ItemRow]
    next: str | None
    total: int | None
    total_capped: bool


class ProblemFound(ApiModel):
    kind: rules.ProblemKind
    description: Words


class SweepUpload(FieldUpload):
    """One household's answer, from a phone or the desk. 「无变化」 is the one field ``unchanged``."""

    household_id: UUID
    unchanged: bool
    findings: Findings | None = None
    problems: list[ProblemFound] = Field(default_factory=list, max_length=20)


class SweepRecord(ReadModel):
    id: UUID
    visited_at: datetime
    received_at: datetime
    visitor_name: str
    form_version: int
    unchanged: bool
    findings: Findings | None
    problems: list[ProblemFound]
    location: Location | None
    receipt_number: str
    counts: bool
    """Whether it is the one that counts."""
    demo: bool


class Item(ItemRow):
    round_id: UUID
    records_received: list[SweepRecord]


class UploadedSweep(ReadModel):
    receipt: Receipt
    item: Item


class Excuse(ApiModel):
    """Why these households cannot be seen in this round; with ``village_code`` all of a village that remain."""

    household_ids: list[UUID] = Field(default_factory=list, max_length=500)
    village_code: Annotated[str, Field(pattern=r"^[0-9]{12}$", max_length=12)] | None = None
    reason: Reason

    @model_validator(mode="after")
    def names_some(self) -> Self:
        if bool(self.household_ids) == (self.village_code is not None):
            raise PydanticCustomError("households", "请选择农户，或者选择一个村的全部未排查农户")
        return self


class Excused(ReadModel):
    households: int


class SettleItem(ApiModel):
    """Which of several records of a household counts, and why."""

    household_id: UUID
    record_id: UUID
    reason: Reason


class IssueRow(ReadModel):
    id: UUID
    round_id: UUID
    round_title: str
    household_id: UUID
    household_no: str
    head_name: str | None
    village_code: str
    village_name: str
    kind: rules.ProblemKind
    description: str
    found_at: datetime
    found_by_name: str
    due_on: date
    overdue: bool
    state: rules.IssueState
    measure: str | None
    evidence: str | None
    struck_off_on: date | None
    struck_off_by_name: str | None
    version: int
    demo: bool


class IssueCounts(ReadModel):
    open: int
    overdue: int
    struck_off: int


class IssuePage(ReadModel):
    items: list[IssueRow]
    next: str | None
    total: int | None
    total_capped: bool
    counts: IssueCounts | None
    """On the first page."""


class IssueToStrike(ApiModel):
    id: UUID
    version: Annotated[int, Field(ge=1, le=1_000_000)]


class StrikeOff(ApiModel):
    """销号: what was done and what proves it. Of many, each is judged for itself."""

    items: Annotated[list[IssueToStrike], Field(min_length=1, max_length=50)]
    measure: Words
    evidence: Words
    struck_off_on: Annotated[date, AfterValidator(_happened)]

    @model_validator(mode="after")
    def each_once(self) -> Self:
        if len({item.id for item in self.items}) < len(self.items):
            raise PydanticCustomError("issue_twice", "同一个问题只能出现一次")
        return self


class StrikeOffResult(ReadModel):
    id: UUID
    ok: bool
    version: int | None = None
    code: str | None = None
    message: str | None = None


class StrikeOffAnswer(ReadModel):
    done: int
    refused: int
    results: list[StrikeOffResult]
