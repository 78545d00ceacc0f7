"""Notices that acts of this service wait for, the days they are shown, and since when money needs a project.

An act that needs notice refers to its ``act_notice`` by ``(id, closed_on)``, and a CHECK lets a notice close only after
its last day: so the database itself holds that nothing takes effect earlier.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, RegionText, Timestamps, reference, tenant
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.publication.rules import ACTS, Act
from funds_ledger.terms import sql_list


class ActNotice(CountyKey, Base):
    """The notice of one act; its id is that of the published notice."""

    __tablename__ = "act_notice"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "closed_on", name="uq_act_notice_closed"),
        Index("ix_act_notice_subject", "county_code", "subject_id"),
        CheckConstraint(f"act IN ({sql_list(ACTS)})", name="act"),
        CheckConstraint("days >= 1 AND ends_on > starts_on", name="period"),
        CheckConstraint("closed_on > ends_on", name="closed_after_end"),
        CheckConstraint("region_code >= county_code AND region_code < county_code || ':'", name="region_in_county"),
        tenant("region_code", grants="SELECT, INSERT, UPDATE (closed_on)"),
    )

    region_code: Mapped[RegionText]
    act: Mapped[Act] = mapped_column(Text())
    subject_id: Mapped[UUID]
    """The project, plan, allocation or batch."""
    starts_on: Mapped[date]
    days: Mapped[int] = mapped_column(SmallInteger)
    ends_on: Mapped[date]
    closed_on: Mapped[date | None]
    """The day on which it was found to have ended without an open or upheld objection."""


class PublicationRule(Base):
    """Days an act is shown before it takes effect, for notices that go up from a date on. Append-only."""

    __tablename__ = "publication_rule"
    __table_args__ = (
        UniqueConstraint("region_code", "act", "effective_on", "revision", name="uq_publication_rule_revision"),
        CheckConstraint(f"act IN ({sql_list(ACTS)})", name="act"),
        CheckConstraint("days BETWEEN 1 AND 365", name="days"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    act: Mapped[Act] = mapped_column(Text())
    effective_on: Mapped[date]
    days: Mapped[int] = mapped_column(SmallInteger)
    working_days: Mapped[bool]
    revision: Mapped[int]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class FundingRule(CountyKey, Timestamps, Base):
    """Since when the money of a county and year goes only to projects of the library, in its yearly plan (FND-4).

    Every allocation repeats ``library_from`` through a foreign key that follows changes, and a CHECK there refuses one
    without a project made on that day or later. What was allocated before stays valid.
    """

    __tablename__ = "funding_rule"
    __table_args__ = (
        UniqueConstraint("county_code", "year", name="uq_funding_rule_year"),
        UniqueConstraint("county_code", "year", "library_from", name="uq_funding_rule_library_from"),
        tenant("county_code", grants="SELECT, INSERT, UPDATE (library_from, basis, set_by, set_by_name, updated_at)"),
    )

    year: Mapped[int]
    library_from: Mapped[date]
    """9999-12-31 while the rule is not in force."""
    basis: Mapped[str]
    set_by: Mapped[UUID]
    set_by_name: Mapped[str]
