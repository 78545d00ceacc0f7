"""News that becomes a lead."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.leads.events import LoanOverdue
from monitoring_api.leads.models import Lead


async def take_overdue_loan(session: AsyncSession, event: LoanOverdue) -> None:
    """One lead for a loan, however often it is told."""
    await session.execute(
        insert(Lead)
        .values(
            county_code=event.county_code,
            id=event.loan_id,
            village_code=event.village_code,
            household_id=event.household_id,
            member_id=event.member_id,
            kind="loan_overdue",
            since=event.due_on,
            amount=event.balance_fen,
            state="open",
            told_at=event.changed_at,
            note="",
        )
        .on_conflict_do_nothing(index_elements=["county_code", "id"])
    )
