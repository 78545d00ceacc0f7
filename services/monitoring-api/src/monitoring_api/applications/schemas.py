"""What crosses HTTP about applications."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.receipts import ReceiptQuery
from service_kit.region import VillageCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.applications import rules
from monitoring_api.households.schemas import Code, Id, PersonName, Phone, Reason

ShortText = Annotated[str, Field(min_length=1, max_length=20)]


class ApplicationCreate(ApiModel):
    """Six inputs; two more when somebody applies for another household."""

    village_code: VillageCode
    head_name: Annotated[PersonName, Field(description="户主姓名")]
    id_number: Annotated[Id, Field(description="户主身份证号")]
    phone: Annotated[Phone, Field(description="联系电话")]
    difficulty: Annotated[str, Field(min_length=5, max_length=1000, description="困难情况")]
    risk: Annotated[Code, Field(description="风险类型", examples=["illness"])]
    proxy_name: Annotated[PersonName | None, Field(description="代为申请人姓名")] = None
    proxy_relation: Annotated[ShortText | None, Field(description="与户主的关系", examples=["子女"])] = None

    @model_validator(mode="after")
    def says_who_applies(self) -> Self:
        if (self.proxy_name is None) != (self.proxy_relation is None):
            raise PydanticCustomError("proxy", "代为申请须填写申请人姓名和与户主的关系")
        return self


class ApplicationReceipt(ReadModel):
    number: str
    received_at: datetime
    due_on: date
    """Last day of the village's part."""


class PublicStep(ReadModel):
    name: str
    state: rules.StepState
    on: date | None
    due_on: date | None


class ApplicationProgress(ReadModel):
    """Names of steps, days and the result in plain words; nothing of what anybody wrote about the household."""

    number: str
    received_at: datetime
    steps: list[PublicStep]
    result: rules.Result | None
    result_text: str | None
    reason: str | None
    may_withdraw: bool


class Withdrawal(ReceiptQuery):
    reason: Annotated[str, Field(max_length=200)] = ""


class Risk(ReadModel):
    code: str
    name: str


class Risks(ReadModel):
    items: list[Risk]


class ApplicationRow(ReadModel):
    id: UUID
    county_code: str
    village_code: str
    village_name: str
    receipt_number: str
    received_at: datetime
    due_on: date
    overdue: bool
    head_name: str
    id_number_masked: str
    phone_masked: str
    difficulty: str
    risk: str
    proxy_name: str | None
    proxy_relation: str | None
    state: rules.State
    joined: bool
    household_id: UUID | None
    case_id: UUID | None
    reason: str | None
    decided_at: datetime | None
    decided_by_name: str | None
    version: int


class ApplicationsPage(ReadModel):
    items: list[ApplicationRow]
    next: str | None
    total: int | None
    total_capped: bool


class Candidate(ReadModel):
    """A household that the application may be about."""

    household_id: UUID
    village_name: str
    household_no: str
    head_name: str
    head_id_number_masked: str | None
    monitored: bool
    open_case_id: UUID | None
    grounds: list[Literal["id_number", "name"]]


class Application(ApplicationRow):
    candidates: list[Candidate]
    """Of what is to be checked: same identity number anywhere in the county, same name of the head in the township."""


class MatchRequest(ApiModel):
    household_id: UUID


class Refusal(ApiModel):
    reason: Annotated[Reason, Field(description="不予受理的理由，申请人可以看到", examples=["查无此户"])]


class MatchingResult(ReadModel):
    accepted: int


class RevealRequest(ApiModel):
    field: Literal["id_number", "phone"]
    reason: Reason
