"""What crosses HTTP about the rules of casework."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import PositiveYuanIn, Yuan, format_yuan
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.assistance.rules import BACKSTOP, MeasureType
from monitoring_api.households.schemas import Code, Reason, Text100
from monitoring_api.policy.rules import Key, StepRole

WorkingDays = Annotated[int, Field(ge=0, le=60, description="工作日")]
Roles = Annotated[list[StepRole], Field(min_length=1, max_length=3)]
ClassName = Annotated[str, Field(min_length=2, max_length=30)]


class IncomeLine(ApiModel):
    """监测收入标准, yuan per head and year."""

    key: Literal["income_line"]
    yuan: PositiveYuanIn

    def stored(self) -> dict[str, Any]:
        return {"fen": self.yuan}


class _Plain(ApiModel):
    """A value that is stored as it is sent."""

    key: Any

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"key"})


class IncomeWindow(_Plain):
    """收入计算期: the months before the case, or the yearly collection that ends with September."""

    key: Literal["income_window"]
    months: Annotated[int, Field(ge=1, le=24)] = 12
    ends: Literal["month_before", "september"] = "month_before"


class TimeLimits(_Plain):
    """各环节办理时限, in working days."""

    key: Literal["time_limits"]
    application: WorkingDays
    home_verification: WorkingDays
    village_review: WorkingDays
    notice: WorkingDays
    township_review: WorkingDays
    county_determination: WorkingDays


class NoticeDays(_Plain):
    """公示天数, in calendar days."""

    key: Literal["notice_days"]
    days: Annotated[int, Field(ge=5, le=60)]


def _bureau() -> list[StepRole]:
    return ["bureau"]


class Approvers(_Plain):
    """各环节由谁办理."""

    key: Literal["approvers"]
    application: Roles
    home_verification: Roles
    village_review: Roles
    notice: Roles
    township_review: Roles
    county_determination: Roles
    rollback: Roles = Field(default_factory=_bureau)
    """Who takes an elimination back that was wrong."""
    remark: Roles = Field(default_factory=_bureau)
    """Who marks a household again whose risk has come back."""

    @model_validator(mode="after")
    def county_decides(self) -> Approvers:
        if "village_cadre" in self.township_review or set(self.county_determination) != {"bureau"}:
            raise PydanticCustomError("approvers", "乡镇审核不能由村级办理，县级审定只能由县级办理")
        if "village_cadre" in {*self.rollback, *self.remark}:
            raise PydanticCustomError("approvers", "回退和再标注不能由村级办理")
        return self


class ClassNames(_Plain):
    """各类对象的名称."""

    key: Literal["class_names"]
    unstable_lifted: ClassName
    marginal: ClassName
    sudden_hardship: ClassName


class RiskPoint(ApiModel):
    """One risk that the county watches: a code of the national catalogue, or one of its own."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=30)]


class RiskPoints(_Plain):
    """风险点, in the order in which screens offer them."""

    key: Literal["risk_points"]
    items: Annotated[list[RiskPoint], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def each_once(self) -> RiskPoints:
        names, codes = ({getattr(item, field) for item in self.items} for field in ("name", "code"))
        if len(names) < len(self.items) or len(codes) < len(self.items):
            raise PydanticCustomError("risk_points", "同一风险点只能出现一次")
        return self


class EliminationRule(_Plain):
    """风险消除条件: months monitored, months of stable income, measures delivered."""

    key: Literal["elimination"]
    enrolled_months: Annotated[int, Field(ge=0, le=36)]
    stable_months: Annotated[int, Field(ge=0, le=36)]
    measures: Annotated[int, Field(ge=0, le=20)]


class LookBackRule(_Plain):
    """回头看: how many look-backs after an elimination, and how many months apart."""

    key: Literal["look_back"]
    quarters: Annotated[int, Field(ge=1, le=12)]
    months: Annotated[int, Field(ge=1, le=12)] = 3


class AssistancePlanRule(_Plain):
    """帮扶计划: working days from the start of monitoring within which a plan must be confirmed."""

    key: Literal["assistance_plan"]
    working_days: Annotated[int, Field(ge=1, le=60, description="工作日")]


class PackageEntry(ApiModel):
    """One measure that a package asks for."""

    type: MeasureType
    title: Text100
    department: Text100


class AssistancePackages(_Plain):
    """帮扶套餐: what each risk calls for, and ``no_labour`` for a household without labour."""

    key: Literal["assistance_packages"]
    packages: Annotated[
        dict[Code, Annotated[list[PackageEntry], Field(max_length=20)]], Field(min_length=1, max_length=40)
    ]

    @model_validator(mode="after")
    def no_labour_has_a_backstop(self) -> AssistancePackages:
        if not any(entry.type == BACKSTOP for entry in self.packages.get("no_labour", [])):
            raise PydanticCustomError("backstop", "无劳动力家庭（no_labour）的套餐须含兜底保障")
        return self


class SweepRule(_Plain):
    """排查: rounds that a year must have, and working days for putting a problem right."""

    key: Literal["sweep"]
    rounds_per_year: Annotated[int, Field(ge=1, le=12)]
    issue_working_days: Annotated[int, Field(ge=1, le=250, description="工作日")]


Value = Annotated[
    IncomeLine
    | IncomeWindow
    | TimeLimits
    | NoticeDays
    | Approvers
    | ClassNames
    | RiskPoints
    | EliminationRule
    | LookBackRule
    | AssistancePlanRule
    | AssistancePackages
    | SweepRule,
    Field(discriminator="key"),
]


class SettingCreate(ApiModel):
    """A new value from ``valid_from`` on; what held before stays on record and for cases already open."""

    value: Value
    valid_from: Annotated[date, Field(ge=date(2021, 1, 1), le=date(2099, 12, 31))]
    reason: Reason


def shown(key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A stored value as the API writes it: amounts in yuan."""
    return {"yuan": format_yuan(value["fen"])} if key == "income_line" else dict(value)


class Setting(ReadModel):
    id: UUID
    county_code: str
    key: Key
    value: dict[str, Any]
    valid_from: date
    revision: int
    recorded_at: datetime
    actor_name: str
    reason: str


class Profile(ReadModel):
    code: str
    name: str
    object_name: str
    fund_name: str
    valid_from: date
    valid_to: date | None


class Rule(ReadModel):
    """One key as it stands; ``own`` when the county has set it."""

    key: Key
    value: dict[str, Any]
    since: date
    own: bool
    setting_id: UUID | None
    default: dict[str, Any]
    """What holds where a county has set nothing."""


class Policy(ReadModel):
    """All rules of a county on a day."""

    county_code: str
    on: date
    profile: Profile
    income_line: Yuan
    rules: list[Rule]


class Word(ReadModel):
    code: str
    name: str
    in_use: bool
    """False for a risk that the county no longer offers; records of before still carry it."""


class Words(ReadModel):
    """What things are called in a region on a day."""

    profile_code: str
    profile_name: str
    object_name: str
    fund_name: str
    income_line: Yuan
    classes: list[Word]
    risks: list[Word]
