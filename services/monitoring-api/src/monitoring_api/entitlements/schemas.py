"""What crosses HTTP between the register and the payouts. Identity numbers are whole here: a bank pays by them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from service_kit.region import RegionCode
from service_kit.schemas import ApiModel, ReadModel

ListedBy = Literal["schooling", "employment", "benefit", "status"]
Among = Literal["any", "lifted_or_monitored", "monitored"]
MOST = 2_000


class EntitledPerson(ReadModel):
    member_id: UUID
    household_id: UUID
    village_code: str
    name: str
    id_number: str | None


class EntitlementList(ReadModel):
    items: list[EntitledPerson]
    next: str | None


class MatchRequest(ApiModel):
    """At most 2,000 numbers of one county at a time."""

    region: RegionCode
    id_numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=MOST)]


class Match(ReadModel):
    place: Annotated[int, Field(description="在所问号码中的位置，从 0 起")]
    member_id: UUID
    household_id: UUID
    village_code: str
    name: str
    state: Literal["present", "died", "moved_out", "merged", "void", "closed"]
    supported: Annotated[bool, Field(description="脱贫户或监测对象的成员")]


class Matches(ReadModel):
    items: list[Match]
