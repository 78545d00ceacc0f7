"""Land revenue and the shares for agriculture

Revision ID: 0014_land_revenue
Revises: 0013_clues
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0014_land_revenue"
down_revision = "0013_clues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "land_revenue_report",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("gross_fen", sa.BigInteger(), nullable=False),
        sa.Column("net_fen", sa.BigInteger(), nullable=False),
        sa.Column("agriculture_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "agriculture_fen BETWEEN 0 AND gross_fen", name=op.f("ck_land_revenue_report_agriculture_within_gross")
        ),
        sa.CheckConstraint("extract(year FROM as_of) = year", name=op.f("ck_land_revenue_report_of_year")),
        sa.CheckConstraint("gross_fen BETWEEN 0 AND 100000000000000", name=op.f("ck_land_revenue_report_gross_range")),
        sa.CheckConstraint("net_fen BETWEEN 0 AND gross_fen", name=op.f("ck_land_revenue_report_net_within_gross")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_land_revenue_report_revision")),
        sa.CheckConstraint(
            "spent_fen BETWEEN 0 AND agriculture_fen", name=op.f("ck_land_revenue_report_spent_within_agriculture")
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("land_revenue_report_pkey")),
        sa.UniqueConstraint("county_code", "year", "as_of", "revision", name="uq_land_revenue_report_revision"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    op.create_index(
        "ix_land_revenue_report_recent", "land_revenue_report", ["county_code", "created_at", "id"], unique=False
    )
    ops.secure_table(op, table)

    table = op.create_table(
        "land_revenue_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("net_bp", sa.Integer(), nullable=False),
        sa.Column("gross_bp", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'", name=op.f("ck_land_revenue_rule_region_code")),
        sa.CheckConstraint(
            "net_bp BETWEEN 0 AND 10000 AND gross_bp BETWEEN 0 AND 10000", name=op.f("ck_land_revenue_rule_shares")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_land_revenue_rule_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("land_revenue_rule_pkey")),
        sa.UniqueConstraint("region_code", "from_year", "revision", name="uq_land_revenue_rule_revision"),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is kept")
