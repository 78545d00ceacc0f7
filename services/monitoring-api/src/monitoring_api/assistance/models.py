"""Assistance plans and their measures (MON-10).

A confirmed plan of a household without labour names its backstop: the foreign key leads to a measure of this plan, of
type social security, that is not cancelled. Who can work was counted by the statement that confirmed it, under the
household's lock. So no confirmed plan can lack the backstop that it needed, nor lose it afterwards.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.assistance import rules
from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.households.models import HOUSEHOLD_KEY


class AssistancePlan(CountyKey, Timestamps, Versioned, Base):
    """The plan of one household for one time under monitoring. It begins as a draft on the day monitoring begins."""

    __tablename__ = "assistance_plan"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_assistance_plan_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "backstop_id", "id", "backstop_type", "backstop_kept"],
            [
                "assistance_measure.county_code",
                "assistance_measure.id",
                "assistance_measure.plan_id",
                "assistance_measure.type",
                "assistance_measure.kept",
            ],
            name="fk_assistance_plan_backstop",
            use_alter=True,
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("state", rules.PlanState), name="state"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint(
            "num_nulls(confirmed_at, confirmed_by, confirmed_by_name, labour_people, confirmed_risks) IN (0, 5)"
            " AND (state <> 'confirmed' OR confirmed_at IS NOT NULL)",
            name="confirmed",
        ),
        CheckConstraint("labour_people > 0 OR backstop_id IS NOT NULL", name="backstop"),
        CheckConstraint(
            "num_nulls(backstop_id, backstop_type, backstop_kept) IN (0, 3)"
            f" AND (backstop_id IS NULL OR (backstop_type = '{rules.BACKSTOP}' AND backstop_kept))",
            name="backstop_type",
        ),
        Index(
            "uq_assistance_plan_current",
            "county_code",
            "household_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("ix_assistance_plan_household", "county_code", "household_id", "since"),
        Index(
            "ix_assistance_plan_due",
            "county_code",
            "due_on",
            "id",
            postgresql_include=["village_code"],
            postgresql_where=text("state = 'draft'"),
        ),
        Index("ix_assistance_plan_state", "county_code", "state", "since", "id", postgresql_include=["village_code"]),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    since: Mapped[date]
    """The day monitoring began."""
    working_days: Mapped[int] = mapped_column(SmallInteger)
    """The limit that the policy set, from ``since``."""
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    goal: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_by_name: Mapped[str | None]
    confirmed_risks: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    """The household's risks that the plan answers, as they were at confirmation."""
    labour_people: Mapped[int | None] = mapped_column(SmallInteger)
    """Members able to work, counted at confirmation."""
    backstop_id: Mapped[UUID | None]
    """The social-security measure that a household without labour must have."""
    backstop_type: Mapped[str | None]
    backstop_kept: Mapped[bool | None]
    closed_on: Mapped[date | None]
    demo: Mapped[bool] = mapped_column(default=False)


class Measure(CountyKey, Timestamps, Versioned, Base):
    """One measure of a plan: who delivers what, when, for how much, and what came of it."""

    __tablename__ = "assistance_measure"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "plan_id", "type", "kept", name="uq_assistance_measure_kept"),
        ForeignKeyConstraint(
            ["county_code", "plan_id"],
            ["assistance_plan.county_code", "assistance_plan.id"],
            name="fk_assistance_measure_plan",
        ),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_assistance_measure_household",
            onupdate="CASCADE",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("type", rules.MeasureType), name="type"),
        CheckConstraint(one_of("state", rules.MeasureState), name="state"),
        CheckConstraint("kept = (state <> 'cancelled')", name="kept"),
        CheckConstraint("planned_to >= planned_from", name="dates"),
        CheckConstraint("amount >= 0 AND delivered_amount >= 0", name="amount"),
        CheckConstraint(
            "(state = 'delivered' AND num_nulls(delivered_on, delivered_amount, evidence, delivered_by_name) = 0)"
            " OR (state <> 'delivered' AND num_nonnulls(delivered_on, delivered_amount, evidence) = 0)",
            name="delivered",
        ),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled"),
        Index("ix_assistance_measure_plan", "county_code", "plan_id", "state"),
        Index("ix_assistance_measure_household", "county_code", "household_id"),
        Index("ix_assistance_measure_due", "county_code", "planned_to", "id", postgresql_include=["village_code"]),
        tenant("village_code"),
    )

    plan_id: Mapped[UUID]
    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    type: Mapped[str]
    title: Mapped[str]
    department: Mapped[str]
    planned_from: Mapped[date]
    planned_to: Mapped[date]
    amount: Mapped[Fen]
    """Planned, in fen; 0 for a measure that costs the payer nothing."""
    state: Mapped[str] = mapped_column(default="planned")
    kept: Mapped[bool] = mapped_column(default=True)
    delivered_on: Mapped[date | None]
    delivered_amount: Mapped[Fen | None]
    evidence: Mapped[str | None]
    """What proves the delivery, in words; files hang on it as attachments."""
    delivered_by_name: Mapped[str | None]
    """Who recorded the delivery."""
    result: Mapped[str | None]
    """What came of it."""
    cancel_reason: Mapped[str | None]
    created_by_name: Mapped[str]
    content_hash: Mapped[bytes | None]
    demo: Mapped[bool] = mapped_column(default=False)
