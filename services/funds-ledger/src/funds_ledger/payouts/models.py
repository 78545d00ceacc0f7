"""Payouts to persons: lists, their lines, and the runs in which the bank pays them (FND-10)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.payouts.rules import (
    BATCH_STATES,
    CLAIMING,
    LINE_STATES,
    MAX_LINES,
    NEVER_KEPT,
    RUN_STATES,
    BatchState,
    LineState,
    RunState,
)
from funds_ledger.terms import MAX_FUND_FEN, sql_list

_CLAIMS = f"state IN ({sql_list(CLAIMING)})"
_NEVER = ", ".join(f"'{problem}'" for problem in NEVER_KEPT)


class PayoutBatch(CountyKey, Timestamps, Versioned, Base):
    """One list: one standard and period, paid out of one allocation through one bank."""

    __tablename__ = "payout_batch"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "allocation_id"],
            ["allocation.county_code", "allocation.id"],
            name="fk_payout_batch_allocation",
        ),
        ForeignKeyConstraint(["standard_id"], ["payout_standard.id"], name="fk_payout_batch_standard"),
        UniqueConstraint("county_code", "id", "standard_code", "period", name="uq_payout_batch_what_is_paid"),
        Index("ix_payout_batch_recent", "county_code", "created_at", "id"),
        Index("ix_payout_batch_allocation", "county_code", "allocation_id"),
        CheckConstraint(f"state IN ({sql_list(BATCH_STATES)})", name="state"),
        CheckConstraint("limit_fen BETWEEN 1 AND 100000000", name="limit_range"),
        tenant("county_code"),
    )

    allocation_id: Mapped[UUID]
    standard_id: Mapped[UUID]
    standard_code: Mapped[str]
    limit_fen: Mapped[Fen]
    """The standard's amount when the list was begun, for one person and period or one counted unit."""
    period: Mapped[str]
    title: Mapped[str]
    bank: Mapped[str]
    """The bank that pays out."""
    account_number: Mapped[bytes] = mapped_column(LargeBinary)
    account_mask: Mapped[str]
    """The account at that bank from which it pays."""
    state: Mapped[BatchState] = mapped_column(Text(), default="draft")
    held_payment_id: Mapped[UUID | None]
    """The approved payment that holds the money of what the bank sent back."""
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class PayoutRun(CountyKey, Timestamps, Versioned, Base):
    """One file to the bank, with the payment that is its money. The first pays the list, later ones what failed."""

    __tablename__ = "payout_run"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "batch_id"], ["payout_batch.county_code", "payout_batch.id"], name="fk_payout_run_batch"
        ),
        ForeignKeyConstraint(
            ["county_code", "payment_id"], ["payment.county_code", "payment.id"], name="fk_payout_run_payment"
        ),
        UniqueConstraint("county_code", "batch_id", "number", name="uq_payout_run_number"),
        Index(
            "uq_payout_run_open",
            "county_code",
            "batch_id",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'approved', 'sent')"),
        ),
        Index("ix_payout_run_payment", "county_code", "payment_id"),
        CheckConstraint(f"state IN ({sql_list(RUN_STATES)})", name="state"),
        CheckConstraint("decided_by <> submitted_by", name="two_persons"),
        CheckConstraint("state = 'submitted' OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("lines >= 1 AND number >= 1", name="positive"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("(state IN ('sent', 'settled')) = (file_digest IS NOT NULL)", name="file"),
        CheckConstraint("paid_lines + failed_lines <= lines AND paid_fen <= amount_fen", name="within"),
        CheckConstraint("state <> 'settled' OR paid_lines + failed_lines = lines", name="settled"),
        tenant("county_code"),
    )

    batch_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[RunState] = mapped_column(Text())
    payment_id: Mapped[UUID]
    lines: Mapped[int]
    amount_fen: Mapped[Fen]
    paid_lines: Mapped[int] = mapped_column(default=0)
    paid_fen: Mapped[Fen] = mapped_column(default=0)
    failed_lines: Mapped[int] = mapped_column(default=0)
    submitted_by: Mapped[UUID]
    submitted_by_name: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    opinion: Mapped[str] = mapped_column(default="")
    file_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the bank file's CSV."""
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class PayoutLine(CountyKey, Timestamps, Versioned, Base):
    """One person on a list.

    A line that claims (``rules.CLAIMING``) is the person's only one for the standard and period in the county: a unique
    index, whatever two lists do at the same moment. What the register said of the person is as of ``matched_at``.
    """

    __tablename__ = "payout_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "batch_id", "standard_code", "period"],
            [
                "payout_batch.county_code",
                "payout_batch.id",
                "payout_batch.standard_code",
                "payout_batch.period",
            ],
            name="fk_payout_line_batch",
        ),
        ForeignKeyConstraint(
            ["county_code", "run_id"], ["payout_run.county_code", "payout_run.id"], name="fk_payout_line_run"
        ),
        UniqueConstraint("county_code", "batch_id", "line_no", name="uq_payout_line_number"),
        Index(
            "uq_payout_line_once",
            "county_code",
            "person_key",
            "standard_code",
            "period",
            unique=True,
            postgresql_where=text(_CLAIMS),
        ),
        Index("ix_payout_line_person", "county_code", "person_key", "batch_id"),
        Index("ix_payout_line_member", "county_code", "member_id", postgresql_where=text("member_id IS NOT NULL")),
        Index("ix_payout_line_run", "county_code", "run_id", "state"),
        CheckConstraint(f"state IN ({sql_list(LINE_STATES)})", name="state"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("quantity BETWEEN 1 AND 1000", name="quantity_range"),
        CheckConstraint(f"line_no BETWEEN 1 AND {MAX_LINES}", name="line_range"),
        CheckConstraint(f"NOT ({_CLAIMS}) OR problems <@ kept", name="problems_decided"),
        CheckConstraint(f"NOT kept && ARRAY[{_NEVER}]", name="never_kept"),
        CheckConstraint(f"NOT ({_CLAIMS}) OR account_number IS NOT NULL", name="account_known"),
        CheckConstraint("num_nulls(account_number, account_index, account_mask) IN (0, 3)", name="account_complete"),
        CheckConstraint("(state IN ('excluded', 'given_up')) <= (reason <> '')", name="reason"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid"),
        CheckConstraint("(state IN ('ready', 'sent', 'paid')) <= (run_id IS NOT NULL)", name="run_named"),
        tenant("county_code"),
    )

    batch_id: Mapped[UUID]
    standard_code: Mapped[str]
    period: Mapped[str]
    line_no: Mapped[int]
    name: Mapped[str]
    person_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Blind index of the ID number."""
    id_number: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_mask: Mapped[str]
    account_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    account_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    account_mask: Mapped[str | None]
    account_valid: Mapped[bool] = mapped_column(default=False)
    account_by: Mapped[UUID | None]
    """Who corrected the account; nobody approves an account of his own."""
    bank: Mapped[str] = mapped_column(default="")
    holder: Mapped[str] = mapped_column(default="")
    """The account's holder as the sheet says; empty is the person."""
    quantity: Mapped[int] = mapped_column(default=1)
    amount_fen: Mapped[Fen]
    note: Mapped[str] = mapped_column(default="")
    member_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    village_code: Mapped[RegionText | None]
    register_state: Mapped[str | None]
    """present, died, moved_out, merged, void or closed (the household); null when the register has no such person."""
    name_differs: Mapped[bool] = mapped_column(default=False)
    matched_at: Mapped[datetime]
    problems: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    kept: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    """The problems that a person has looked at and let pass."""
    state: Mapped[LineState] = mapped_column(Text(), default="listed")
    reason: Mapped[str] = mapped_column(default="")
    """Why it was let pass, left out or given up."""
    decided_by_name: Mapped[str | None]
    failure: Mapped[str] = mapped_column(default="")
    """What the bank said when it last sent the money back."""
    run_id: Mapped[UUID | None]
    paid_at: Mapped[datetime | None]


class PayoutReturn(CountyKey, Base):
    """One line of one run that the bank sent back. Never changed: what a file did not pay stays known."""

    __tablename__ = "payout_return"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "run_id"], ["payout_run.county_code", "payout_run.id"], name="fk_payout_return_run"
        ),
        ForeignKeyConstraint(
            ["county_code", "line_id"], ["payout_line.county_code", "payout_line.id"], name="fk_payout_return_line"
        ),
        UniqueConstraint("county_code", "line_id", "run_id", name="uq_payout_return_once"),
        Index("ix_payout_return_account", "county_code", "account_index"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    run_id: Mapped[UUID]
    line_id: Mapped[UUID]
    account_index: Mapped[bytes] = mapped_column(LargeBinary)
    account_mask: Mapped[str]
    amount_fen: Mapped[Fen]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class PayoutImport(CountyKey, Base):
    """One file that came in, a list or a bank's return. A row with refused lines keeps the sheet to hand back."""

    __tablename__ = "payout_import"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "batch_id"], ["payout_batch.county_code", "payout_batch.id"], name="fk_payout_import_batch"
        ),
        Index("ix_payout_import_batch", "county_code", "batch_id", "at"),
        CheckConstraint("kind IN ('list', 'return')", name="kind"),
        CheckConstraint("(refused > 0) = (sheet IS NOT NULL)", name="handed_back"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    batch_id: Mapped[UUID]
    kind: Mapped[str]
    sha256: Mapped[str]
    accepted: Mapped[int]
    refused: Mapped[int]
    sheet: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The sheet with its reasons, encrypted: it repeats what people filled in."""
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class PayoutEvent(CountyKey, Base):
    """One step of a list's history. Never changed, never deleted."""

    __tablename__ = "payout_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "batch_id"], ["payout_batch.county_code", "payout_batch.id"], name="fk_payout_event_batch"
        ),
        Index("ix_payout_event_batch", "county_code", "batch_id", "at"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    batch_id: Mapped[UUID]
    run_number: Mapped[int | None]
    act: Mapped[str]
    lines: Mapped[int | None]
    amount_fen: Mapped[Fen | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]
