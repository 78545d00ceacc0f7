"""Self-applications: what people hand in for themselves or for others.

Revision ID: 0007_applications
Revises: 0006_ways_in
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0007_applications"
down_revision = "0006_ways_in"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("head_name", sa.Text(), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_masked", sa.Text(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_masked", sa.Text(), nullable=False),
        sa.Column("difficulty", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("proxy_name", sa.Text(), nullable=True),
        sa.Column("proxy_relation", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="application_pkey"),
        sa.UniqueConstraint("county_code", "receipt_number", name="uq_application_receipt_number"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id"],
            ["household.county_code", "household.id"],
            name="fk_application_household",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id"],
            ["monitoring_case.county_code", "monitoring_case.id"],
            name="fk_application_case",
        ),
        sa.ForeignKeyConstraint(["risk"], ["risk_kind.code"], name="fk_application_risk"),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name=op.f("ck_application_county")
        ),
        sa.CheckConstraint(
            "state IN ('to_check', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_application_state")
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR num_nulls(household_id, case_id) = 0", name=op.f("ck_application_accepted")
        ),
        sa.CheckConstraint(
            "state <> 'to_check' OR num_nonnulls(household_id, case_id, decided_at) = 0",
            name=op.f("ck_application_to_check"),
        ),
        sa.CheckConstraint("state = 'to_check' OR decided_at IS NOT NULL", name=op.f("ck_application_decided")),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_application_refused")),
        sa.CheckConstraint("num_nulls(proxy_name, proxy_relation) IN (0, 2)", name=op.f("ck_application_proxy")),
    )
    op.create_index(
        "ix_application_to_check",
        "application",
        ["county_code", "due_on", "id"],
        postgresql_include=["village_code"],
        postgresql_where=sa.text("state = 'to_check'"),
    )
    op.create_index("ix_application_received", "application", ["county_code", "received_at", "id"])
    op.create_index("ix_application_id_number", "application", ["county_code", "id_number_index"])
    op.create_index("ix_application_case", "application", ["county_code", "case_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON application TO {ops.service_role(op)}")
    ops.enable_region_scope(op, "application", "village_code")
