"""What crosses HTTP about leads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from service_kit.money import Yuan
from service_kit.schemas import ApiModel, ReadModel

LeadState = Literal["open", "followed", "dismissed"]
LeadKind = Literal["loan_overdue"]


class LeadRead(ReadModel):
    id: UUID
    kind: LeadKind
    village_code: str
    village_name: str | None
    household_id: UUID
    head_name: str | None
    household_no: str | None
    member_name: str | None
    monitored: bool | None
    since: date
    amount: Yuan | None
    state: LeadState
    told_at: datetime
    note: str
    handled_by_name: str | None
    handled_at: datetime | None


class LeadHandling(ApiModel):
    state: Annotated[Literal["followed", "dismissed"], Field(description="已跟进（如已发起识别）或排除")]
    note: Annotated[str, Field(min_length=2, max_length=500, description="核查情况")]
