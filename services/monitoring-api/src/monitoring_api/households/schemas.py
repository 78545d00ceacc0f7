"""What crosses HTTP about households."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.ids import Uuid7
from service_kit.money import Yuan, YuanIn
from service_kit.region import VillageCode
from service_kit.schemas import ApiModel, ReadModel
from service_kit.validators import IdNumber, PhoneNumber, parse_resident_id

from monitoring_api import terms
from monitoring_api.households.rules import name_search


def _person_name(text: str) -> str:
    if not all(c.isalpha() or c in "·•. " for c in text) or name_search(text) is None:
        raise PydanticCustomError("person_name", "姓名只能含文字和间隔号")
    return text


def _signed_yuan(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("yuan", '金额应为元的十进制字符串，如 "1234.50"')
    return value


PersonName = Annotated[str, Field(min_length=1, max_length=50, examples=["张伟明"]), AfterValidator(_person_name)]
Text100 = Annotated[str, Field(min_length=1, max_length=100)]
Text200 = Annotated[str, Field(min_length=1, max_length=200)]
Reason = Annotated[str, Field(min_length=2, max_length=500, description="理由，记入变更记录", examples=["据实更正"])]
HouseholdNumber = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z-]+$", examples=["0001"])]
Year = Annotated[int, Field(ge=1949, le=2999)]
Id = Annotated[IdNumber, Field(max_length=40)]
Phone = Annotated[PhoneNumber, Field(max_length=40)]
SignedYuanIn = Annotated[
    Yuan,
    BeforeValidator(_signed_yuan),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,13}(\.\d{1,2})?$", "description": "元，可为负"}),
]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
"""An identifier of a catalogue, or of what a county has added to one (``local_1``)."""


def _born(day: date) -> date:
    if not date(1880, 1, 1) <= day <= today():
        raise PydanticCustomError("birth_date", "出生日期不合理")
    return day


def absent() -> Any:
    """Default of a field that may be left out but not be null; ``model_fields_set`` tells which were sent."""
    return None


BirthDate = Annotated[date, AfterValidator(_born)]


class RigidKindsInput(ApiModel):
    """The rigid expense of a year by kind."""

    medical: YuanIn = 0
    education: YuanIn = 0
    disability_care: YuanIn = 0
    housing_repair: YuanIn = 0
    disaster: YuanIn = 0
    other: YuanIn = 0

    def total(self) -> int:
        """Fen."""
        return sum(getattr(self, kind) for kind in type(self).model_fields)


class IncomeInput(ApiModel):
    """One year's income by source and the rigid expense (刚性支出), broken down by kind or not."""

    year: Year
    wage: YuanIn
    business: SignedYuanIn
    property: YuanIn
    transfer: YuanIn
    rigid_expense: YuanIn
    rigid_kinds: RigidKindsInput | None = None

    @model_validator(mode="after")
    def rigid_kinds_add_up(self) -> IncomeInput:
        if self.rigid_kinds is not None and self.rigid_kinds.total() != self.rigid_expense:
            raise PydanticCustomError("rigid_kinds_sum", "刚性支出合计应等于各类支出之和")
        return self


class MemberFields(ApiModel):
    """What is registered of a person besides identity."""

    labour_ability: terms.LabourAbility
    health: terms.Health
    education: terms.Education
    schooling: terms.Schooling
    employment: terms.Employment
    insured: bool


class MemberCreate(MemberFields):
    """A member. With an identity number, birth date and sex follow from it; without, they must be given."""

    name: PersonName
    relation: terms.Relation
    id_number: Id | None = None
    phone: Phone | None = None
    sex: terms.Sex | None = None
    birth_date: BirthDate | None = None

    @model_validator(mode="after")
    def identity_is_consistent(self) -> MemberCreate:
        self.sex, self.birth_date = identity(self.id_number, self.sex, self.birth_date)
        return self


class NewMember(MemberCreate):
    """A member registered together with the household."""

    id: Uuid7


def identity(id_number: str | None, sex: terms.Sex | None, birth_date: date | None) -> tuple[terms.Sex, date]:
    """Sex and birth date, from the identity number where there is one.

    Raises:
        PydanticCustomError: they contradict the number, or are missing without one.
    """
    if id_number is None:
        if sex is None or birth_date is None:
            raise PydanticCustomError("identity_incomplete", "没有身份证号的，须填写性别和出生日期")
        return sex, birth_date
    said = parse_resident_id(id_number)
    if (sex or said.sex) != said.sex or (birth_date or said.birth_date) != said.birth_date:
        raise PydanticCustomError("identity_contradiction", "性别或出生日期与身份证号不符")
    return said.sex, said.birth_date


class HouseholdCreate(ApiModel):
    """A household with all its members, registered in one act."""

    village_code: VillageCode
    household_no: HouseholdNumber | None = None
    """Left out, e.g. by who registers offline, it is the next number of the village."""
    group_name: Text100 | None = None
    address: Text200 | None = None
    dwelling_grade: terms.DwellingGrade | None = None
    water_supply: terms.WaterSupply | None = None
    lifted: bool = False
    lifted_year: Year | None = None
    members: list[NewMember] = Field(min_length=1, max_length=30)
    incomes: list[IncomeInput] = Field(default_factory=list, max_length=30)


