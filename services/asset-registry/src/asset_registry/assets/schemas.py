"""What crosses HTTP about assets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from service_kit.money import PositiveYuanIn, Yuan, YuanIn
from service_kit.region import LocalRegionCode
from service_kit.schemas import ApiModel, ReadModel

from asset_registry.terms import Act, AssetKind, AssetStatus, CurrentStatus, OwnerKind, SourceLevel

Name = Annotated[str, Field(min_length=1, max_length=100)]
Text200 = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[
    str,
    Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z-]+$", description="资产编号", examples=["ZX-GY-0001"]),
]
Year = Annotated[int, Field(ge=1949, le=2999, examples=[2025])]
Flag = Annotated[bool, Field(strict=True)]
Reason = Annotated[str, Field(min_length=2, max_length=500, description="理由，记入变更记录")]


def absent() -> Any:
    """Default of a field that may be left out but not be null; ``model_fields_set`` tells which were sent."""
    return None


class CompositionLine(ApiModel):
    """Money of one source that went into the asset."""

    source_level: SourceLevel
    year: Annotated[Year, Field(description="资金年度")]
    document_number: Annotated[str | None, Field(min_length=1, max_length=100, description="文号")] = None
    amount: PositiveYuanIn


Composition = Annotated[list[CompositionLine], Field(min_length=1, max_length=50, description="资金构成，合计等于原值")]


class DetailsByKind(ApiModel):
    """What only assets of one kind have; the others leave it empty."""

    keeper: Annotated[Name | None, Field(description="管护主体（公益性）")] = None
    keeper_person: Annotated[Name | None, Field(description="管护责任人（公益性）")] = None
    upkeep_budget: Annotated[YuanIn | None, Field(description="年管护经费，元（公益性）")] = None
    upkeep_source: Annotated[Name | None, Field(description="管护经费来源（公益性）")] = None
    operator_name: Annotated[Name | None, Field(description="经营主体（经营性）")] = None
    operation_mode: Annotated[Name | None, Field(description="经营方式（经营性）", examples=["租赁"])] = None
    contract_from: Annotated[date | None, Field(description="合同起始日（经营性）")] = None
    contract_to: Annotated[date | None, Field(description="合同到期日（经营性）")] = None
    yearly_rent: Annotated[YuanIn | None, Field(description="年租金或收益，元（经营性）")] = None
    household_id: Annotated[UUID | None, Field(description="农户编号（到户类）")] = None
    household_head_name: Annotated[Name | None, Field(description="户主姓名（到户类）")] = None


class AssetCreate(DetailsByKind):
    """An entry in one of the three ledgers."""

    region_code: LocalRegionCode
    kind: AssetKind
    code: Code
    name: Name
    category: Annotated[Name, Field(examples=["光伏电站"])]
    project_name: Text200 | None = None
    original_value: PositiveYuanIn
    fund_composition: Composition
    location: Text200 | None = None
    built_on: date | None = None
    status: CurrentStatus = "in_use"
    owner_kind: OwnerKind
    owner_name: Name | None = None
    title_confirmed: Flag = False
    pending_id: Annotated[UUID | None, Field(description="由哪项待登记资产登记；项目移交的填")] = None


class AssetUpdate(DetailsByKind):
    """Only what is sent is changed. Kind and region stay; disposal goes through approval (AST-7)."""

    code: Code = Field(default_factory=absent)
    name: Name = Field(default_factory=absent)
    category: Name = Field(default_factory=absent)
    project_name: Text200 | None = None
    original_value: PositiveYuanIn = Field(default_factory=absent)
    fund_composition: Composition = Field(default_factory=absent)
    location: Text200 | None = None
    built_on: date | None = None
    status: CurrentStatus = Field(default_factory=absent)
    owner_kind: OwnerKind = Field(default_factory=absent)
    owner_name: Name | None = None
    title_confirmed: Flag = Field(default_factory=absent)
    reason: Reason | None = None


class CompositionRead(ReadModel):
    source_level: SourceLevel
    year: int
    document_number: str | None
    amount: Yuan


class Asset(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str
    kind: AssetKind
    code: str
    name: str
    category: str
    project_name: str | None
    original_value: Yuan
    fund_composition: list[CompositionRead]
    location: str | None
    built_on: date | None
    status: AssetStatus
    owner_kind: OwnerKind
    owner_name: str | None
    title_confirmed: bool
    keeper: str | None
    keeper_person: str | None
    upkeep_budget: Yuan | None
    upkeep_source: str | None
    operator_name: str | None
    operation_mode: str | None
    contract_from: date | None
    contract_to: date | None
    yearly_rent: Yuan | None
    household_id: UUID | None
    household_head_name: str | None
    project_id: UUID | None
    demo: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Change(ReadModel):
    field: str
    before: Any
    after: Any


class HistoryLine(ReadModel):
    """One act: version ``version`` of the asset is what it made."""

    version: int
    at: datetime
    actor_name: str
    act: Act
    reason: str | None
    changes: list[Change]
