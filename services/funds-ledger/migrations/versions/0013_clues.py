"""Clues and their history

Revision ID: 0013_clues
Revises: 0012_reconciliation
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0013_clues"
down_revision = "0012_reconciliation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "clue",
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=False),
        sa.Column("responsible_unit", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_by_name", sa.Text(), nullable=False),
        sa.Column("raised_by_role", sa.Text(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("handler_name", sa.Text(), nullable=True),
        sa.Column("closer_id", sa.Uuid(), nullable=True),
        sa.Column("closer_name", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closer_id IS NOT NULL)", name=op.f("ck_clue_closed")),
        sa.CheckConstraint("(state = 'received') = (handler_id IS NULL)", name=op.f("ck_clue_handled")),
        sa.CheckConstraint("finding IN ('substantiated', 'partly', 'unfounded')", name=op.f("ck_clue_finding")),
        sa.CheckConstraint(
            "region_code >= county_code AND region_code < county_code || ':'", name=op.f("ck_clue_region_in_county")
        ),
        sa.CheckConstraint("source IN ('audit', 'inspection', 'report', 'self_check')", name=op.f("ck_clue_source")),
        sa.CheckConstraint("state IN ('received', 'investigating', 'rectified', 'closed')", name=op.f("ck_clue_state")),
        sa.CheckConstraint("state NOT IN ('rectified', 'closed') OR finding IS NOT NULL", name=op.f("ck_clue_found")),
        sa.CheckConstraint(
            "subject_type IN ('project', 'payment', 'payout', 'document', 'allocation')",
            name=op.f("ck_clue_subject_type"),
        ),
        sa.CheckConstraint("amount_fen BETWEEN 0 AND 100000000000000", name=op.f("ck_clue_amount_range")),
        sa.CheckConstraint("closer_id <> handler_id", name=op.f("ck_clue_two_persons")),
        sa.CheckConstraint("deadline >= found_on", name=op.f("ck_clue_deadline")),
        sa.CheckConstraint("recovered_fen BETWEEN 0 AND amount_fen", name=op.f("ck_clue_recovered_within_amount")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("clue_pkey")),
        sa.UniqueConstraint("county_code", "id", "region_code", name="uq_clue_region"),
        sa.UniqueConstraint("county_code", "year", "number", name="uq_clue_number"),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (state, amount_fen, recovered_fen, finding, handler_id, handler_name, closer_id, closer_name, closed_at, version, updated_at)",
        },
    )
    op.create_index("ix_clue_recent", "clue", ["county_code", "created_at", "id"], unique=False)
    op.create_index("ix_clue_state", "clue", ["county_code", "state", "deadline", "id"], unique=False)
    op.create_index("ix_clue_subject", "clue", ["county_code", "subject_id"], unique=False)
    ops.secure_table(op, table)

    table = op.create_table(
        "clue_step",
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("clue_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(action = 'recover') = (amount_fen IS NOT NULL) AND amount_fen > 0", name=op.f("ck_clue_step_recovered")
        ),
        sa.CheckConstraint("action IN ('raise', 'accept') OR note <> ''", name=op.f("ck_clue_step_note")),
        sa.CheckConstraint(
            "coalesce(from_state, '') || '>' || action || '>' || to_state IN ('>raise>received', 'investigating>note>investigating', 'investigating>recover>investigating', 'investigating>rectify>rectified', 'received>accept>investigating', 'rectified>close>closed', 'rectified>note>rectified', 'rectified>recover>rectified', 'rectified>return>investigating')",
            name=op.f("ck_clue_step_step"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "clue_id", "region_code"],
            ["clue.county_code", "clue.id", "clue.region_code"],
            name="fk_clue_step_clue",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("clue_step_pkey")),
        sa.UniqueConstraint("county_code", "clue_id", "seq", name="uq_clue_step_seq"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is kept")
