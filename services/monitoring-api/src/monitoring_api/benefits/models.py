"""Policies that a household enjoys 享受政策 (MON-1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api import terms
from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.households.models import HOUSEHOLD_KEY


class PolicyBenefit(CountyKey, Timestamps, Versioned, Base):
    """One policy that a household, or one of its members, enjoys from a day on. What has ended stays on record."""

    __tablename__ = "policy_benefit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_policy_benefit_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "member_id"],
            ["household_member.county_code", "household_member.id"],
            name="fk_policy_benefit_member",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("kind", terms.BenefitKind), name="kind"),
        CheckConstraint("until IS NULL OR until >= since", name="period"),
        CheckConstraint("yearly_amount >= 0", name="yearly_amount"),
        CheckConstraint("title <> '' AND source <> ''", name="said"),
        Index("ix_policy_benefit_household", "county_code", "village_code", "household_id", "since"),
        Index("ix_policy_benefit_member", "county_code", "member_id", postgresql_where=text("member_id IS NOT NULL")),
        # The same policy is not enjoyed twice at a time; several members may each enjoy it.
        Index(
            "uq_policy_benefit_current",
            "county_code",
            "household_id",
            "kind",
            "title",
            "member_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    member_id: Mapped[UUID | None]
    """Whom it is for; null when it is for the household as a whole."""
    kind: Mapped[str]
    title: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    """The last day; null while it is enjoyed."""
    yearly_amount: Mapped[Fen | None]
    """Fen in a year; null when the policy is no money."""
    source: Mapped[str]
    """The department that grants it."""
    note: Mapped[str] = mapped_column(default="")
    demo: Mapped[bool] = mapped_column(default=False)
    content_hash: Mapped[bytes | None]
    """SHA-256 of the request that recorded it, to recognise a repeated one; null when bulk loaded."""
