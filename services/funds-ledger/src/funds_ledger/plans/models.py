"""Yearly plans and what of them is in force (FND-4)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.plans.rules import PLAN_STATES, PlanState
from funds_ledger.projects.models import IN_COUNTY
from funds_ledger.terms import MAX_FUND_FEN, sql_list


class YearlyPlan(CountyKey, Timestamps, Versioned, Base):
    """A list of projects for a year that was drafted, shown and then put in force by another person."""

    __tablename__ = "yearly_plan"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "year", "effective_on", name="uq_yearly_plan_in_force"),
        ForeignKeyConstraint(
            ["county_code", "notice_id", "effective_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_yearly_plan_notice",
        ),
        CheckConstraint(f"state IN ({sql_list(PLAN_STATES)})", name="state"),
        CheckConstraint("(state = 'in_force') = (effective_on IS NOT NULL)", name="in_force"),
        CheckConstraint("state NOT IN ('notice', 'in_force') OR notice_id IS NOT NULL", name="notice"),
        CheckConstraint("state <> 'in_force' OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("approved_by <> created_by", name="two_persons"),
        Index("ix_yearly_plan_year", "county_code", "year", "created_at", "id"),
        tenant("county_code"),
    )

    year: Mapped[int]
    title: Mapped[str]
    note: Mapped[str]
    state: Mapped[PlanState] = mapped_column(Text())
    notice_id: Mapped[UUID | None]
    effective_on: Mapped[date | None]
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
    approved_by: Mapped[UUID | None]
    approved_by_name: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    content_hash: Mapped[bytes | None]


class PlanLine(CountyKey, Base):
    """One project of a plan as it was drafted; replaced while the plan is a draft."""

    __tablename__ = "plan_line"
    __table_args__ = (
        UniqueConstraint("county_code", "plan_id", "project_id", name="uq_plan_line_project"),
        ForeignKeyConstraint(
            ["county_code", "plan_id"], ["yearly_plan.county_code", "yearly_plan.id"], name="fk_plan_line_plan"
        ),
        ForeignKeyConstraint(
            ["county_code", "project_id"],
            ["library_entry.county_code", "library_entry.id"],
            name="fk_plan_line_library",
        ),
        CheckConstraint(f"planned_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="planned_range"),
        CheckConstraint("priority BETWEEN 1 AND 9999", name="priority"),
        CheckConstraint(IN_COUNTY, name="region_in_county"),
        tenant("region_code", grants="SELECT, INSERT, DELETE"),
    )

    plan_id: Mapped[UUID]
    project_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    priority: Mapped[int] = mapped_column(SmallInteger)
    planned_fen: Mapped[Fen]


class PlanEntry(CountyKey, Timestamps, Base):
    """A project in the plan of a year, in force. Allocations draw on it; it bounds them."""

    __tablename__ = "plan_entry"
    __table_args__ = (
        UniqueConstraint("county_code", "project_id", "year", name="uq_plan_entry_year"),
        UniqueConstraint(
            "county_code", "project_id", "year", "region_code", "purpose", name="uq_plan_entry_what_is_funded"
        ),
        ForeignKeyConstraint(
            ["county_code", "project_id", "region_code", "purpose"],
            [
                "library_entry.county_code",
                "library_entry.id",
                "library_entry.region_code",
                "library_entry.purpose",
            ],
            name="fk_plan_entry_library",
        ),
        ForeignKeyConstraint(
            ["county_code", "plan_id", "year", "effective_on"],
            ["yearly_plan.county_code", "yearly_plan.id", "yearly_plan.year", "yearly_plan.effective_on"],
            name="fk_plan_entry_plan",
        ),
        CheckConstraint(f"planned_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="planned_range"),
        CheckConstraint("allocated_fen BETWEEN 0 AND planned_fen", name="within_planned"),
        CheckConstraint("ended_on IS NULL OR allocated_fen = 0", name="ended_unfunded"),
        Index("ix_plan_entry_year", "county_code", "year", "region_code", "priority"),
        tenant(
            "region_code",
            grants="SELECT, INSERT, UPDATE (plan_id, effective_on, planned_fen, allocated_fen, priority, ended_on,"
            " updated_at)",
        ),
    )

    project_id: Mapped[UUID]
    year: Mapped[int]
    region_code: Mapped[RegionText]
    purpose: Mapped[str]
    plan_id: Mapped[UUID]
    effective_on: Mapped[date]
    priority: Mapped[int] = mapped_column(SmallInteger)
    planned_fen: Mapped[Fen]
    allocated_fen: Mapped[Fen] = mapped_column(default=0)
    ended_on: Mapped[date | None]
