"""Reconciliation with treasury and bank statements

Revision ID: 0012_reconciliation
Revises: 0011_microloans
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0012_reconciliation"
down_revision = "0011_microloans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "reconciliation_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("window_days", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_name", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at AT TIME ZONE 'Asia/Shanghai')::date >= (month + interval '1 month')::date",
            name=op.f("ck_reconciliation_month_over"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_by IS NOT NULL) AND (state = 'closed') = (closed_at < '9999-01-01 00:00:00+00'::timestamptz) AND (state = 'closed') = (digest IS NOT NULL)",
            name=op.f("ck_reconciliation_month_closed"),
        ),
        sa.CheckConstraint("(state = 'open') = (submitted_by IS NULL)", name=op.f("ck_reconciliation_month_submitted")),
        sa.CheckConstraint("state IN ('open', 'submitted', 'closed')", name=op.f("ck_reconciliation_month_state")),
        sa.CheckConstraint("closed_by <> submitted_by", name=op.f("ck_reconciliation_month_two_persons")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_reconciliation_month_first_day")),
        sa.CheckConstraint("window_days BETWEEN 0 AND 31", name=op.f("ck_reconciliation_month_window")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("reconciliation_month_pkey")),
        sa.UniqueConstraint("county_code", "id", "closed_at", name="uq_reconciliation_month_closed"),
        sa.UniqueConstraint("county_code", "month", name="uq_reconciliation_month_month"),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (state, window_days, note, submitted_by, submitted_by_name, submitted_at, closed_by, closed_by_name, closed_at, summary, digest, version, updated_at)",
        },
    )
    ops.secure_table(op, table)

    table = op.create_table(
        "reconciliation_statement",
        sa.Column("month_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("in_fen", sa.BigInteger(), nullable=False),
        sa.Column("out_fen", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_by_name", sa.Text(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel IN ('treasury', 'bank')", name=op.f("ck_reconciliation_statement_channel")),
        sa.CheckConstraint("created_at < closed_at", name=op.f("ck_reconciliation_statement_before_closing")),
        sa.CheckConstraint(
            "live = (withdrawn_at IS NULL) AND live = (withdrawn_by IS NULL) AND live = (withdrawal_reason IS NULL)",
            name=op.f("ck_reconciliation_statement_withdrawn"),
        ),
        sa.CheckConstraint(
            "withdrawn_at < closed_at", name=op.f("ck_reconciliation_statement_withdrawn_before_closing")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "month_id", "closed_at"],
            ["reconciliation_month.county_code", "reconciliation_month.id", "reconciliation_month.closed_at"],
            name="fk_reconciliation_statement_month",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("reconciliation_statement_pkey")),
        sa.UniqueConstraint("county_code", "id", "live", name="uq_reconciliation_statement_live"),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (live, withdrawn_at, withdrawn_by, withdrawn_by_name, withdrawal_reason)",
        },
    )
    op.create_index(
        "ix_reconciliation_statement_month",
        "reconciliation_statement",
        ["county_code", "month_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_reconciliation_statement_digest",
        "reconciliation_statement",
        ["county_code", "digest"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    ops.secure_table(op, table)

    table = op.create_table(
        "reconciliation_line",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_reconciliation_line_direction")),
        sa.CheckConstraint(
            "amount_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_reconciliation_line_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "statement_id", "live"],
            ["reconciliation_statement.county_code", "reconciliation_statement.id", "reconciliation_statement.live"],
            name="fk_reconciliation_line_statement",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("reconciliation_line_pkey")),
        sa.UniqueConstraint("county_code", "id", "live", name="uq_reconciliation_line_live"),
        sa.UniqueConstraint("county_code", "statement_id", "row_number", name="uq_reconciliation_line_row"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_reconciliation_line_day", "reconciliation_line", ["county_code", "day", "id"], unique=False)
    ops.secure_table(op, table)

    table = op.create_table(
        "reconciliation_match",
        sa.Column("month_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("gap_days", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_by_name", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'undone') = (undo_reason IS NOT NULL)", name=op.f("ck_reconciliation_match_undone")
        ),
        sa.CheckConstraint("active = (state = 'matched')", name=op.f("ck_reconciliation_match_active")),
        sa.CheckConstraint(
            "how IN ('exact', 'reference', 'near', 'sum', 'manual')", name=op.f("ck_reconciliation_match_how")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'matched', 'rejected', 'lapsed', 'undone')",
            name=op.f("ck_reconciliation_match_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('matched', 'rejected', 'undone') OR decided_by IS NOT NULL",
            name=op.f("ck_reconciliation_match_decided"),
        ),
        sa.CheckConstraint(
            "amount_fen BETWEEN 0 AND 100000000000000", name=op.f("ck_reconciliation_match_amount_range")
        ),
        sa.CheckConstraint(
            "created_at < closed_at AND decided_at < closed_at AND undone_at < closed_at",
            name=op.f("ck_reconciliation_match_before_closing"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "month_id", "closed_at"],
            ["reconciliation_month.county_code", "reconciliation_month.id", "reconciliation_month.closed_at"],
            name="fk_reconciliation_match_month",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("reconciliation_match_pkey")),
        sa.UniqueConstraint("county_code", "id", "active", name="uq_reconciliation_match_active"),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (state, active, decided_by, decided_by_name, decided_at, undone_by, undone_by_name, undone_at, undo_reason)",
        },
    )
    op.create_index(
        "ix_reconciliation_match_list", "reconciliation_match", ["county_code", "month_id", "state", "id"], unique=False
    )
    ops.secure_table(op, table)

    table = op.create_table(
        "reconciliation_part",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("line_live", sa.Boolean(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(line_id IS NULL) = (line_live IS NULL)", name=op.f("ck_reconciliation_part_line_known")),
        sa.CheckConstraint("NOT active OR line_live IS NOT FALSE", name=op.f("ck_reconciliation_part_line_live")),
        sa.CheckConstraint("num_nonnulls(line_id, transfer_id) = 1", name=op.f("ck_reconciliation_part_one_of_both")),
        sa.ForeignKeyConstraint(
            ["county_code", "line_id", "line_live"],
            ["reconciliation_line.county_code", "reconciliation_line.id", "reconciliation_line.live"],
            name="fk_reconciliation_part_line",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "match_id", "active"],
            ["reconciliation_match.county_code", "reconciliation_match.id", "reconciliation_match.active"],
            name="fk_reconciliation_part_match",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "transfer_id"],
            ["transfer.county_code", "transfer.id"],
            name="fk_reconciliation_part_transfer",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("reconciliation_part_pkey")),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_reconciliation_part_match", "reconciliation_part", ["county_code", "match_id"], unique=False)
    op.create_index(
        "uq_reconciliation_part_line",
        "reconciliation_part",
        ["county_code", "line_id"],
        unique=True,
        postgresql_where=sa.text("active AND line_id IS NOT NULL"),
    )
    op.create_index(
        "uq_reconciliation_part_transfer",
        "reconciliation_part",
        ["county_code", "transfer_id"],
        unique=True,
        postgresql_where=sa.text("active AND transfer_id IS NOT NULL"),
    )
    ops.secure_table(op, table)


def downgrade() -> None:
    raise NotImplementedError("what was reconciled is kept")
