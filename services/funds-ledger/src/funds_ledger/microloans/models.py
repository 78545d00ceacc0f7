"""Microloans to lifted and monitored households, as the banks report them, and the dated rules they follow (FND-9)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, reference, tenant
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.terms import MAX_FUND_FEN


class MicroloanPolicy(Base):
    """What may be lent from a day on. Append-only: of the nearest region the newest revision is in force."""

    __tablename__ = "microloan_policy"
    __table_args__ = (
        UniqueConstraint("region_code", "effective_on", "revision", name="uq_microloan_policy_revision"),
        CheckConstraint(f"max_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="max_range"),
        CheckConstraint("max_months BETWEEN 1 AND 120", name="months"),
        CheckConstraint("min_age BETWEEN 0 AND max_age AND max_age <= 120", name="age"),
        CheckConstraint("rate_cap_bp BETWEEN 1 AND 10000", name="rate"),
        CheckConstraint("subsidy_share_bp BETWEEN 0 AND 10000", name="subsidy"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    effective_on: Mapped[date]
    revision: Mapped[int]
    max_fen: Mapped[Fen]
    """For one household at a time."""
    max_months: Mapped[int]
    min_age: Mapped[int]
    max_age: Mapped[int]
    rate_cap_bp: Mapped[int | None]
    """Highest yearly rate in basis points; null while nobody has set it."""
    subsidy_share_bp: Mapped[int | None]
    """Share of the interest that is borne; null while nobody has set it."""
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class MicroloanTarget(Base):
    """How much a region is to disburse in a year. Append-only: the newest revision counts."""

    __tablename__ = "microloan_target"
    __table_args__ = (
        UniqueConstraint("region_code", "year", "revision", name="uq_microloan_target_revision"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint(r"region_code ~ '^\d{6}$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    year: Mapped[int]
    revision: Mapped[int]
    amount_fen: Mapped[Fen]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class Microloan(CountyKey, Timestamps, Versioned, Base):
    """One loan by its contract, with the balance of the newest report."""

    __tablename__ = "microloan"
    __table_args__ = (
        UniqueConstraint("county_code", "lender", "contract_number", name="uq_microloan_contract"),
        Index("ix_microloan_due", "county_code", "due_on", "id"),
        Index("ix_microloan_household", "county_code", "household_id"),
        CheckConstraint(f"principal_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="principal_range"),
        CheckConstraint("balance_fen BETWEEN 0 AND principal_fen", name="balance_range"),
        CheckConstraint("due_on > disbursed_on", name="term"),
        CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="rate"),
        CheckConstraint("reported_on >= disbursed_on", name="reported"),
        tenant("county_code"),
    )

    lender: Mapped[str]
    contract_number: Mapped[str]
    name: Mapped[str]
    person_key: Mapped[bytes] = mapped_column(LargeBinary)
    id_number: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_mask: Mapped[str]
    member_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    village_code: Mapped[RegionText | None]
    principal_fen: Mapped[Fen]
    balance_fen: Mapped[Fen]
    rate_bp: Mapped[int]
    disbursed_on: Mapped[date]
    due_on: Mapped[date]
    purpose: Mapped[str]
    household_used: Mapped[bool]
    """户贷户用: used by the household that borrowed."""
    problems: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    reported_on: Mapped[date]
    told_overdue_at: Mapped[datetime | None]
    """When the register was told that it is overdue."""


class MicroloanReport(CountyKey, Base):
    """The balance of a loan on one day, as a bank reported it; interest is counted from these. Never changed."""

    __tablename__ = "microloan_report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "loan_id"], ["microloan.county_code", "microloan.id"], name="fk_microloan_report_loan"
        ),
        UniqueConstraint("county_code", "loan_id", "reported_on", name="uq_microloan_report_day"),
        CheckConstraint("balance_fen >= 0", name="balance"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    loan_id: Mapped[UUID]
    reported_on: Mapped[date]
    balance_fen: Mapped[Fen]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]
