"""What other services learn from the register. No personal data: ids, codes and states only."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel
from service_kit.outbox import Event

from monitoring_api.terms import MemberState

HouseholdChangeKind = Literal[
    "registered", "monitoring", "class", "eliminated", "lifted", "joined", "died", "head_changed", "split", "merged",
    "transferred", "moved", "moved_out", "closed", "undone", "persons_merged", "persons_unmerged"
]  # fmt: skip


class MemberNow(BaseModel):
    """A person whom the news is about, and what the register says of them now."""

    id: UUID
    state: MemberState


class HouseholdChanged(Event):
    """A household changed in the register; ``household_version`` orders the news about one household."""

    type: ClassVar[str] = "household.changed"
    source: ClassVar[str] = "monitoring"

    household_id: UUID
    county_code: str
    village_code: str
    household_version: int
    change: HouseholdChangeKind
    state: Literal["active", "closed"]
    members: tuple[MemberNow, ...] = ()
    """Those whom it is about: who died, moved, was merged."""
    other_household_id: UUID | None = None
    """The second household of a split, merger or transfer."""
    lifted: bool
    monitored: bool
    monitored_class: str | None
    changed_at: AwareDatetime
