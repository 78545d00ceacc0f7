"""Moves to where the mover's own cadres have no say: declared there, accepted here (MON-1).

The row lies in the region that is asked to receive, so that its people see what waits for them. Until they accept,
those who move stay registered and counted where they were; nobody falls between two villages.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import CountyKey, RegionText, Timestamps, Versioned, tenant
from service_kit.kit_tables import region
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import Base
from monitoring_api.relocations.rules import STATES


class Relocation(CountyKey, Timestamps, Versioned, Base):
    """One declared move. ``county_code`` and ``region_code`` are where it goes; ``from_*`` where it comes from."""

    __tablename__ = "relocation"
    __table_args__ = (
        ForeignKeyConstraint(["region_code"], [region.c.code], name="fk_relocation_region"),
        CheckConstraint("length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code", name="county"),
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'accepted') = (household_id IS NOT NULL)", name="accepted"),
        CheckConstraint("cardinality(member_ids) > 0", name="members"),
        Index("ix_relocation_list", "county_code", "state", "declared_at", "id"),
        Index(
            "uq_relocation_pending",
            "county_code",
            "from_household_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        tenant("region_code"),
    )

    region_code: Mapped[RegionText]
    state: Mapped[str]
    from_county_code: Mapped[RegionText]
    from_village_code: Mapped[RegionText]
    from_household_id: Mapped[UUID]
    whole: Mapped[bool]
    """Everybody present moves."""
    member_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    new_head: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """``{"member_id", "relations"}`` of those who stay, when the head goes."""
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``[{"id", "name", "relation", "sex", "birth_date", "id_number_masked"}]``, for the list."""
    head_name: Mapped[str]
    was_monitored: Mapped[bool]
    monitored_class: Mapped[str | None]
    lifted: Mapped[bool]
    happened_on: Mapped[date]
    reason: Mapped[str]
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID]
    declared_by_name: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    opinion: Mapped[str | None]
    household_id: Mapped[UUID | None]
    """The household that received them."""
    member_count: Mapped[int] = mapped_column(SmallInteger)
