"""Months of reconciliation, the statements that came, their lines, and what was matched with what (FND-13).

Two things hold in the database whatever the code does. A line and a ledger entry are in at most one match in effect:
partial unique indexes over the parts. And nothing in a closed month changes: statements and matches repeat the month's
``closed_at`` through a foreign key that follows it, and CHECKs want everything that happened to them to be earlier.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, Fen, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.reconciliation.rules import CHANNELS, DIRECTIONS, HOWS, MATCH_STATES, MONTH_STATES, NEVER
from funds_ledger.terms import MAX_FUND_FEN, sql_list

_OPEN = "'9999-01-01 00:00:00+00'::timestamptz"
_OF_MONTH = ["reconciliation_month.county_code", "reconciliation_month.id", "reconciliation_month.closed_at"]


class ReconciliationMonth(CountyKey, Timestamps, Versioned, Base):
    """One calendar month of a county. ``closed_at`` is ``rules.NEVER`` until another person closes it."""

    __tablename__ = "reconciliation_month"
    __table_args__ = (
        UniqueConstraint("county_code", "month", name="uq_reconciliation_month_month"),
        UniqueConstraint("county_code", "id", "closed_at", name="uq_reconciliation_month_closed"),
        CheckConstraint(f"state IN ({sql_list(MONTH_STATES)})", name="state"),
        CheckConstraint("extract(day FROM month) = 1", name="first_day"),
        CheckConstraint("window_days BETWEEN 0 AND 31", name="window"),
        CheckConstraint("(state = 'open') = (submitted_by IS NULL)", name="submitted"),
        CheckConstraint(
            f"(state = 'closed') = (closed_by IS NOT NULL) AND (state = 'closed') = (closed_at < {_OPEN})"
            " AND (state = 'closed') = (digest IS NOT NULL)",
            name="closed",
        ),
        CheckConstraint("closed_by <> submitted_by", name="two_persons"),
        CheckConstraint(
            "(closed_at AT TIME ZONE 'Asia/Shanghai')::date >= (month + interval '1 month')::date", name="over"
        ),
        tenant(
            "county_code",
            grants="SELECT, INSERT, UPDATE (state, window_days, note, submitted_by, submitted_by_name, submitted_at,"
            " closed_by, closed_by_name, closed_at, summary, digest, version, updated_at)",
        ),
    )

    month: Mapped[date]
    window_days: Mapped[int] = mapped_column(SmallInteger)
    """How far apart the dates of a proposal may be."""
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    """What the maker says to the differences that remain."""
    submitted_by: Mapped[UUID | None]
    submitted_by_name: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_by_name: Mapped[str | None]
    closed_at: Mapped[datetime] = mapped_column(default=NEVER)
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The figures as they were closed, amounts in fen."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Hash over all lines, matches and differences at closing, see ``views.digest``."""


