"""What crosses HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service_kit.schemas import ApiModel, ReadModel


class ExportOrder(ApiModel):
    kind: str = Field(min_length=1, max_length=60)
    params: dict[str, Any] = Field(default_factory=dict, max_length=30)


class ExportJob(ReadModel):
    id: UUID
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed"]
    progress: float = Field(ge=0, le=1)
    rows: int | None
    file_name: str | None
    media_type: str | None
    size: int | None
    error: str | None
    ordered_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    """The file is removed then; the line stays."""
    removed: bool
