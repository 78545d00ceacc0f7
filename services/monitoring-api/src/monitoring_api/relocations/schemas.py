"""What crosses HTTP about moves between regions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from service_kit.region import VillageCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api import terms
from monitoring_api.acts.schemas import NewHousehold, Relations, Version
from monitoring_api.households.schemas import Reason
from monitoring_api.relocations.rules import State


class Joining(ApiModel):
    """They become members of a household that is registered here."""

    household_id: UUID
    version: Version
    relations: Relations


class Accept(ApiModel):
    """Where they go: into a household of their own, or into one that is here.

    A whole household that moves within its county keeps its record, and ``household`` says number, group and address
    only (its ``id`` and ``head_id`` are ignored there).
    """

    household: NewHousehold | None = None
    village_code: VillageCode | None = None
    joining: Joining | None = None
    reason: Reason

    @model_validator(mode="after")
    def one_place(self) -> Accept:
        if (self.household is None) == (self.joining is None):
            raise PydanticCustomError("one_place", "请选择单独立户，或并入本地一户")
        if (self.household is None) != (self.village_code is None):
            raise PydanticCustomError("village_missing", "单独立户时请选择所在村")
        return self


class Decline(ApiModel):
    reason: Reason


class Mover(ReadModel):
    id: UUID
    name: str
    relation: terms.Relation
    sex: terms.Sex
    birth_date: date
    id_number_masked: str | None


class RelocationRead(ReadModel):
    """A declared move, as its receiver sees it."""

    id: UUID
    region_code: str
    region_name: str
    state: State
    from_village_code: str
    from_place: str
    """County, township and village in words."""
    same_county: bool
    whole: bool
    head_name: str
    people: list[Mover]
    was_monitored: bool
    monitored_class: str | None
    lifted: bool
    happened_on: date
    reason: str
    declared_at: datetime
    declared_by_name: str
    decided_at: datetime | None
    decided_by_name: str | None
    opinion: str | None
    household_id: UUID | None
    version: int


class MovePlace(ReadModel):
    """A region that somebody may move to, with its full name."""

    code: str
    name: str
