"""Leads 线索 that other services tell of a household: somebody looks, and says what came of it (FND-9, MON-7)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, tenant
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from monitoring_api.db import OWN_VILLAGE, Base


class Lead(CountyKey, Base):
    """One lead; its id is that of what it is about, so that the same news twice is one lead."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint("kind IN ('loan_overdue')", name="kind"),
        CheckConstraint("state IN ('open', 'followed', 'dismissed')", name="state"),
        CheckConstraint("(state = 'open') = (handled_at IS NULL)", name="handled"),
        CheckConstraint("state = 'open' OR note <> ''", name="said"),
        Index("ix_lead_open", "county_code", "village_code", "told_at", "id"),
        tenant("village_code"),
    )

    village_code: Mapped[RegionText]
    household_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    kind: Mapped[str]
    since: Mapped[date]
    """The day from which it holds, e.g. when a loan fell due."""
    amount: Mapped[Fen | None]
    """Fen, when it is about money."""
    state: Mapped[str]
    told_at: Mapped[datetime]
    note: Mapped[str]
    """What came of it."""
    handled_by: Mapped[UUID | None]
    handled_by_name: Mapped[str | None]
    handled_at: Mapped[datetime | None]
