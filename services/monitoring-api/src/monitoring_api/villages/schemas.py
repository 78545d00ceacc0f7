"""What crosses HTTP about villages."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.money import Yuan, YuanIn
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.terms import VillageType


def _each_once(types: list[VillageType]) -> list[VillageType]:
    if len(set(types)) != len(types):
        raise PydanticCustomError("type_twice", "村类型重复")
    return sorted(types)


VillageTypes = Annotated[list[VillageType], Field(max_length=3), AfterValidator(_each_once)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class PublishedInput(ApiModel):
    """Figures as published, with their source; a figure that was not published is left out."""

    population: Count | None = None
    lifted_households: Count | None = None
    lifted_people: Count | None = None
    monitored_households: Count | None = None
    monitored_people: Count | None = None
    source: Annotated[str, Field(min_length=1, max_length=300)]


class VillageCreate(ApiModel):
    types: VillageTypes = Field(default_factory=list)
    collective_income: YuanIn | None = None
    published: PublishedInput | None = None


class VillageUpdate(ApiModel):
    """Only what is sent is changed; ``published`` replaces all published figures."""

    types: VillageTypes = Field(default_factory=list)
    collective_income: YuanIn | None = None
    published: PublishedInput | None = None


class Published(ReadModel):
    population: int | None
    lifted_households: int | None
    lifted_people: int | None
    monitored_households: int | None
    monitored_people: int | None
    source: str


class Village(ReadModel):
    """A village profile. Every count is recounted from the register now; ``published`` are the official figures."""

    code: str
    name: str
    township_name: str
    types: list[VillageType]
    population: int
    households: int
    lifted_households: int
    lifted_people: int
    monitored_households: int
    monitored_people: int
    collective_income: Yuan | None
    published: Published | None
    version: int
