"""What crosses HTTP about cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.casework import rules
from monitoring_api.households.schemas import Code, PersonName, Phone, SignedYuanIn
from monitoring_api.policy.rules import Stage
from monitoring_api.visits.schemas import Guarantees, Location

Text = Annotated[str, Field(min_length=2, max_length=2000)]
Opinion = Annotated[str, Field(min_length=2, max_length=1000, description="办理意见", examples=["情况属实"])]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Risks = Annotated[list[Code], Field(min_length=1, max_length=20)]
Count = Annotated[int, Field(ge=0, le=10_000)]


def _happened(day: date) -> date:
    if not date(2020, 1, 1) <= day <= today():
        raise PydanticCustomError("date_implausible", "日期不合理，不能是以后的日期")
    return day


PastDay = Annotated[date, AfterValidator(_happened)]


class CaseOpen(ApiModel):
    """An application for a household that is on the register."""

    household_id: UUID
    kind: Literal["identification", "elimination", "natural_elimination"] = "identification"
    difficulty: Text
    risks: list[Code] = Field(default_factory=list, max_length=20)
    lead_id: UUID | None = None

    @model_validator(mode="after")
    def risks_belong_to_identification(self) -> Self:
        if (self.kind == "identification") != bool(self.risks):
            raise PydanticCustomError("risks", "申请纳入监测须填风险，消除风险不填")
        return self


class ApplicationForm(ApiModel):
    """Supplementing a returned application."""

    form: Literal["application"]
    difficulty: Text
    risks: list[Code] = Field(default_factory=list, max_length=20)


class WindowIncome(ApiModel):
    """Income of the whole household in the case's window and the rigid expense."""

    wage: YuanIn
    business: SignedYuanIn
    property: YuanIn
    transfer: YuanIn
    rigid_expense: YuanIn


class Signature(ApiModel):
    """承诺授权书: who signed, and the hash of the picture."""

    signed_by: PersonName
    signed_on: PastDay
    sha256: Sha256


class HomeVerification(ApiModel):
    """入户核实表."""

    form: Literal["home_verification"]
    visited_on: PastDay
    income: WindowIncome
    guarantees_ok: Guarantees
    risks: list[Code] = Field(default_factory=list, max_length=20)
    consent: Signature
    photos: list[Sha256] = Field(default_factory=list, max_length=20)
    location: Location | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class VillageReview(ApiModel):
    """民主评议记录."""

    form: Literal["village_review"]
    met_on: PastDay
    chair: PersonName
    attendees: Annotated[int, Field(ge=1, le=10_000)]
    votes_for: Count
    votes_against: Count
    abstained: Count
    record: Text


class NoticeResult(ApiModel):
    """公示结果."""

    form: Literal["notice"]
    place: Annotated[str, Field(min_length=2, max_length=200)]
    photos: list[Sha256] = Field(default_factory=list, max_length=20)
    note: Annotated[str, Field(max_length=2000)] = ""


class TownshipReview(ApiModel):
    """乡镇审核."""

    form: Literal["township_review"]
    checked_on: PastDay
    method: Literal["documents", "home_visit", "data_comparison"]
    note: Annotated[str, Field(max_length=2000)] = ""


class CountyDetermination(ApiModel):
    """县级比对审定. Class and risks when somebody is taken in; confirmations when a risk is eliminated."""

    form: Literal["county_determination"]
    compared_on: PastDay
    departments: Annotated[list[Annotated[str, Field(min_length=1, max_length=50)]], Field(min_length=1, max_length=40)]
    findings: Annotated[str, Field(max_length=2000)] = ""
    monitored_class: Code | None = Field(default=None, alias="class", examples=["marginal"])
    risks: list[Code] = Field(default_factory=list, max_length=20)
    confirmed: list[Code] = Field(default_factory=list, max_length=20)
    """Criteria that a person has judged to be met (elimination)."""


Evidence = Annotated[
    ApplicationForm | HomeVerification | VillageReview | NoticeResult | TownshipReview | CountyDetermination,
    Field(discriminator="form"),
]


class StepTake(ApiModel):
    """One act on an open case. ``stage`` is the step at which the sender saw it."""

    stage: Stage
    action: rules.Desk
    to: Stage | None = None
    opinion: Opinion
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        if (self.to is not None) != (self.action == "return"):
            raise PydanticCustomError("return_target", "退回须选择退回到哪一步，其他操作不填")
        if (self.evidence is not None) != (self.action == "complete"):
            raise PydanticCustomError("evidence", "办结须填写本环节的表单，其他操作不填")
        if self.evidence is not None and self.evidence.form != self.stage:
            raise PydanticCustomError("evidence_form", "表单与办理环节不符")
        return self


class Rollback(ApiModel):
    """回退: the elimination was wrong."""

    opinion: Opinion


class Remark(ApiModel):
    """再标注: a risk has come back."""

    opinion: Opinion
    monitored_class: Code = Field(alias="class", examples=["marginal"])
    risks: Risks


