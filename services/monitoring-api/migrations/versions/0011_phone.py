"""What phones submit besides visits: verifications, applications, registrations.

Revision ID: 0011_phone
Revises: 0010_desk
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0011_phone"
down_revision = "0010_desk"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("visited_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_name", sa.Text(), nullable=False),
        sa.Column("form_version", sa.SmallInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("location", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("device_clock", postgresql.JSONB(), nullable=False),
        sa.Column("photo_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="submission_pkey"),
        sa.UniqueConstraint("county_code", "receipt_number", name="uq_submission_receipt_number"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_submission_household",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id"],
            ["monitoring_case.county_code", "monitoring_case.id"],
            name="fk_submission_case",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint("length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_submission_county"),
        sa.CheckConstraint("kind IN ('verification', 'application', 'registration')", name="ck_submission_kind"),
        sa.CheckConstraint("outcome IN ('done', 'supplement')", name="ck_submission_outcome"),
        sa.CheckConstraint("(kind = 'registration') = (case_id IS NULL)", name="ck_submission_case"),
        sa.CheckConstraint("length(payload_hash) = 64", name="ck_submission_payload_hash"),
    )
    op.create_index("ix_submission_case", "submission", ["county_code", "case_id", "received_at", "id"])
    op.create_index("ix_submission_household", "submission", ["county_code", "household_id", "received_at", "id"])
    op.create_index("ix_submission_village", "submission", ["county_code", "village_code", "received_at", "id"])
    op.execute(f'GRANT SELECT, INSERT ON "submission" TO {ops.service_role(op)}')
    ops.enable_region_scope(op, "submission", "village_code")


def downgrade() -> None:
    raise NotImplementedError("what phones have submitted is not removed")
