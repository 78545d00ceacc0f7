"""What crosses HTTP about assets to be registered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.money import Yuan
from service_kit.schemas import ReadModel

from asset_registry.assets.schemas import CompositionRead
from asset_registry.terms import AssetKind


class PendingAsset(ReadModel):
    """Everything that the registry already knows of it, so that nothing is typed twice."""

    id: UUID
    county_code: str
    region_code: str
    region_name: str
    project_id: UUID
    project_name: str
    accepted_on: date
    name: str
    kind: AssetKind
    category: str
    location: str | None
    original_value: Yuan
    fund_composition: list[CompositionRead]
    state: str
    asset_id: UUID | None
    received_at: datetime
