"""What other services learn from the register. No personal data: ids, codes and states only."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime
from service_kit.outbox import Event


class HouseholdChanged(Event):
    """A household's status in the register changed; ``version`` orders the news about one household."""

    type: ClassVar[str] = "household.changed"
    source: ClassVar[str] = "monitoring"

    household_id: UUID
    county_code: str
    village_code: str
    household_version: int
    change: Literal["registered", "monitoring", "lifted"]
    lifted: bool
    monitored: bool
    monitored_class: str | None
    changed_at: AwareDatetime
