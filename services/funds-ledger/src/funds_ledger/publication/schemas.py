"""What crosses HTTP about notices and their rules."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, field_validator
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.floors.schemas import FloorRegion
from funds_ledger.publication.rules import Act
from funds_ledger.terms import Instant

Basis = Annotated[str, Field(min_length=2, max_length=500, description="依据：文件名称和文号")]


class PublicationRuleWrite(ApiModel):
    region_code: FloorRegion
    act: Act
    effective_on: date
    days: Annotated[int, Field(ge=1, le=365, strict=True, description="公示天数，不含贴出当日")]
    working_days: Annotated[bool, Field(strict=True, description="按工作日计算")] = False
    basis: Basis


RuleStanding = Literal["in_force", "to_come", "replaced"]


class PublicationRuleRead(ReadModel):
    id: UUID
    region_code: str
    region_name: str | None
    act: Act
    effective_on: date
    days: int
    working_days: bool
    basis: str
    revision: int
    standing: Annotated[RuleStanding, Field(description="对所设地区：现行、尚未生效、已被替代")]
    created_at: Instant
    created_by_name: str


class ClosedNotices(ReadModel):
    closed: Annotated[int, Field(description="已确认期满无异议的公示")]
    left: Annotated[int, Field(description="期满但有异议没有了结、不能确认的公示")]


class FundingRuleWrite(ApiModel):
    library_from: Annotated[
        date | None, Field(description="自该日起资金只能安排给库内且列入年度计划的项目；空为不启用")
    ]
    basis: Basis


class FundingRuleRead(ReadModel):
    county_code: str
    year: int
    library_from: date | None
    basis: str
    set_by_name: str
    updated_at: Instant

    @field_validator("library_from")
    @classmethod
    def _never_is_nothing(cls, day: date | None) -> date | None:
        return None if day is not None and day.year == 9999 else day


class ActCoverage(ReadModel):
    """How much of what was done is public."""

    act: Act
    total: int
    published: int
    showing: Annotated[int, Field(description="正在公示")]
    ended_clear: Annotated[int, Field(description="公示期满无异议")]


class NotPublic(ReadModel):
    act: Act
    id: UUID
    region_code: str
    region_name: str | None
    title: str
    amount: Yuan | None
    done_on: date


class WaitingNotice(ReadModel):
    """A notice whose act has not taken effect."""

    id: UUID
    act: Act
    region_code: str
    region_name: str | None
    title: str
    starts_on: date
    ends_on: date
    over: Annotated[bool, Field(description="公示期已满，可以办理生效")]


class CoverageReport(ReadModel):
    year: int
    as_of: date
    acts: list[ActCoverage]
    not_public: Annotated[list[NotPublic], Field(description="尚未公开的，最多 200 条")]
    waiting: Annotated[list[WaitingNotice], Field(description="正在公示或待生效的，最多 200 条")]


class NoticeState(ReadModel):
    """The notice that an act waits for or waited for."""

    id: UUID
    act: Act
    starts_on: date
    ends_on: date
    closed_on: date | None
