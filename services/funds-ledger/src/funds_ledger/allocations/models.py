"""Allocations: money of a pool promised to a region for a purpose."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.terms import MAX_FUND_FEN, PURPOSES, Purpose, SourceLevel, sql_list


class Allocation(CountyKey, Timestamps, Versioned, Base):
    """One line given to a township or village. Its content never changes; a reversal ends it."""

    __tablename__ = "allocation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "pool_id", "year", "source_level"],
            ["pool.county_code", "pool.id", "pool.year", "pool.source_level"],
            name="fk_allocation_pool",
        ),
        ForeignKeyConstraint(
            ["county_code", "document_id", "pool_id", "direct"],
            [
                "fund_document.county_code",
                "fund_document.id",
                "fund_document.pool_id",
                "fund_document.direct",
            ],
            name="fk_allocation_document",
        ),
        ForeignKeyConstraint(
            ["county_code", "year", "library_from"],
            ["funding_rule.county_code", "funding_rule.year", "funding_rule.library_from"],
            name="fk_allocation_funding_rule",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "project_id", "year", "region_code", "purpose"],
            [
                "plan_entry.county_code",
                "plan_entry.project_id",
                "plan_entry.year",
                "plan_entry.region_code",
                "plan_entry.purpose",
            ],
            name="fk_allocation_plan_entry",
        ),
        ForeignKeyConstraint(
            ["county_code", "notice_id", "released_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_allocation_notice",
        ),
        UniqueConstraint("county_code", "id", "pool_id"),
        UniqueConstraint("county_code", "id", "pool_id", "region_code"),
        Index(None, "county_code", "created_at", "id"),
        Index(None, "county_code", "region_code", "created_at", "id"),
        Index(None, "county_code", "pool_id", "created_at", "id"),
        CheckConstraint(f"purpose IN ({sql_list(PURPOSES)})", name="purpose"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("status IN ('allocated', 'reversed')", name="status"),
        CheckConstraint(
            "(status = 'reversed') = (reversed_at IS NOT NULL)"
            " AND (status = 'reversed') = (reversal_reason IS NOT NULL)",
            name="reversal",
        ),
        CheckConstraint(
            "paid_fen BETWEEN 0 AND committed_fen AND committed_fen <= amount_fen", name="paid_within_allocated"
        ),
        CheckConstraint("status <> 'reversed' OR committed_fen = 0", name="reversed_unpaid"),
        CheckConstraint(
            "project_id IS NOT NULL OR (created_at AT TIME ZONE 'Asia/Shanghai')::date < library_from",
            name="library_project",
        ),
        CheckConstraint(
            "notice_id IS NOT NULL OR (created_at AT TIME ZONE 'Asia/Shanghai')::date < library_from", name="notice"
        ),
        CheckConstraint("paid_fen = 0 OR notice_id IS NULL OR released_on IS NOT NULL", name="after_notice"),
        Index("ix_allocation_project", "county_code", "project_id", postgresql_where=text("project_id IS NOT NULL")),
        CheckConstraint("document_id IS NOT NULL OR NOT direct", name="direct_names_document"),
        CheckConstraint("region_code > county_code AND region_code < county_code || ':'", name="region_in_county"),
        tenant(
            "region_code",
            grants="SELECT, INSERT, UPDATE (status, reversed_at, reversal_reason, committed_fen, paid_fen,"
            " released_on, version, updated_at)",
        ),
    )

    region_code: Mapped[RegionText]
    pool_id: Mapped[UUID]
    year: Mapped[int]
    source_level: Mapped[SourceLevel] = mapped_column(Text())
    """Year and source of the pool, kept here because a township sees its allocations but not the pool."""
    document_id: Mapped[UUID | None]
    direct: Mapped[bool]
    purpose: Mapped[Purpose] = mapped_column(Text())
    title: Mapped[str]
    amount_fen: Mapped[Fen]
    committed_fen: Mapped[Fen] = mapped_column(default=0)
    """Payments requested, approved or made."""
    paid_fen: Mapped[Fen] = mapped_column(default=0)
    """Payments made and not refunded."""
    project_id: Mapped[UUID | None]
    """The project of the library and the yearly plan that it funds."""
    library_from: Mapped[date]
    """Since when money of the county and year needs a project; follows ``funding_rule``."""
    notice_id: Mapped[UUID | None]
    """The notice that payments wait for; NULL for what was allocated before the rule."""
    released_on: Mapped[date | None]
    """The day on which that notice was found to have ended clear."""
    batch_id: Mapped[UUID | None]
    """The lines of one bulk allocation share it."""
    note: Mapped[str]
    status: Mapped[str] = mapped_column(default="allocated")
    reversed_at: Mapped[datetime | None]
    reversal_reason: Mapped[str | None]
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
