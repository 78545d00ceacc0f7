"""News of the register about the households of assets.

Revision ID: 0006_household_changes
Revises: 0005_handover
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0006_household_changes"
down_revision = "0005_handover"
branch_labels = None
depends_on = None

TABLE = "asset_household_change"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("household_version", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "change IN ('died', 'head_changed', 'split', 'merged', 'transferred', 'moved', 'moved_out', 'closed', 'undone')",
            name="ck_asset_household_change_change",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "asset_id", "region_code"],
            ["asset.county_code", "asset.id", "asset.region_code"],
            name="fk_asset_household_change_asset",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="asset_household_change_pkey"),
        sa.UniqueConstraint(
            "county_code", "asset_id", "household_version", "change", name="uq_asset_household_change_news"
        ),
    )
    op.execute(f'GRANT SELECT, INSERT ON "{TABLE}" TO {ops.service_role(op)}')
    ops.enable_region_scope(op, TABLE)


def downgrade() -> None:
    raise NotImplementedError("what was told is not unsaid")
