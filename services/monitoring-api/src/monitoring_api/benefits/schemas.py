"""What crosses HTTP about policies enjoyed."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.money import YuanIn
from service_kit.schemas import ApiModel

from monitoring_api.households.schemas import Reason, Text100, Text200, absent
from monitoring_api.terms import BenefitKind

EARLIEST = date(1949, 10, 1)


def _begun(day: date) -> date:
    if not EARLIEST <= day <= today():
        raise PydanticCustomError("since", "享受起始日期不能是以后的日期，也不能早于 1949 年")
    return day


def _ended(day: date) -> date:
    if not EARLIEST <= day <= today():
        raise PydanticCustomError("until", "享受截止日期不能是以后的日期")
    return day


Since = Annotated[date, AfterValidator(_begun)]
Until = Annotated[date, AfterValidator(_ended)]
Note = Annotated[str, Field(max_length=500)]


class BenefitCreate(ApiModel):
    """A policy that the household enjoys, or has enjoyed when ``until`` is given."""

    member_id: UUID | None = None
    kind: BenefitKind
    title: Text100
    since: Since
    until: Until | None = None
    yearly_amount: YuanIn | None = None
    source: Text200
    note: Note = ""

    @model_validator(mode="after")
    def period_is_possible(self) -> BenefitCreate:
        if self.until is not None and self.until < self.since:
            raise PydanticCustomError("period", "享受截止日期不能早于起始日期")
        return self


class BenefitUpdate(ApiModel):
    """Only what is sent is changed; ``until`` null means that it is still enjoyed."""

    member_id: UUID | None = None
    kind: BenefitKind = Field(default_factory=absent)
    title: Text100 = Field(default_factory=absent)
    since: Since = Field(default_factory=absent)
    until: Until | None = None
    yearly_amount: YuanIn | None = None
    source: Text200 = Field(default_factory=absent)
    note: Note = Field(default_factory=absent)
    reason: Reason | None = None


class BenefitEnd(ApiModel):
    until: Until
    reason: Reason
