"""What other services learn from the registry. No personal data: ids, codes and amounts only."""

from __future__ import annotations

from datetime import date
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
    name: str = ""
    project_id: UUID | None = None
    """The project that handed it over, when it came from one."""
    registered_at: AwareDatetime


class AssetToRegister(ReadModel):
    """One thing that a project leaves behind; amounts in fen."""

    id: UUID
    name: str
    kind: AssetKind
    category: str
    location: str | None
    value_fen: int
    fund_composition: list[FundedBy]


class ProjectAccepted(Event):
    """The ledger's news that a project was accepted and settled and hands over what it built."""

    type: ClassVar[str] = "project.accepted"
    source: ClassVar[str] = "funds"

    project_id: UUID
    county_code: str
    region_code: str
    name: str
    accepted_on: date
    assets: list[AssetToRegister]
