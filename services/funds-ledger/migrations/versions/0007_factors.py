"""Schemes of allocation by factors

Revision ID: 0007_factors
Revises: 0006_projects
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0007_factors"
down_revision = "0006_projects"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()


def upgrade() -> None:
    create_factor_scheme()


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def create_factor_scheme() -> None:
    table = op.create_table(
        "factor_scheme",
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frozen_at", INSTANT, nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'approved') = (batch_id IS NOT NULL)", name=op.f("ck_factor_scheme_posted")),
        sa.CheckConstraint("level IN ('township', 'village')", name=op.f("ck_factor_scheme_level")),
        sa.CheckConstraint(
            "purpose IN ('industry', 'infrastructure', 'public_service', 'other')",
            name=op.f("ck_factor_scheme_purpose"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'returned', 'dropped')", name=op.f("ck_factor_scheme_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'returned') OR decided_by IS NOT NULL", name=op.f("ck_factor_scheme_decided")
        ),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_factor_scheme_amount_range")),
        sa.CheckConstraint("decided_by <> created_by", name=op.f("ck_factor_scheme_two_persons")),
        sa.CheckConstraint("financing_fen(lines) = amount_fen", name=op.f("ck_factor_scheme_lines_add_up")),
        sa.ForeignKeyConstraint(
            ["county_code", "pool_id"], ["pool.county_code", "pool.id"], name="fk_factor_scheme_pool"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("factor_scheme_pkey")),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (state, batch_id, decided_by, decided_by_name, decided_at, opinion, version, updated_at)",
        },
    )
    op.create_index("ix_factor_scheme_recent", "factor_scheme", ["county_code", "created_at", "id"], unique=False)
    ops.secure_table(op, table)