class BatchItem(ApiModel):
    id: UUID
    version: Annotated[int, Field(ge=1, le=32_767)]
    monitored_class: Code | None = Field(default=None, alias="class")
    risks: list[Code] = Field(default_factory=list, max_length=20)


class BatchReview(ApiModel):
    """The same review of many cases. ``preview`` says what would happen and changes nothing."""

    items: Annotated[list[BatchItem], Field(min_length=1, max_length=50)]
    step: StepTake
    preview: bool = True

    @model_validator(mode="after")
    def is_a_review(self) -> Self:
        if self.step.stage not in {"township_review", "county_determination"}:
            raise PydanticCustomError("batch_stage", "只有乡镇审核和县级审定可以批量办理")
        if len({item.id for item in self.items}) < len(self.items):
            raise PydanticCustomError("batch_twice", "同一件只能出现一次")
        return self


class BatchResult(ReadModel):
    id: UUID
    ok: bool
    state: rules.State | None = None
    version: int | None = None
    code: str | None = None
    message: str | None = None


class BatchAnswer(ReadModel):
    preview: bool
    done: int
    refused: int
    results: list[BatchResult]


class CaseRow(ReadModel):
    """A line of a queue."""

    id: UUID
    county_code: str
    village_code: str
    village_name: str
    household_id: UUID
    household_no: str
    head_name: str | None
    kind: rules.Kind
    origin: rules.Origin
    state: rules.State
    state_since: datetime
    due_on: date | None
    urgency: rules.Urgency | None
    risks: list[str]
    opened_at: datetime
    opened_by_name: str
    income_line: Yuan
    people: int | None
    net_income_per_head: Yuan | None
    version: int


class UrgencyCounts(ReadModel):
    overdue: int
    today: int
    this_week: int
    later: int


class WorkCounts(UrgencyCounts):
    """What waits for the reader, by urgency and by step."""

    total: int
    by_stage: dict[str, int]


class Queue(ReadModel):
    """One page of a queue with how many there are of each urgency."""

    items: list[CaseRow]
    next: str | None
    total: int | None
    total_capped: bool
    counts: UrgencyCounts | None


class Step(ReadModel):
    seq: int
    from_state: rules.State | None
    to_state: rules.State
    action: rules.Action
    opinion: str
    evidence: dict[str, Any] | None
    at: datetime
    actor_name: str
    actor_role: str
    due_on: date | None
    late: bool


class CaseNoticeRead(ReadModel):
    id: UUID
    starts_on: date
    ends_on: date
    open_objections: int
    upheld_objections: int
    closed_on: date | None


class ObjectionRead(ReadModel):
    id: UUID
    notice_id: UUID
    received_at: datetime
    name_masked: str
    phone_masked: str
    statement: str
    state: Literal["open", "upheld", "rejected"]
    finding: str | None
    handled_at: datetime | None
    handled_by_name: str | None


class RiskName(ReadModel):
    code: str
    name: str


class CasePolicy(ReadModel):
    """The rules that the case was opened under; limits in working days, notice in calendar days."""

    time_limits: dict[str, int]
    approvers: dict[str, list[str]]
    notice_days: int
    class_names: dict[str, str]
    risk_points: list[RiskName]
    enrolled_months: int


class CaseHelper(ReadModel):
    name: str
    unit: str
    since: date


class CaseIncome(ReadModel):
    wage: Yuan
    business: Yuan
    property: Yuan
    transfer: Yuan
    rigid_expense: Yuan


class CriterionRead(ReadModel):
    """One condition of elimination; ``basis`` is what the finding rests on, amounts in yuan."""

    code: str
    finding: rules.Finding
    basis: dict[str, Any]


class Case(CaseRow):
    """A case with its whole history, in the words and under the rules of its own time."""

    difficulty: str
    lead_id: UUID | None
    previous_case_id: UUID | None
    closed_at: datetime | None
    profile_code: str
    profile_name: str
    object_name: str
    class_name: str | None
    window_from: date
    window_to: date
    income: CaseIncome | None
    monitored_class: str | None
    determined_risks: list[str] | None
    policy: CasePolicy
    helper: CaseHelper | None
    may: list[rules.Desk | rules.After]
    """What the reader may do with it now."""
    notice: CaseNoticeRead | None
    objections: list[ObjectionRead]
    steps: list[Step]


class ObjectionCreate(ApiModel):
    """异议: from anybody, without login."""

    county_code: Annotated[str, Field(pattern=r"^[0-9]{6}$", max_length=6)]
    name: PersonName
    phone: Phone
    statement: Annotated[str, Field(min_length=5, max_length=2000)]


class ObjectionRow(ObjectionRead):
    """An objection in a list, with the case that it is answered on."""

    county_code: str
    case_id: UUID
    region_code: str
    region_name: str
    notice_title: str
    notice_ends_on: date
    receipt_number: str


class ObjectionsPage(ReadModel):
    items: list[ObjectionRow]
    next: str | None
    total: int | None
    total_capped: bool


class ObjectionHandling(ApiModel):
    upheld: bool
    finding: Text
