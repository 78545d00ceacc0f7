"""Assets to be registered, and which of them an asset was entered from

Revision ID: 0005_handover
Revises: 0004_objections
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0005_handover"
down_revision = "0004_objections"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()


def upgrade() -> None:
    create_pending_asset()
    for name in ("project_id", "pending_id"):
        op.add_column("asset", sa.Column(name, sa.Uuid(), nullable=True))
    op.create_unique_constraint("uq_asset_pending", "asset", ["county_code", "pending_id"])
    op.create_foreign_key(
        "fk_asset_pending", "asset", "pending_asset", ["county_code", "pending_id"], ["county_code", "id"]
    )


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def create_pending_asset() -> None:
    table = op.create_table(
        "pending_asset",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("value_fen", FEN, nullable=False),
        sa.Column("fund_composition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'registered') = (asset_id IS NOT NULL)", name=op.f("ck_pending_asset_registered")),
        sa.CheckConstraint("kind IN ('public_welfare', 'operating', 'household')", name=op.f("ck_pending_asset_kind")),
        sa.CheckConstraint("state IN ('pending', 'registered')", name=op.f("ck_pending_asset_state")),
        sa.CheckConstraint("composition_fen(fund_composition) = value_fen", name=op.f("ck_pending_asset_composition")),
        sa.CheckConstraint(
            "length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code",
            name=op.f("ck_pending_asset_county"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pending_asset_pkey")),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT, UPDATE (state, asset_id)"},
    )
    op.create_index("ix_pending_asset_project", "pending_asset", ["county_code", "project_id"], unique=False)
    op.create_index(
        "ix_pending_asset_waiting",
        "pending_asset",
        ["county_code", "region_code", "received_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    ops.secure_table(op, table)
