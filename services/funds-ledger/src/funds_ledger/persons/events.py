"""The register's news as this service reads it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel
from service_kit.outbox import Event


class MemberNow(BaseModel):
    id: UUID
    state: str


class HouseholdChanged(Event):
    """A household changed in the register; ``household_version`` orders the news about one household."""

    type: ClassVar[str] = "household.changed"
    source: ClassVar[str] = "monitoring"

    household_id: UUID
    county_code: str
    village_code: str
    household_version: int
    change: str
    state: str = "active"
    monitored: bool
    members: tuple[MemberNow, ...] = ()
    changed_at: AwareDatetime
