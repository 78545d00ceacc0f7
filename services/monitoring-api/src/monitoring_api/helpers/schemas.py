"""What crosses HTTP about helpers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from service_kit.region import RegionCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.households.schemas import PersonName, Reason, Text100


class Person(ApiModel):
    """Somebody who helps: the id is that of the user."""

    id: UUID
    name: PersonName
    unit: Text100


class Assign(ApiModel):
    """A helper for a household; one who is there already hands over to this one."""

    household_id: UUID
    helper: Person
    reason: Reason = "结对帮扶"


class Release(ApiModel):
    reason: Reason


class HandOver(ApiModel):
    """All households of one helper, in a region, go to another."""

    from_id: UUID
    to: Person
    region_code: RegionCode | None = None
    reason: Reason


class HandedOver(ReadModel):
    households: int


class Helper(ReadModel):
    id: UUID
    household_id: UUID
    village_code: str
    helper_id: UUID
    helper_name: str
    helper_unit: str
    since: date
    until: date | None
    successor_id: UUID | None
    release_reason: str | None
    reason: str
    assigned_by_name: str


class Workload(ReadModel):
    """How many households one person helps, and how many of these are monitored."""

    helper_id: UUID
    helper_name: str
    helper_unit: str
    households: int
    monitored: int


class HelpedHousehold(ReadModel):
    """A household that somebody helps."""

    assignment_id: UUID
    household_id: UUID
    household_no: str
    village_code: str
    village_name: str | None
    head_name: str | None
    monitored: bool
    monitored_class: str | None
    since: date
