"""Dated subsidy standards 补助标准 (FND-10). No number of policy stands in code."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, Fen, RegionText, reference
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.standards.rules import (
    AMONG,
    CATEGORIES,
    LISTED_BY,
    PERIOD_KINDS,
    Among,
    Category,
    ListedBy,
    PeriodKind,
)
from funds_ledger.terms import sql_list


class PayoutStandard(Base):
    """What a person may get from a day on. Append-only: of a region and code the newest revision is in force."""

    __tablename__ = "payout_standard"
    __table_args__ = (
        UniqueConstraint("region_code", "code", "effective_on", "revision", name="uq_payout_standard_revision"),
        CheckConstraint(f"category IN ({sql_list(CATEGORIES)})", name="category"),
        CheckConstraint(f"period_kind IN ({sql_list(PERIOD_KINDS)})", name="period_kind"),
        CheckConstraint(f"listed_by IN ({sql_list(LISTED_BY)})", name="listed_by"),
        CheckConstraint(f"among IN ({sql_list(AMONG)})", name="among"),
        CheckConstraint("(listed_by IS NULL) = (listed_value IS NULL)", name="list_complete"),
        CheckConstraint("amount_fen BETWEEN 1 AND 100000000", name="amount_range"),
        CheckConstraint("ends_on IS NULL OR ends_on >= effective_on", name="period"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    revision: Mapped[int]
    name: Mapped[str]
    category: Mapped[Category] = mapped_column(Text())
    beneficiary: Mapped[str]
    """Who it is for, as the document says it."""
    unit: Mapped[str]
    """As the document says it, e.g. 元/生/年."""
    amount_fen: Mapped[Fen]
    """The most for one person and period, or for each counted unit (day, month) of it."""
    counted: Mapped[bool]
    """True when a line counts units, e.g. days of training."""
    period_kind: Mapped[PeriodKind] = mapped_column(Text())
    condition: Mapped[str]
    listed_by: Mapped[ListedBy | None] = mapped_column(Text())
    listed_value: Mapped[str | None]
    """Which list of the register has the people; null when only a sheet has them."""
    among: Mapped[Among] = mapped_column(Text())
    effective_on: Mapped[date]
    ends_on: Mapped[date | None]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
