"""What crosses HTTP about projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.allocations.schemas import TargetRegion
from funds_ledger.documents.schemas import PastDate
from funds_ledger.floors.schemas import FloorRegion
from funds_ledger.projects.rules import BenefitKind, Category, Nature, State
from funds_ledger.publication.schemas import NoticeState
from funds_ledger.terms import MAX_FUND_FEN, FundYuanIn, Instant, Purpose, SourceLevel, Year

Name = Annotated[str, Field(min_length=2, max_length=120, description="项目名称（会对外公示）")]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Paragraph = Annotated[str, Field(min_length=1, max_length=2000)]
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Opinion = Annotated[str, Field(max_length=1000, description="意见")]


def _decimal_text(value: object) -> str:
    """A number with at most three decimals, as it was written."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        number = Decimal(text)
        fits = number.is_finite() and abs(number) < 10**12 and number * 1000 == int(number * 1000)
    except (ArithmeticError, ValueError):
        fits = False
    if not fits or "e" in text.lower():
        raise PydanticCustomError("decimal_text", '应为数字文本，最多三位小数，如 "12.5"')
    return text


Measure = Annotated[str, Field(max_length=30), BeforeValidator(_decimal_text)]


class GoalIn(ApiModel):
    """One performance target."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["硬化道路长度"])]
    unit: Annotated[str, Field(min_length=1, max_length=20, examples=["公里"])]
    target: Annotated[Measure, Field(description="目标值", examples=["3.2"])]
    at_least: Annotated[bool, Field(strict=True, description="越高越好；为否时目标值是上限")] = True
    weight: Annotated[int, Field(ge=1, le=100, strict=True, description="权重")] = 10


class FinancingIn(ApiModel):
    source_level: SourceLevel
    amount: FundYuanIn


class ProjectFields(ApiModel):
    """The proposal; a draft may lack anything but its name."""

    category: Category | None = None
    nature: Nature | None = None
    place: Line | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    responsible_unit: Line | None = None
    tasks: Paragraph | None = None
    size: Annotated[str | None, Field(min_length=1, max_length=500, description="建设规模")] = None
    financing: Annotated[list[FinancingIn], Field(max_length=7, description="资金来源；合计即计划投资")] = Field(
        default_factory=list
    )
    beneficiaries: Annotated[str | None, Field(min_length=1, max_length=500, description="受益对象")] = None
    beneficiary_households: Count | None = None
    beneficiary_people: Count | None = None
    goals: Annotated[list[GoalIn], Field(max_length=20, description="绩效目标；没有绩效目标不得入库")] = Field(
        default_factory=list
    )
    benefit_kinds: Annotated[list[BenefitKind], Field(max_length=8)] = Field(default_factory=list)
    benefit_mechanism: Annotated[str | None, Field(min_length=1, max_length=2000, description="联农带农机制")] = None

    @model_validator(mode="after")
    def _coherent(self) -> ProjectFields:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise PydanticCustomError("schedule", "完工日期不能早于开工日期")
        sources = [line.source_level for line in self.financing]
        if len(set(sources)) != len(sources):
            raise PydanticCustomError("source_twice", "同一资金来源只填一行")
        if sum(line.amount for line in self.financing) > MAX_FUND_FEN:
            raise PydanticCustomError("yuan_range", "金额合计超出允许的范围（不超过 1 万亿元）")
        if len(set(self.benefit_kinds)) != len(self.benefit_kinds):
            raise PydanticCustomError("benefit_twice", "联农带农方式重复")
        return self


class ProjectWrite(ProjectFields):
    region_code: TargetRegion
    year: Year
    name: Name


class ProjectUpdate(ProjectFields):
    """The whole proposal as it shall stand; the place in the regions does not change."""

    year: Year
    name: Name


class Decision(ApiModel):
    """A step without a form of its own."""

    action: Literal["submit", "approve", "return", "refuse", "withdraw", "enter", "confirm", "remove"]
    to: Annotated[State | None, Field(description="退回到哪一步；只有退回时填")] = None
    opinion: Opinion = ""


class Adjustment(ApiModel):
    """A change of a project in the library; takes effect after its notice."""

    reason: Annotated[str, Field(min_length=2, max_length=1000, description="调整原因（会对外公示）")]
    financing: Annotated[list[FinancingIn] | None, Field(min_length=1, max_length=7)] = None
    ends_on: date | None = None
    tasks: Paragraph | None = None
    size: Annotated[str | None, Field(min_length=1, max_length=500)] = None

    @model_validator(mode="after")
    def _something(self) -> Adjustment:
        if not self.model_dump(exclude={"reason"}, exclude_none=True):
            raise PydanticCustomError("nothing_changed", "请填写要调整的内容")
        return self


class FindingDecision(ApiModel):
    verdict: Annotated[Literal["cleared", "upheld"], Field(description="cleared 不属于，upheld 属实")]
    reason: Annotated[str, Field(min_length=2, max_length=500)]


class PriorityWrite(ApiModel):
    priority: Annotated[int | None, Field(ge=1, le=9999, strict=True, description="优先次序，1 为最先")]


class PerformanceWrite(ApiModel):
    kind: Literal["monitoring", "self_evaluation"]
    as_of: PastDate
    actuals: Annotated[list[Measure], Field(min_length=1, max_length=20, description="与绩效目标同序的完成值")]
    benefited_households: Count
    benefited_people: Count
    income: Annotated[YuanIn, Field(description="带动农户增收，元")]
    problems: Annotated[str, Field(max_length=1000)] = ""


class BatchDecision(ApiModel):
    """The same review of many projects; ``preview`` changes nothing."""

    project_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    action: Literal["approve", "return", "enter"]
    to: State | None = None
    opinion: Opinion = ""
    preview: Annotated[bool, Field(strict=True)] = False


class BatchResult(ReadModel):
    project_id: UUID
    name: str
    ok: bool
    state: State | None
    code: str | None
    message: str | None


class BatchAnswer(ReadModel):
    results: list[BatchResult]


class FinancingRead(ReadModel):
    source_level: SourceLevel
    amount: Yuan


class GoalRead(ReadModel):
    name: str
    unit: str
    target: str
    at_least: bool
    weight: int


class StepRead(ReadModel):
    seq: int
    from_state: State | None
    to_state: State
    action: str
    opinion: str
    evidence: dict[str, Any]
    at: Instant
    actor_name: str
    actor_role: str


class FindingRead(ReadModel):
    id: UUID
    kind: Literal["negative", "duplicate"]
    subject_id: UUID
    detail: dict[str, Any]
    active: bool
    verdict: Literal["cleared", "upheld"] | None
    reason: str | None
    decided_by_name: str | None
    decided_at: Instant | None


class PlanEntryRead(ReadModel):
    year: int
    planned: Yuan
    allocated: Yuan
    priority: int
    effective_on: date
    ended_on: date | None


class AllocationOfProject(ReadModel):
    id: UUID
    year: int
    source_level: SourceLevel
    amount: Yuan
    paid: Yuan
    status: str
    created_at: Instant
    payable: Annotated[bool, Field(description="公示期满无异议，可以支付")]
    notice_ends_on: date | None


class PerformanceRead(ReadModel):
    id: UUID
    kind: Literal["monitoring", "self_evaluation"]
    as_of: date
    actuals: list[str]
    score_bp: int
    benefited_households: int
    benefited_people: int
    income: Yuan
    problems: str
    at: Instant
    actor_name: str


class AssetLineRead(ReadModel):
    name: str
    kind: str
    category: str
    location: str | None
    amount: Yuan


class CompositionRead(ReadModel):
    source_level: SourceLevel
    year: int
    document_number: str | None
    amount: Yuan


class AcceptanceRead(ReadModel):
    id: UUID
    accepted_on: date
    unit: str
    conclusion: str
    accepted_by_name: str
    settled: Yuan | None
    settlement_number: str | None
    settled_by_name: str | None
    composition: list[CompositionRead]
    result: Literal["assets", "no_assets"] | None
    result_note: str
    assets: list[AssetLineRead]
    ended_at: Instant | None
    notice_ends_on: date


class AssetOfProject(ReadModel):
    id: UUID
    code: str
    name: str
    kind: str
    value: Yuan
    registered_at: Instant


class ProjectRow(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    year: int
    name: str
    category: Category | None
    purpose: Purpose | None
    nature: Nature | None
    planned: Yuan | None
    allocated: Yuan
    state: State
    state_since: Instant
    open_findings: int
    priority: int | None
    plan_years: list[int]
    proposed_by_name: str
    created_at: Instant
    demo: bool
    version: int


class Project(ProjectRow):
    """A project with everything known of it."""

    place: str | None
    starts_on: date | None
    ends_on: date | None
    responsible_unit: str | None
    tasks: str | None
    size: str | None
    financing: list[FinancingRead]
    beneficiaries: str | None
    beneficiary_households: int | None
    beneficiary_people: int | None
    goals: list[GoalRead]
    benefit_kinds: list[BenefitKind]
    benefit_mechanism: str | None
    entered_on: date | None
    left_on: date | None
    pending: dict[str, Any] | None
    notice: NoticeState | None
    steps: list[StepRead]
    findings: list[FindingRead]
    plan: list[PlanEntryRead]
    allocations: list[AllocationOfProject]
    acceptances: list[AcceptanceRead]
    assets: list[AssetOfProject]
    performance: list[PerformanceRead]
    missing: Annotated[dict[str, list[str]], Field(description="申报还缺的内容，按栏目")]
    may: Annotated[list[str], Field(description="您现在可以办理的事项")]


def _words(words: list[str]) -> list[str]:
    kept = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if not kept:
        raise PydanticCustomError("words", "请填写至少一个关键词")
    return kept


class NegativeItemWrite(ApiModel):
    region_code: FloorRegion
    code: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")]
    title: Annotated[str, Field(min_length=2, max_length=100)]
    rule: Annotated[str, Field(min_length=2, max_length=500, description="不得用于什么")]
    words: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]],
        Field(min_length=1, max_length=100, description="出现即提示的关键词"),
        AfterValidator(_words),
    ]
    effective_on: date
    ends_on: date | None = None
    basis: Annotated[str, Field(min_length=2, max_length=500)]

    @model_validator(mode="after")
    def _period(self) -> NegativeItemWrite:
        if self.ends_on is not None and self.ends_on < self.effective_on:
            raise PydanticCustomError("period", "失效日期不能早于生效日期")
        return self


class NegativeItemRead(ReadModel):
    id: UUID
    region_code: str
    code: str
    title: str
    rule: str
    words: list[str]
    effective_on: date
    ends_on: date | None
    revision: int
    in_force: bool
    basis: str
    created_at: Instant
    created_by_name: str
