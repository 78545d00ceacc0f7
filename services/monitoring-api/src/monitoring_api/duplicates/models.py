"""Persons who may stand on the register twice: found by the system, decided by a person, reversibly (MON-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.db import CountyKey, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import Base, one_of
from monitoring_api.duplicates import rules


class DuplicateCandidate(CountyKey, Timestamps, Versioned, Base):
    """Two records that may be one person. ``region_code`` is the smallest region that holds both.

    Whoever sees that region sees the pair. A person who is also registered in another county has a row in the county
    that registered them later: ``other_county_code`` says where, ``second_id`` who there; the county clears it by
    letting its own record go or by correcting the number.
    """

    __tablename__ = "duplicate_candidate"
    __table_args__ = (
        UniqueConstraint("county_code", "first_id", "second_id", name="uq_duplicate_candidate_pair"),
        ForeignKeyConstraint(
            ["county_code", "first_id"],
            ["household_member.county_code", "household_member.id"],
            name="fk_duplicate_candidate_first",
        ),
        CheckConstraint("length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code", name="county"),
        CheckConstraint("first_id < second_id OR other_county_code IS NOT NULL", name="order"),
        CheckConstraint("other_county_code <> county_code", name="other_county"),
        CheckConstraint(one_of("basis", rules.Basis), name="basis"),
        CheckConstraint(one_of("state", rules.State), name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'merged') = (kept_id IS NOT NULL)", name="merged"),
        CheckConstraint("(state = 'merged') = (before IS NOT NULL)", name="before"),
        CheckConstraint("state <> 'merged' OR other_county_code IS NULL", name="one_county"),
        Index("ix_duplicate_candidate_list", "county_code", "state", "found_at", "id"),
        Index(
            "ix_duplicate_candidate_second",
            "county_code",
            "second_id",
            postgresql_where=text("state <> 'not_duplicate'"),
        ),
        tenant("region_code"),
    )

    region_code: Mapped[RegionText]
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    other_county_code: Mapped[RegionText | None]
    basis: Mapped[str]
    state: Mapped[str]
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    reason: Mapped[str | None]
    kept_id: Mapped[UUID | None]
    choices: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Field → id of the record whose value was kept."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The rows as they were, numbers as ciphertext; and the versions that the merge made."""
