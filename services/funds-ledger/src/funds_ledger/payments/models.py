"""Payments out of allocations, the contracts they fulfil, their history, and the dated rules they are measured by."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, reference, tenant
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.payments.rules import CHANGES, PAYMENT_STATUSES, PaymentStatus
from funds_ledger.terms import MAX_FUND_FEN, SOURCE_LEVELS, SourceLevel, sql_list

_IN_COUNTY = "region_code > county_code AND region_code < county_code || ':'"
_CHANGES = " OR ".join(
    f"(from_status IS NULL AND to_status = '{after}')"
    if before is None
    else f"(from_status = '{before}' AND to_status = '{after}')"
    for before, after in CHANGES
)


class Contract(CountyKey, Timestamps, Base):
    """A contract of a region by its number; its amount bounds all payments on it, from whatever allocation."""

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("county_code", "region_code", "number"),
        UniqueConstraint("county_code", "id", "region_code"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint(
            "paid_fen BETWEEN 0 AND committed_fen AND committed_fen <= amount_fen", name="paid_within_contract"
        ),
        CheckConstraint(_IN_COUNTY, name="region_in_county"),
        tenant("region_code", grants="SELECT, INSERT, UPDATE (committed_fen, paid_fen, updated_at)"),
    )

    region_code: Mapped[RegionText]
    number: Mapped[str]
    amount_fen: Mapped[Fen]
    committed_fen: Mapped[Fen] = mapped_column(default=0)
    """Payments requested, approved or made."""
    paid_fen: Mapped[Fen] = mapped_column(default=0)


class Payment(CountyKey, Timestamps, Versioned, Base):
    """One payment out of an allocation. What was requested never changes; the state moves along ``rules.LIFECYCLE``.

    The account number is ciphertext with a blind index and a mask; nothing else of it is kept.
    """

    __tablename__ = "payment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "allocation_id", "pool_id", "region_code"],
            ["allocation.county_code", "allocation.id", "allocation.pool_id", "allocation.region_code"],
            name="fk_payment_allocation",
        ),
        ForeignKeyConstraint(
            ["county_code", "contract_id", "region_code"],
            ["contract.county_code", "contract.id", "contract.region_code"],
            name="fk_payment_contract",
        ),
        UniqueConstraint(
            "county_code", "id", "allocation_id", "pool_id", "amount_fen", name="uq_payment_what_is_posted"
        ),
        Index(None, "county_code", "created_at", "id"),
        Index(None, "county_code", "region_code", "created_at", "id"),
        Index(None, "county_code", "allocation_id"),
        Index(None, "county_code", "contract_id"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint(f"status IN ({sql_list(PAYMENT_STATUSES)})", name="status"),
        CheckConstraint("reviewed_by <> created_by", name="two_persons"),
        CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL) AND (reviewed_by IS NULL) = (reviewed_by_name IS NULL)",
            name="review_complete",
        ),
        CheckConstraint("(status IN ('requested', 'withdrawn')) = (reviewed_by IS NULL)", name="reviewed"),
        CheckConstraint(
            "(status IN ('paid', 'refunded')) = (paid_at IS NOT NULL) AND (paid_at IS NULL) = (paid_by IS NULL)",
            name="paid_by_whom",
        ),
        CheckConstraint("(status IN ('returned', 'withdrawn', 'refunded')) = (end_reason IS NOT NULL)", name="reason"),
        CheckConstraint(_IN_COUNTY, name="region_in_county"),
        tenant(
            "region_code",
            grants="SELECT, INSERT, UPDATE (status, reviewed_by, reviewed_by_name, reviewed_at, paid_by, paid_at,"
            " end_reason, version, updated_at)",
        ),
    )

    region_code: Mapped[RegionText]
    pool_id: Mapped[UUID]
    allocation_id: Mapped[UUID]
    contract_id: Mapped[UUID | None]
    amount_fen: Mapped[Fen]
    payee: Mapped[str]
    bank: Mapped[str]
    account_number: Mapped[bytes] = mapped_column(LargeBinary)
    account_index: Mapped[bytes] = mapped_column(LargeBinary)
    account_mask: Mapped[str]
    evidence_number: Mapped[str]
    evidence: Mapped[str]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed hash of the request, to know the same one when it comes again."""
    status: Mapped[PaymentStatus] = mapped_column(Text(), default="requested")
    reviewed_by: Mapped[UUID | None]
    reviewed_by_name: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    paid_by: Mapped[UUID | None]
    paid_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """Why it was returned, withdrawn or refunded."""
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class PaymentEvent(CountyKey, Base):
    """One change of a payment's state. Never changed, never deleted; each state is reached once."""

    __tablename__ = "payment_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "payment_id"], ["payment.county_code", "payment.id"], name="fk_payment_event_payment"
        ),
        UniqueConstraint("county_code", "payment_id", "to_status", name="uq_payment_event_once"),
        CheckConstraint(_CHANGES, name="lifecycle"),
        CheckConstraint("to_status NOT IN ('returned', 'withdrawn', 'refunded') OR reason <> ''", name="reason"),
        CheckConstraint(_IN_COUNTY, name="region_in_county"),
        tenant("region_code", grants=APPEND_ONLY),
    )

    region_code: Mapped[RegionText]
    payment_id: Mapped[UUID]
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class ProgressCheckpoint(Base):
    """How much of a year's money must be paid by a date. Append-only: the highest revision is in force."""

    __tablename__ = "progress_checkpoint"
    __table_args__ = (
        UniqueConstraint(
            "year", "source_level", "region_code", "due_on", "revision", name="uq_progress_checkpoint_revision"
        ),
        CheckConstraint(f"source_level IN ({sql_list(SOURCE_LEVELS)})", name="source_level"),
        CheckConstraint("share_bp BETWEEN 0 AND 10000", name="share_range"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    year: Mapped[int]
    source_level: Mapped[SourceLevel] = mapped_column(Text())
    region_code: Mapped[RegionText]
    due_on: Mapped[date]
    share_bp: Mapped[int]
    revision: Mapped[int]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class AllocationSpeedRule(Base):
    """Working days for full marks and for none, for money received from a date on. Append-only."""

    __tablename__ = "allocation_speed_rule"
    __table_args__ = (
        UniqueConstraint("region_code", "effective_on", "revision"),
        CheckConstraint("0 <= full_days AND full_days < zero_days AND zero_days <= 1000", name="days"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    effective_on: Mapped[date]
    full_days: Mapped[int]
    zero_days: Mapped[int]
    revision: Mapped[int]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
