"""The open ends of the phone: applicants choose among their county's risks, and supplements are looked at by a person.

Revision ID: 0015_phone
Revises: 0013_card
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0015_phone"
down_revision = "0013_card"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")


def upgrade() -> None:
    # Which risks there are is policy of the county, which the nation's catalogue does not hold.
    op.drop_constraint("fk_application_risk", "application", type_="foreignkey")
    create_opinions()


def downgrade() -> None:
    raise NotImplementedError("what persons wrote about supplements is not forgotten")


def create_opinions() -> None:
    op.create_table(
        "submission_opinion",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="submission_opinion_pkey"),
        sa.ForeignKeyConstraint(
            ["county_code", "id"],
            ["submission.county_code", "submission.id"],
            name="fk_submission_opinion_submission",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_submission_opinion_household",
            onupdate="CASCADE",
        ),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_submission_opinion_county"
        ),
        sa.CheckConstraint("opinion <> ''", name="ck_submission_opinion_said"),
    )
    op.create_index(
        "ix_submission_opinion_household", "submission_opinion", ["county_code", "household_id"]
    )
    op.execute(f'GRANT SELECT, INSERT ON "submission_opinion" TO {ops.service_role(op)}')
    ops.enable_region_scope(op, "submission_opinion", "village_code")
