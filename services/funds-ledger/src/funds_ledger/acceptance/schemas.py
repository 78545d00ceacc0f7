"""What crosses HTTP about acceptance, settlement and hand-over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.schemas import ApiModel

from funds_ledger.documents.schemas import PastDate
from funds_ledger.terms import FundYuanIn


class AcceptanceWrite(ApiModel):
    accepted_on: PastDate
    unit: Annotated[str, Field(min_length=2, max_length=200, description="验收单位")]
    conclusion: Annotated[str, Field(min_length=2, max_length=1000, description="验收结论（会对外公示）")]


class SettlementWrite(ApiModel):
    amount: Annotated[FundYuanIn, Field(description="决算金额")]
    number: Annotated[str, Field(min_length=1, max_length=100, description="决算批复或审计报告文号")]


class HandOverAsset(ApiModel):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["public_welfare", "operating", "household"]
    category: Annotated[str, Field(min_length=1, max_length=100, examples=["农村道路"])]
    location: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    amount: Annotated[FundYuanIn, Field(description="资产价值，合计等于决算金额")]


class HandOverWrite(ApiModel):
    """Assets for the registry, or what else the project achieved."""

    result: Literal["assets", "no_assets"]
    assets: Annotated[list[HandOverAsset], Field(max_length=100)] = Field(default_factory=list)
    note: Annotated[str, Field(max_length=1000, description="没有形成资产的，写明成果")] = ""

    @model_validator(mode="after")
    def _coherent(self) -> HandOverWrite:
        if (self.result == "assets") != bool(self.assets):
            raise PydanticCustomError("assets_by_result", "形成资产的须逐项列出，没有形成资产的不列")
        if self.result == "no_assets" and len(self.note) < 2:
            raise PydanticCustomError("result_note", "没有形成资产的，请写明项目成果")
        return self