class Statement(CountyKey, Base):
    """One file of a treasury or bank for one month. A wrong one is withdrawn, never deleted."""

    __tablename__ = "reconciliation_statement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "month_id", "closed_at"],
            _OF_MONTH,
            name="fk_reconciliation_statement_month",
            onupdate="CASCADE",
        ),
        UniqueConstraint("county_code", "id", "live", name="uq_reconciliation_statement_live"),
        Index(
            "uq_reconciliation_statement_digest",
            "county_code",
            "digest",
            unique=True,
            postgresql_where=text("live"),
        ),
        Index("ix_reconciliation_statement_month", "county_code", "month_id", "created_at", "id"),
        CheckConstraint(f"channel IN ({sql_list(CHANNELS)})", name="channel"),
        CheckConstraint("created_at < closed_at", name="before_closing"),
        CheckConstraint("withdrawn_at < closed_at", name="withdrawn_before_closing"),
        CheckConstraint(
            "live = (withdrawn_at IS NULL) AND live = (withdrawn_by IS NULL) AND live = (withdrawal_reason IS NULL)",
            name="withdrawn",
        ),
        tenant(
            "county_code",
            grants="SELECT, INSERT, UPDATE (live, withdrawn_at, withdrawn_by, withdrawn_by_name, withdrawal_reason)",
        ),
    )

    month_id: Mapped[UUID]
    closed_at: Mapped[datetime]
    channel: Mapped[str]
    account_name: Mapped[str]
    file_name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the file."""
    line_count: Mapped[int]
    in_fen: Mapped[Fen]
    out_fen: Mapped[Fen]
    live: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_by_name: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]


class StatementLine(CountyKey, Base):
    """One line of a statement. ``live`` follows its statement; a line in a match in effect cannot cease to be."""

    __tablename__ = "reconciliation_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "statement_id", "live"],
            [
                "reconciliation_statement.county_code",
                "reconciliation_statement.id",
                "reconciliation_statement.live",
            ],
            name="fk_reconciliation_line_statement",
            onupdate="CASCADE",
        ),
        UniqueConstraint("county_code", "id", "live", name="uq_reconciliation_line_live"),
        UniqueConstraint("county_code", "statement_id", "row_number", name="uq_reconciliation_line_row"),
        Index("ix_reconciliation_line_day", "county_code", "day", "id"),
        CheckConstraint(f"direction IN ({sql_list(DIRECTIONS)})", name="direction"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    statement_id: Mapped[UUID]
    live: Mapped[bool] = mapped_column(default=True)
    row_number: Mapped[int]
    """As the sheet counts, from 1."""
    day: Mapped[date]
    direction: Mapped[str]
    amount_fen: Mapped[Fen]
    reference: Mapped[str]
    counterparty: Mapped[str]
    summary: Mapped[str]


class Match(CountyKey, Base):
    """Lines and entries that belong together, proposed or in effect. Its content never changes, only its state."""

    __tablename__ = "reconciliation_match"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "month_id", "closed_at"],
            _OF_MONTH,
            name="fk_reconciliation_match_month",
            onupdate="CASCADE",
        ),
        UniqueConstraint("county_code", "id", "active", name="uq_reconciliation_match_active"),
        Index("ix_reconciliation_match_list", "county_code", "month_id", "state", "id"),
        CheckConstraint(f"how IN ({sql_list(HOWS)})", name="how"),
        CheckConstraint(f"state IN ({sql_list(MATCH_STATES)})", name="state"),
        CheckConstraint("active = (state = 'matched')", name="active"),
        CheckConstraint(f"amount_fen BETWEEN 0 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("state NOT IN ('matched', 'rejected', 'undone') OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("(state = 'undone') = (undo_reason IS NOT NULL)", name="undone"),
        CheckConstraint(
            "created_at < closed_at AND decided_at < closed_at AND undone_at < closed_at", name="before_closing"
        ),
        tenant(
            "county_code",
            grants="SELECT, INSERT, UPDATE (state, active, decided_by, decided_by_name, decided_at, undone_by,"
            " undone_by_name, undone_at, undo_reason)",
        ),
    )

    month_id: Mapped[UUID]
    closed_at: Mapped[datetime]
    how: Mapped[str]
    state: Mapped[str]
    active: Mapped[bool]
    direction: Mapped[str]
    amount_fen: Mapped[Fen]
    gap_days: Mapped[int]
    note: Mapped[str]
    created_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undone_by_name: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None]


class MatchPart(CountyKey, Base):
    """One line or one ledger entry of a match."""

    __tablename__ = "reconciliation_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "match_id", "active"],
            ["reconciliation_match.county_code", "reconciliation_match.id", "reconciliation_match.active"],
            name="fk_reconciliation_part_match",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "line_id", "line_live"],
            ["reconciliation_line.county_code", "reconciliation_line.id", "reconciliation_line.live"],
            name="fk_reconciliation_part_line",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "transfer_id"],
            ["transfer.county_code", "transfer.id"],
            name="fk_reconciliation_part_transfer",
        ),
        Index("ix_reconciliation_part_match", "county_code", "match_id"),
        Index(
            "uq_reconciliation_part_line",
            "county_code",
            "line_id",
            unique=True,
            postgresql_where=text("active AND line_id IS NOT NULL"),
        ),
        Index(
            "uq_reconciliation_part_transfer",
            "county_code",
            "transfer_id",
            unique=True,
            postgresql_where=text("active AND transfer_id IS NOT NULL"),
        ),
        CheckConstraint("num_nonnulls(line_id, transfer_id) = 1", name="one_of_both"),
        CheckConstraint("(line_id IS NULL) = (line_live IS NULL)", name="line_known"),
        CheckConstraint("NOT active OR line_live IS NOT FALSE", name="line_live"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    match_id: Mapped[UUID]
    active: Mapped[bool]
    line_id: Mapped[UUID | None]
    line_live: Mapped[bool | None]
    transfer_id: Mapped[UUID | None]
