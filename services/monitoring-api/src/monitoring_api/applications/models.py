"""What people hand in for themselves or for others, without login (MON-5)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.db import CountyKey, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.applications import rules
from monitoring_api.db import OWN_VILLAGE, Base, one_of


class Application(CountyKey, Timestamps, Versioned, Base):
    """One application. Numbers are encrypted, found by blind index, shown masked."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("county_code", "receipt_number", name="uq_application_receipt_number"),
        ForeignKeyConstraint(
            ["county_code", "household_id"],
            ["household.county_code", "household.id"],
            name="fk_application_household",
        ),
        ForeignKeyConstraint(
            ["county_code", "case_id"],
            ["monitoring_case.county_code", "monitoring_case.id"],
            name="fk_application_case",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("state", rules.State), name="state"),
        CheckConstraint("state <> 'accepted' OR num_nulls(household_id, case_id) = 0", name="accepted"),
        CheckConstraint("state <> 'to_check' OR num_nonnulls(household_id, case_id, decided_at) = 0", name="to_check"),
        CheckConstraint("state = 'to_check' OR decided_at IS NOT NULL", name="decided"),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused"),
        CheckConstraint("num_nulls(proxy_name, proxy_relation) IN (0, 2)", name="proxy"),
        Index(
            "ix_application_to_check",
            "county_code",
            "due_on",
            "id",
            postgresql_include=["village_code"],
            postgresql_where=text("state = 'to_check'"),
        ),
        Index("ix_application_received", "county_code", "received_at", "id"),
        Index("ix_application_id_number", "county_code", "id_number_index"),
        Index("ix_application_case", "county_code", "case_id"),
        tenant("village_code"),
    )

    village_code: Mapped[RegionText]
    receipt_number: Mapped[str]
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    """Last day for the village's part, counted from the receipt."""
    head_name: Mapped[str]
    id_number: Mapped[bytes]
    id_number_index: Mapped[bytes]
    id_number_masked: Mapped[str]
    phone: Mapped[bytes]
    phone_masked: Mapped[str]
    difficulty: Mapped[str]
    risk: Mapped[str]
    proxy_name: Mapped[str | None]
    """Who applies for the household 代为申请; the phone is theirs."""
    proxy_relation: Mapped[str | None]
    state: Mapped[str]
    household_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    joined: Mapped[bool] = mapped_column(default=False)
    """The household had an open case already, and the application went to it."""
    reason: Mapped[str | None]
    """Why it was refused, or withdrawn; the applicant reads it."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
