"""What crosses HTTP about the households of assets."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from service_kit.schemas import ReadModel

from asset_registry.households.events import TellingChange


class HouseholdNews(ReadModel):
    """One change of the household since it holds the asset."""

    change: TellingChange
    state: Literal["active", "closed"]
    people: int
    changed_at: datetime
