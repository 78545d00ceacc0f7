"""The rows that an act touches as they were, to put them back exactly: plain JSON, bytes as hex."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts.service.following import benefits_follow, files_follow
from monitoring_api.households.models import Household, HouseholdMember

PLACEMENT = ("household_id", "village_code", "relation", "is_head", "state")
"""Where a person stands; an act changes nothing else of them."""

HOUSEHOLD = (
    "village_code", "household_no", "group_name", "address", "state", "lifted", "lifted_year", "monitored",
    "monitored_class", "monitored_since", "risks",
)  # fmt: skip

PERSON = (
    *PLACEMENT, "name", "name_tail", "initials", "sex", "birth_date", "id_number", "id_number_index",
    "id_number_masked", "phone", "phone_masked", "labour_ability", "health", "education", "schooling", "employment",
    "insured",
)  # fmt: skip

_TYPES: dict[str, Any] = {
    "household_id": UUID,
    "birth_date": date.fromisoformat,
    "monitored_since": date.fromisoformat,
    "id_number": bytes.fromhex,
    "id_number_index": bytes.fromhex,
    "phone": bytes.fromhex,
}


@dataclass(slots=True)
class Image:
    """What to put back, and what the act made that will have no place then."""

    households: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    made_households: list[str] = field(default_factory=list)
    made_members: list[str] = field(default_factory=list)
    helpers_ended: list[str] = field(default_factory=list)
    helpers_made: list[str] = field(default_factory=list)

    def keep(self, households: Iterable[Household], members: Iterable[HouseholdMember], columns: Any) -> None:
        for household in households:
            self.households[str(household.id)] = _plain(household, HOUSEHOLD)
        for member in members:
            self.members[str(member.id)] = _plain(member, columns)

    def data(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Image:
        return cls(**{name: data[name] for name in cls.__slots__})


def _plain(row: Any, columns: Iterable[str]) -> dict[str, Any]:
    return {column: _value(getattr(row, column)) for column in columns}


def _value(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
    return value


async def put_back(
    session: AsyncSession,
    image: Image,
    households: Mapping[UUID, Household],
    members: Mapping[UUID, HouseholdMember],
) -> None:
    """Make the rows what they were: heads after the others, because a household never has two at once.

    Households last and unflushed, so that whoever calls makes one version of each.
    """
    heads = []
    for key, columns in image.members.items():
        row = members[UUID(key)]
        if columns["is_head"]:
            heads.append((row, columns))
        _set(row, columns | {"is_head": False, "relation": "other"} if columns["is_head"] else columns)
    for key in image.made_members:
        row = members[UUID(key)]
        row.state, row.is_head, row.relation = "void", False, "other"
    await session.flush()
    for row, columns in heads:
        _set(row, columns)
    await session.flush()
    back = [members[UUID(key)] for key in image.members]
    await benefits_follow(session, back[0].county_code if back else "", [row.id for row in back])
    for key, columns in image.households.items():
        household = households[UUID(key)]
        if household.village_code != columns["village_code"]:
            await files_follow(session, household.county_code, household.id, columns["village_code"])
        _set(household, columns)
    for key in image.made_households:
        households[UUID(key)].state = "closed"


def _set(row: Any, columns: Mapping[str, Any]) -> None:
    for column, value in columns.items():
        typed = _TYPES[column](value) if value is not None and column in _TYPES else value
        if getattr(row, column) != typed:
            setattr(row, column, typed)