class HouseholdUpdate(ApiModel):
    """Only what is sent is changed. ``incomes`` replaces the years it names and leaves the others."""

    household_no: HouseholdNumber = Field(default_factory=absent)
    group_name: Text100 | None = None
    address: Text200 | None = None
    dwelling_grade: terms.DwellingGrade | None = None
    water_supply: terms.WaterSupply | None = None
    lifted: bool = Field(default_factory=absent)
    lifted_year: Year | None = None
    incomes: list[IncomeInput] = Field(default_factory=list, max_length=30)
    reason: Reason | None = None


class MemberUpdate(ApiModel):
    """Only what is sent is changed. Who is head is not changed here."""

    name: PersonName = Field(default_factory=absent)
    relation: terms.DependantRelation = Field(default_factory=absent)
    id_number: Id | None = None
    phone: Phone | None = None
    sex: terms.Sex = Field(default_factory=absent)
    birth_date: BirthDate = Field(default_factory=absent)
    labour_ability: terms.LabourAbility = Field(default_factory=absent)
    health: terms.Health = Field(default_factory=absent)
    education: terms.Education = Field(default_factory=absent)
    schooling: terms.Schooling = Field(default_factory=absent)
    employment: terms.Employment = Field(default_factory=absent)
    insured: bool = Field(default_factory=absent)
    reason: Reason | None = None


class MonitoringUpdate(ApiModel):
    """Administrative correction of the monitored status: class, risks and date together, or ``monitored: false``."""

    monitored: bool = True
    monitored_class: Code | None = Field(default=None, alias="class", examples=["marginal"])
    risks: list[Code] = Field(default_factory=list, max_length=20, examples=[["illness"]])
    since: date | None = None
    reason: Reason


class RevealRequest(ApiModel):
    member_id: UUID
    field: Literal["id_number", "phone"]
    reason: Reason


class Revealed(ReadModel):
    value: str


class HouseholdRow(ReadModel):
    """A line of a list. ``people`` counts those present, now."""

    id: UUID
    county_code: str
    village_code: str
    village_name: str
    group_name: str | None
    household_no: str
    head_name: str | None
    head_id_number_masked: str | None
    phone_masked: str | None
    people: int
    lifted: bool
    monitored: bool
    monitored_class: str | None
    risks: list[str]
    version: int


class HouseholdName(ReadModel):
    """What it takes to name a household on another record."""

    id: UUID
    head_name: str | None
    household_no: str
    village_name: str
    group_name: str | None


class RigidKinds(ReadModel):
    medical: Yuan
    education: Yuan
    disability_care: Yuan
    housing_repair: Yuan
    disaster: Yuan
    other: Yuan


class Income(ReadModel):
    year: int
    wage: Yuan
    business: Yuan
    property: Yuan
    transfer: Yuan
    rigid_expense: Yuan
    rigid_kinds: RigidKinds | None
    """Null when the rigid expense was not broken down; else the kinds add up to it."""


class Member(ReadModel):
    id: UUID
    name: str
    relation: terms.Relation
    is_head: bool
    state: terms.MemberState
    sex: terms.Sex
    birth_date: date
    id_number_masked: str | None
    phone_masked: str | None
    labour_ability: terms.LabourAbility
    health: terms.Health
    education: terms.Education
    schooling: terms.Schooling
    employment: terms.Employment
    insured: bool
    version: int


class Benefit(ReadModel):
    """A policy that the household, or one member, enjoys (享受政策); ``until`` is the last day of one that ended."""

    id: UUID
    member_id: UUID | None
    member_name: str | None
    kind: terms.BenefitKind
    title: str
    since: date
    until: date | None
    yearly_amount: Yuan | None
    source: str
    note: str
    version: int
    demo: bool


class Household(HouseholdRow):
    """The household card 户有卡 (MON-2)."""

    state: terms.HouseholdState
    address: str | None
    dwelling_grade: terms.DwellingGrade | None
    water_supply: terms.WaterSupply | None
    lifted_year: int | None
    monitored_since: date | None
    net_income_per_head: Yuan | None
    """Of the latest year registered."""
    incomes: list[Income]
    members: list[Member]
    benefits: list[Benefit]
    """Those enjoyed now first."""
    created_at: datetime
    updated_at: datetime
    demo: bool


class Change(ReadModel):
    field: str
    before: Any
    after: Any


class HistoryLine(ReadModel):
    """One act: version ``version`` of the household is what it made."""

    version: int
    at: datetime
    actor_name: str
    act: terms.Act
    member_id: UUID | None
    reason: str | None
    changes: list[Change]


class Term(ReadModel):
    code: str
    name: str
    valid_from: date
    valid_to: date | None


class Catalogue(ReadModel):
    """The words that the register may use, with the period in which each holds."""

    monitored_classes: list[Term]
    risks: list[Term]
