"""What the funds ledger tells the register."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime
from service_kit.outbox import Event


class LoanOverdue(Event):
    """A microloan of a household is past its day; amount in fen."""

    type: ClassVar[str] = "loan.overdue"
    source: ClassVar[str] = "funds"

    loan_id: UUID
    county_code: str
    village_code: str
    household_id: UUID
    member_id: UUID | None = None
    due_on: date
    balance_fen: int
    changed_at: AwareDatetime
