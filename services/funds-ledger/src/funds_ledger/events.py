"""What other services learn from the ledger, and what it learns from the registry. No personal data."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime
from service_kit.outbox import Event
from service_kit.schemas import ReadModel

from funds_ledger.terms import SourceLevel


class FundedBy(ReadModel):
    """One line of a fund composition; amount in fen."""

    source_level: SourceLevel
    year: int
    document_number: str | None
    amount_fen: int


class AssetToRegister(ReadModel):
    """One thing that a project leaves behind; its composition adds up to its value, in fen."""

    id: UUID
    name: str
    kind: str
    category: str
    location: str | None
    value_fen: int
    fund_composition: list[FundedBy]


class ProjectAccepted(Event):
    """A project was accepted and settled, and hands over what it built (FND-6)."""

    type: ClassVar[str] = "project.accepted"
    source: ClassVar[str] = "funds"

    project_id: UUID
    county_code: str
    region_code: str
    name: str
    accepted_on: date
    settled_fen: int
    assets: list[AssetToRegister]


class LoanOverdue(Event):
    """A microloan of a registered household is past its day (FND-9); told once. Amount in fen."""

    type: ClassVar[str] = "loan.overdue"
    source: ClassVar[str] = "funds"

    loan_id: UUID
    county_code: str
    village_code: str
    household_id: UUID
    member_id: UUID | None
    due_on: date
    balance_fen: int
    changed_at: AwareDatetime


class AssetRegistered(Event):
    """The registry's news, as far as it matters here: ``project_id`` is there when the asset came from a project."""

    type: ClassVar[str] = "asset.registered"
    source: ClassVar[str] = "assets"

    asset_id: UUID
    county_code: str
    region_code: str
    kind: str
    code: str
    name: str = ""
    original_value_fen: int
    project_id: UUID | None = None
    registered_at: AwareDatetime
