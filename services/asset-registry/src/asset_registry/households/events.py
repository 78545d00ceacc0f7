"""The register's news as this service reads it."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args
from uuid import UUID

from pydantic import AwareDatetime, BaseModel
from service_kit.outbox import Event

TellingChange = Literal[
    "died", "head_changed", "split", "merged", "transferred", "moved", "moved_out", "closed", "undone"
]
"""What whoever keeps a household's asset must know; other news of the register does not concern assets."""

TELLING = frozenset(get_args(TellingChange))


class MemberNow(BaseModel):
    id: UUID


class HouseholdChanged(Event):
    """A household changed in the register; ``household_version`` orders the news about one household."""

    type: ClassVar[str] = "household.changed"
    source: ClassVar[str] = "monitoring"

    household_id: UUID
    county_code: str
    household_version: int
    change: str
    state: str = "active"
    members: tuple[MemberNow, ...] = ()
    changed_at: AwareDatetime
