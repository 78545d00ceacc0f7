"""What crosses HTTP about duplicate persons. Numbers are masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from service_kit.region import LocalRegionCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api import terms
from monitoring_api.acts.schemas import NewHeadInput, Version
from monitoring_api.duplicates.rules import Basis, State
from monitoring_api.households.schemas import Reason

FieldName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]


class Search(ApiModel):
    region: LocalRegionCode


class Found(ReadModel):
    found: int
    """Pairs that were not on the list before."""
    more: bool
    """There are more than one search writes; search again."""


class MergeInput(ApiModel):
    """Which record stays, and of which fields the other's value is better.

    ``whole_household``: the households are one, registered twice; every pair of them is merged, who is only in the
    other one joins, and the other one closes.
    """

    kept_id: UUID
    choices: dict[FieldName, UUID] = Field(default_factory=dict, max_length=20)
    versions: dict[UUID, Version] = Field(max_length=2, description="两条登记的版本号")
    whole_household: bool = False
    new_head: NewHeadInput | None = None
    reason: Reason


class Decision(ApiModel):
    reason: Reason


class RecordRead(ReadModel):
    """One of the two records with where it stands."""

    id: UUID
    version: int
    name: str
    relation: terms.Relation
    state: terms.MemberState
    sex: terms.Sex
    birth_date: date
    id_number_masked: str | None
    phone_masked: str | None
    labour_ability: terms.LabourAbility
    health: terms.Health
    education: terms.Education
    schooling: terms.Schooling
    employment: terms.Employment
    insured: bool
    household_id: UUID
    household_no: str
    head_name: str | None
    people: int
    village_code: str
    village_name: str
    lifted: bool
    monitored: bool
    registered_at: datetime


class DuplicateRow(ReadModel):
    """A pair on the list. ``second`` is null when the other record is in another county (``other_county_name``)."""

    id: UUID
    county_code: str
    region_code: str
    basis: Basis
    state: State
    found_at: datetime
    decided_at: datetime | None
    decided_by_name: str | None
    reason: str | None
    kept_id: UUID | None
    other_county_name: str | None
    first: RecordRead
    second: RecordRead | None
    version: int


class Duplicate(DuplicateRow):
    """The pair side by side."""

    same_id_number: bool
    other_pairs: int
    """Further open pairs between the same two households: more than none suggests a household registered twice."""
