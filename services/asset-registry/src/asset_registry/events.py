"""What other services learn from the registry. No personal data: ids, codes and amounts only."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime
from service_kit.outbox import Event
from service_kit.schemas import ReadModel

from asset_registry.terms import AssetKind, SourceLevel


class FundedBy(ReadModel):
    """One line of the fund composition; amount in fen."""

    source_level: SourceLevel
    year: int
    document_number: str | None
    amount_fen: int


class AssetRegistered(Event):
    """An asset was entered in one of the three ledgers."""

    type: ClassVar[str] = "asset.registered"
    source: ClassVar[str] = "assets"

    asset_id: UUID
    county_code: str
    region_code: str
    kind: AssetKind
    code: str
    original_value_fen: int
    fund_composition: list[FundedBy]
    registered_at: AwareDatetime
