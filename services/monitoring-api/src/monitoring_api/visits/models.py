"""Visits of cadres to households (MON-5, GW-4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, RegionText, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import OWN_VILLAGE, Base
from monitoring_api.households.models import HOUSEHOLD_KEY


class Visit(CountyKey, Base):
    """One visit as the phone recorded it. Append-only by privilege: a visit that was wrong is followed by another.

    ``payload_hash`` tells a repeated upload from another record under the same id; ``receipt_number`` is what the
    cadre keeps. ``findings``, ``location`` and ``device_clock`` have the shapes of ``visits.schemas``.
    """

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_visit_household",
            onupdate="CASCADE",
        ),
        UniqueConstraint("county_code", "receipt_number", name="uq_visit_receipt_number"),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint("length(payload_hash) = 64", name="payload_hash"),
        Index("ix_visit_household", "county_code", "household_id", "visited_at", "id"),
        Index("ix_visit_county", "county_code", "visited_at", "id"),
        Index("ix_visit_village", "county_code", "village_code", "visited_at", "id"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    visited_at: Mapped[datetime]
    """By the phone's clock."""
    received_at: Mapped[datetime]
    """By the server's clock."""
    visitor_id: Mapped[UUID]
    visitor_name: Mapped[str]
    form_version: Mapped[int] = mapped_column(SmallInteger)
    findings: Mapped[dict[str, Any]]
    location: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    device_clock: Mapped[dict[str, Any]]
    payload_hash: Mapped[str]
    """Hex SHA-256 of the canonical JSON of the request."""
    receipt_number: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False)
