"""What a phone carries of one village."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.schemas import ReadModel

from monitoring_api.casework.rules import Kind, State
from monitoring_api.households.schemas import HouseholdRow, Income, Member
from monitoring_api.policy.schemas import RiskPoint, Words
from monitoring_api.terms import DwellingGrade, VillageType, WaterSupply
from monitoring_api.visits.schemas import Findings


class PackVillage(ReadModel):
    code: str
    name: str
    township_name: str
    types: list[VillageType]


class LastVisit(ReadModel):
    visited_at: datetime
    visitor_name: str
    findings: Findings


class PackCase(ReadModel):
    """The household's open case: what a home verification has to know."""

    id: UUID
    kind: Kind
    state: State
    due_on: date
    difficulty: str
    risks: list[str]
    risk_points: list[RiskPoint]
    """Those of the day when the case was opened: a case keeps the words of its time."""
    window_from: date
    window_to: date


class PackHousehold(HouseholdRow):
    """A household to be visited, with what is known of it, so that nothing is typed twice; numbers masked."""

    address: str | None
    dwelling_grade: DwellingGrade | None
    water_supply: WaterSupply | None
    members: list[Member]
    last_visit: LastVisit | None
    income: Income | None
    """Of the latest year registered."""
    open_case: PackCase | None


class DueLookBack(ReadModel):
    """A look-back whose time has come; its household is among ``households``."""

    id: UUID
    household_id: UUID
    seq: int
    due_on: date


class PackSweepItem(ReadModel):
    """A household of a sweep, with as much as a list needs: most are neither lifted nor monitored."""

    household_id: UUID
    household_no: str
    group_name: str | None
    head_name: str | None
    done: bool
    """Recorded, or given a reason."""


class PackSweep(ReadModel):
    """An open round that covers the village."""

    round_id: UUID
    title: str
    starts_on: date
    ends_on: date
    form_version: int
    items: list[PackSweepItem]


class Pack(ReadModel):
    village: PackVillage
    generated_at: datetime
    households: list[PackHousehold]
    look_backs_due: list[DueLookBack]
    sweeps: list[PackSweep]
    words: Words | None
    """What classes and risks are called in the county now, to be shown and chosen from without a network."""
    truncated: bool
    """True when the village has more households to be visited than a pack holds."""
