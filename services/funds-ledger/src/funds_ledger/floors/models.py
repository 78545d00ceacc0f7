"""Floor rules: the minimum industry share as configuration, never changed, only followed by a newer revision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, RegionText, reference
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.terms import SOURCE_LEVELS, SourceLevel, sql_list


class FloorRule(Base):
    """One revision of the floor for a year, a source level and a region (``""`` is the nation).

    Append-only: the highest ``revision`` of a (year, source level, region) is in force, the others are its history.
    A catalogue shared by all counties, because one rule of a province binds them all.
    """

    __tablename__ = "floor_rule"
    __table_args__ = (
        UniqueConstraint("year", "source_level", "region_code", "revision"),
        CheckConstraint(f"source_level IN ({sql_list(SOURCE_LEVELS)})", name="source_level"),
        CheckConstraint("floor_bp BETWEEN 0 AND 10000", name="floor_range"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    year: Mapped[int]
    source_level: Mapped[SourceLevel] = mapped_column(Text())
    region_code: Mapped[RegionText]
    revision: Mapped[int]
    floor_bp: Mapped[int]
    not_below_last_year: Mapped[bool] = mapped_column(default=False)
    """The industry share must also reach what the county's money of this source achieved the year before."""
    basis: Mapped[str]
    """The document that orders the floor, in words."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
