"""What crosses HTTP about acts. Every act says when it happened, why, and which papers prove it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, RootModel
from pydantic_core import PydanticCustomError
from service_kit.clock import today
from service_kit.ids import Uuid7
from service_kit.region import LocalRegionCode, VillageCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api import terms
from monitoring_api.acts.rules import MonitoringChoice
from monitoring_api.households.schemas import HouseholdNumber, MemberCreate, Reason, Text100, Text200


def _not_in_future(day: date) -> date:
    if not date(1949, 10, 1) <= day <= today():
        raise PydanticCustomError("happened_on", "发生日期不能晚于今天")
    return day


PastDay = Annotated[date, AfterValidator(_not_in_future)]
Relations = Annotated[dict[UUID, terms.DependantRelation], Field(default_factory=dict, max_length=30)]
"""Member → relation to the head; who is left out gets the likely one."""
MemberIds = Annotated[list[UUID], Field(min_length=1, max_length=30)]
Version = Annotated[int, Field(ge=1, le=2_147_483_647)]


class Evidence(ApiModel):
    """A paper that proves the act, e.g. 死亡证明 with its number."""

    title: Text100
    number: Text100 | None = None


class NewHeadInput(ApiModel):
    member_id: UUID
    relations: Relations


class NewHousehold(ApiModel):
    """A household founded by the act. Without a number it gets the next one of the village."""

    id: Uuid7
    household_no: HouseholdNumber | None = None
    group_name: Text100 | None = None
    address: Text200 | None = None
    head_id: UUID
    relations: Relations


class ActBase(ApiModel):
    happened_on: PastDay
    reason: Reason
    evidence: list[Evidence] = Field(default_factory=list, max_length=10)


class Birth(ActBase):
    """出生: ``happened_on`` is the birth date; the newborn may have no identity number yet."""

    kind: Literal["birth"]
    member_id: Uuid7
    member: MemberCreate


class MoveIn(ActBase):
    """迁入: somebody comes from outside the system, by marriage, adoption, return …"""

    kind: Literal["move_in"]
    member_id: Uuid7
    member: MemberCreate
    place: Text200 = Field(description="迁出地")
    cause: Literal["marriage", "adoption", "return", "other"]


class Death(ActBase):
    kind: Literal["death"]
    member_id: UUID
    new_head: NewHeadInput | None = None


class HeadChange(ActBase):
    kind: Literal["head_change"]
    new_head: NewHeadInput


class Split(ActBase):
    """分户. Of a monitored household a person says which of the two goes on being monitored."""

    kind: Literal["split"]
    member_ids: MemberIds
    household: NewHousehold
    new_head: NewHeadInput | None = None
    monitoring: MonitoringChoice | None = None


class Merge(ActBase):
    """并户: everybody here joins another household, and this one closes.

    ``carry_monitoring`` must be said when this household is monitored and the other is not.
    """

    kind: Literal["merge"]
    other_household_id: UUID
    other_version: Version
    relations: Relations
    carry_monitoring: bool | None = None


class Transfer(ActBase):
    """转入他户: some people join another household of the same county, e.g. by marriage."""

    kind: Literal["transfer"]
    member_ids: MemberIds
    other_household_id: UUID
    other_version: Version
    relations: Relations
    new_head: NewHeadInput | None = None


class MoveVillage(ActBase):
    """整户迁到本辖区的另一个村: the household keeps its history, visits, cases and monitoring."""

    kind: Literal["move_village"]
    village_code: VillageCode
    household_no: HouseholdNumber | None = None
    group_name: Text100 | None = None
    address: Text200 | None = None


class MoveOut(ActBase):
    """迁出系统外, e.g. to a city."""

    kind: Literal["move_out"]
    member_ids: MemberIds
    place: Text200 = Field(description="迁往地")
    new_head: NewHeadInput | None = None


class DeclareMove(ActBase):
    """申报迁往他处: takes effect when the receiving side accepts."""

    kind: Literal["declare_move"]
    relocation_id: Uuid7
    member_ids: MemberIds
    to_region: LocalRegionCode
    new_head: NewHeadInput | None = None


class WithdrawMove(ActBase):
    kind: Literal["withdraw_move"]
    relocation_id: UUID


class Close(ActBase):
    """销户: nobody is left, and monitoring has ended."""

    kind: Literal["close"]


class Undo(ActBase):
    """撤销: the rows that an act touched become what they were; only while nothing changed since."""

    kind: Literal["undo"]
    undoes: UUID


AnyAct = (
    Birth | MoveIn | Death | HeadChange | Split | Merge | Transfer | MoveVillage | MoveOut | DeclareMove | WithdrawMove
    | Close | Undo
)  # fmt: skip


class ActInput(RootModel[Annotated[AnyAct, Field(discriminator="kind")]]):
    """One act; ``kind`` says which."""


class PersonNamed(ReadModel):
    id: UUID
    name: str


class EffectRead(ReadModel):
    code: str
    params: dict[str, Any]


class RelationAfter(ReadModel):
    household_id: UUID
    member_id: UUID
    name: str
    before: terms.Relation | None
    after: terms.Relation


class Preview(ReadModel):
    """What an act would do. ``relations`` are those that change; a person corrects the suggested ones."""

    effects: list[EffectRead]
    relations: list[RelationAfter]


class ActHousehold(ReadModel):
    id: UUID
    household_no: str
    head_name: str | None
    village_name: str


class ActLine(ReadModel):
    """One act on the household, or on another that touched it."""

    id: UUID
    kind: terms.ActKind
    household_id: UUID
    version: int
    other_household: ActHousehold | None
    happened_on: date
    recorded_at: datetime
    actor_name: str
    reason: str
    evidence: list[Evidence]
    people: list[PersonNamed]
    place: str | None
    relocation_id: UUID | None
    effects: list[EffectRead]
    undoes: UUID | None
    undone_by: UUID | None
    undoable: bool
    """Nothing has changed since in the households that it touched."""
