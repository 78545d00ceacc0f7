"""What crosses HTTP about persons who changed. Ids and states only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from service_kit.schemas import ReadModel


class PersonChange(ReadModel):
    """Who died, moved away or was registered twice, by the register's id."""

    member_id: UUID
    household_id: UUID
    region_code: str
    state: Literal["died", "moved_out", "merged", "void"]
    household_closed: bool
    changed_at: datetime
