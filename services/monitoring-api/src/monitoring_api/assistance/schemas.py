"""What crosses HTTP about assistance plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.assistance import rules
from monitoring_api.households.schemas import Reason, Text100, absent

Words = Annotated[str, Field(min_length=2, max_length=2000)]


def _plausible(day: date) -> date:
    if not date(2020, 1, 1) <= day <= date(2099, 12, 31):
        raise PydanticCustomError("date_implausible", "日期不合理")
    return day


def _happened(day: date) -> date:
    if day > today():
        raise PydanticCustomError("date_in_future", "不能是以后的日期")
    return _plausible(day)


Day = Annotated[date, AfterValidator(_plausible)]
PastDay = Annotated[date, AfterValidator(_happened)]


class _Dates(ApiModel):
    planned_from: Day
    planned_to: Day

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.planned_to < self.planned_from:
            raise PydanticCustomError("dates_reversed", "结束日期不能早于开始日期")
        return self


class MeasureCreate(_Dates):
    """One measure of a plan; ``amount`` is what is planned, 0 where nothing is paid."""

    type: rules.MeasureType
    title: Text100
    department: Text100
    amount: YuanIn = 0


class MeasureUpdate(ApiModel):
    """Of a measure still to be delivered anything but its type; of a delivered one only the result."""

    title: Text100 = Field(default_factory=absent)
    department: Text100 = Field(default_factory=absent)
    planned_from: Day = Field(default_factory=absent)
    planned_to: Day = Field(default_factory=absent)
    amount: YuanIn = Field(default_factory=absent)
    result: Words = Field(default_factory=absent)


class MeasureDelivery(ApiModel):
    """落实: when, how much, what proves it, and what came of it as far as one can say."""

    delivered_on: PastDay
    amount: YuanIn
    evidence: Words
    result: Words | None = None


class MeasureCancel(ApiModel):
    reason: Reason


class ChosenSuggestion(ApiModel):
    type: rules.MeasureType
    title: Text100


class AcceptSuggestions(_Dates):
    """Suggested measures that become measures of the plan, all with the same dates."""

    chosen: Annotated[list[ChosenSuggestion], Field(min_length=1, max_length=40)]


class PlanConfirm(ApiModel):
    goal: Words


class SuggestionRead(ReadModel):
    type: rules.MeasureType
    title: str
    department: str
    risks: list[str]
    backstop: bool


class MeasureRow(ReadModel):
    """A line of the ledger of measures."""

    id: UUID
    plan_id: UUID
    household_id: UUID
    household_no: str
    head_name: str | None
    village_code: str
    village_name: str
    type: rules.MeasureType
    title: str
    department: str
    planned_from: date
    planned_to: date
    amount: Yuan
    state: rules.MeasureState
    urgency: rules.Urgency | None
    """Only while it is still to be delivered."""
    delivered_on: date | None
    delivered_amount: Yuan | None
    evidence: str | None
    delivered_by_name: str | None
    result: str | None
    cancel_reason: str | None
    backstop: bool
    """Whether it is the one that its plan must have."""
    version: int
    demo: bool


class MeasureCounts(ReadModel):
    planned: int
    overdue: int
    delivered: int
    cancelled: int
    amount: Yuan
    """Planned, of all that are not cancelled."""
    delivered_amount: Yuan


class MeasurePage(ReadModel):
    items: list[MeasureRow]
    next: str | None
    total: int | None
    total_capped: bool
    counts: MeasureCounts | None
    """On the first page."""


class PlanRow(ReadModel):
    """A line of the list of plans."""

    id: UUID
    household_id: UUID
    household_no: str
    head_name: str | None
    village_code: str
    village_name: str
    monitored_class: str | None
    risks: list[str]
    since: date
    working_days: int
    due_on: date
    state: rules.PlanState
    urgency: rules.Urgency | None
    """Only of a draft."""
    goal: str
    confirmed_at: datetime | None
    confirmed_by_name: str | None
    confirmed_risks: list[str] | None
    risks_changed: bool
    """The household's risks are no longer those that the plan answers."""
    labour_people: int | None
    """Able to work when the plan was confirmed."""
    has_labour: bool
    """Whether anybody can work now."""
    backstop_missing: bool
    """Nobody can work and no social-security measure is planned."""
    measures: int
    delivered: int
    overdue_measures: int
    closed_on: date | None
    version: int
    demo: bool


class PlanCounts(ReadModel):
    draft: int
    overdue: int
    confirmed: int
    backstop_missing: int


class PlanPage(ReadModel):
    items: list[PlanRow]
    next: str | None
    total: int | None
    total_capped: bool
    counts: PlanCounts | None
    """On the first page."""


class Plan(PlanRow):
    """A plan with its measures and with what its household's risks call for besides."""

    measure_list: list[MeasureRow]
    suggestions: list[SuggestionRead]


class HouseholdAssistance(ReadModel):
    """The plan that goes on, and those of earlier times under monitoring."""

    plan: Plan | None
    earlier: list[PlanRow]
