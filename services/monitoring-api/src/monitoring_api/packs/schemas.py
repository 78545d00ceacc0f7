"""What a phone carries of one village."""

from __future__ import annotations

from datetime import datetime

from service_kit.schemas import ReadModel

from monitoring_api.households.schemas import HouseholdRow, Member
from monitoring_api.terms import DwellingGrade, VillageType, WaterSupply


class PackVillage(ReadModel):
    code: str
    name: str
    township_name: str
    types: list[VillageType]


class LastVisit(ReadModel):
    visited_at: datetime
    visitor_name: str


class PackHousehold(HouseholdRow):
    """A household to be visited, with what is known of it, so that nothing is typed twice; numbers masked."""

    address: str | None
    dwelling_grade: DwellingGrade | None
    water_supply: WaterSupply | None
    members: list[Member]
    last_visit: LastVisit | None


class Pack(ReadModel):
    village: PackVillage
    generated_at: datetime
    households: list[PackHousehold]
    truncated: bool
    """True when the village has more lifted or monitored households than a pack holds."""
