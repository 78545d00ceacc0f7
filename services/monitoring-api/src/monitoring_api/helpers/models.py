"""Helpers 帮扶责任人 of households (MON-9)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from service_kit.db import CountyKey, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import OWN_VILLAGE, Base
from monitoring_api.households.models import HOUSEHOLD_KEY


class HelperAssignment(CountyKey, Timestamps, Versioned, Base):
    """Who helps a household from a day on.

    An assignment ends with a successor for the same household, or with a release, which the service allows only when
    no risk remains. Both are on the row, so an end without either cannot be stored.
    """

    __tablename__ = "helper_assignment"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "household_id", name="uq_helper_assignment_household"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_helper_assignment_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "successor_id", "household_id"],
            ["helper_assignment.county_code", "helper_assignment.id", "helper_assignment.household_id"],
            name="fk_helper_assignment_successor",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint("until IS NULL OR until >= since", name="period"),
        CheckConstraint("(until IS NULL) = (num_nulls(successor_id, release_reason) = 2)", name="end"),
        CheckConstraint("num_nonnulls(successor_id, release_reason) <= 1", name="one_end"),
        CheckConstraint("successor_id <> id", name="successor"),
        Index(
            "uq_helper_assignment_current",
            "county_code",
            "household_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index(
            "ix_helper_assignment_helper",
            "county_code",
            "helper_id",
            "village_code",
            postgresql_where=text("until IS NULL"),
        ),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    helper_id: Mapped[UUID]
    """The person, by the id that the gateway knows them by."""
    helper_name: Mapped[str]
    helper_unit: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    successor_id: Mapped[UUID | None]
    release_reason: Mapped[str | None]
    assigned_by: Mapped[UUID]
    assigned_by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
