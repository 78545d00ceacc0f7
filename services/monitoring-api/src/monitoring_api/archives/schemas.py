"""What crosses HTTP about the archives (MON-2)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan
from service_kit.region import LocalRegionCode, VillageCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.households.schemas import Benefit, Income, Member, Reason
from monitoring_api.terms import DwellingGrade, Status, WaterSupply

Format = Literal["pdf", "xlsx"]


class CardHelper(ReadModel):
    name: str
    unit: str
    since: date


class CardVisit(ReadModel):
    visited_on: date
    visitor_name: str
    note: str
    risks: list[str]
    """Names of the risk points that were found."""
    not_ok: list[str]
    """Guarantees that were not in order, by code."""


class CardCase(ReadModel):
    id: UUID
    kind: str
    state: str
    opened_on: date
    closed_on: date | None
    difficulty: str
    class_name: str | None
    net_income_per_head: Yuan | None


class HouseholdCard(ReadModel):
    """户卡: everything that the register knows of one household."""

    id: UUID
    household_no: str
    village_code: str
    village_name: str
    township_name: str
    county_name: str
    group_name: str | None
    address: str | None
    dwelling_grade: DwellingGrade | None
    water_supply: WaterSupply | None
    lifted: bool
    lifted_year: int | None
    monitored: bool
    monitored_class_name: str | None
    monitored_since: date | None
    risk_names: list[str]
    head_name: str | None
    people: int
    net_income_per_head: Yuan | None
    members: list[Member]
    incomes: list[Income]
    benefits: list[Benefit]
    helper: CardHelper | None
    visits: list[CardVisit]
    cases: list[CardCase]
    demo: bool


class RegisterRow(ReadModel):
    """One household of the village register 村册."""

    id: UUID
    household_no: str
    group_name: str | None
    head_name: str | None
    head_id_number_masked: str | None
    people: int
    lifted: bool
    monitored: bool
    monitored_class_name: str | None
    risk_names: list[str]
    dwelling_grade: DwellingGrade | None
    water_supply: WaterSupply | None
    income_year: int | None
    net_income_per_head: Yuan | None
    helper_name: str | None
    last_visited_on: date | None


class ClassCount(ReadModel):
    code: str
    name: str
    households: int
    people: int


class LedgerRow(ReadModel):
    """One village of the township ledger 乡镇簿, or one township of the county archive 县档."""

    code: str
    name: str
    villages: int
    households: int
    people: int
    lifted_households: int
    lifted_people: int
    monitored_households: int
    monitored_people: int
    unsafe_dwellings: int
    unsafe_water: int
    dropouts: int
    uninsured: int
    without_helper: int
    """Monitored households that have no helper."""
    open_cases: int
    eliminated: int
    """Households whose risk was eliminated."""
    visits_this_year: int


class Ledger(ReadModel):
    """A region and its next level, each recounted from the register."""

    region_code: str
    region_name: str
    level: Literal["county", "township"]
    total: LedgerRow
    classes: list[ClassCount]
    rows: list[LedgerRow]


class _Unmasked(ApiModel):
    unmask: bool = False
    """Identity and phone numbers in full; needs the permission to reveal and a reason, which the audit trail keeps."""
    reason: Reason | None = None

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.unmask and self.reason is None:
            raise PydanticCustomError("reason_required", "导出完整证件号码须填写理由")
        return self


class CardsOrder(_Unmasked):
    """The cards of one household, or of a region."""

    household_id: UUID | None = None
    region: LocalRegionCode | None = None
    status: Status | None = None
    format: Format = "pdf"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.household_id is None) == (self.region is None):
            raise PydanticCustomError("household_or_region", "请指定一户或一个地区")
        return self


class RegisterOrder(_Unmasked):
    region: VillageCode
    status: Status | None = None
    format: Format = "pdf"


class LedgerOrder(ApiModel):
    region: Annotated[str, Field(pattern=r"^(\d{6}|\d{9})$", examples=["431081106"])]
    format: Format = "pdf"
