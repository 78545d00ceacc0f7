"""What was missing on the household card: policies enjoyed, and rigid expenses by kind.

Revision ID: 0013_card
Revises: 0012_queue
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0013_card"
down_revision = "0012_queue"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
RIGID = ("medical", "education", "disability_care", "housing_repair", "disaster", "other")
ACTS = (
    "registered", "imported", "corrected", "member_added", "member_corrected", "monitoring_set", "monitoring_cleared",
    "act", "persons_merged", "persons_unmerged", "benefit_added", "benefit_corrected", "benefit_ended",
)  # fmt: skip
BENEFITS = (
    "subsistence_allowance", "destitute_support", "medical_aid", "education_aid", "dwelling_renovation",
    "welfare_post", "poverty_relocation", "microloan", "industry_support", "prevention_insurance", "other",
)  # fmt: skip


def upgrade() -> None:
    break_down_rigid_expense()
    widen_history()
    create_benefits()


def downgrade() -> None:
    raise NotImplementedError("what households enjoy is not forgotten")


def break_down_rigid_expense() -> None:
    columns = [f"rigid_{kind}" for kind in RIGID]
    for column in columns:
        op.add_column("household_income", sa.Column(column, sa.BigInteger(), nullable=True))
    listed = ", ".join(columns)
    op.create_check_constraint(
        "ck_household_income_rigid_kinds",
        "household_income",
        f"num_nulls({listed}) = 6 OR (num_nulls({listed}) = 0 AND least({listed}) >= 0"
        f" AND {' + '.join(columns)} = rigid_expense)",
    )


def widen_history() -> None:
    op.execute("ALTER TABLE household_change DROP CONSTRAINT ck_household_change_act")
    listed = ", ".join(f"'{act}'" for act in ACTS)
    op.execute(f"ALTER TABLE household_change ADD CONSTRAINT ck_household_change_act CHECK (act IN ({listed}))")


def create_benefits() -> None:
    listed = ", ".join(f"'{kind}'" for kind in BENEFITS)
    op.create_table(
        "policy_benefit",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("yearly_amount", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="policy_benefit_pkey"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_policy_benefit_household",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "member_id"],
            ["household_member.county_code", "household_member.id"],
            name="fk_policy_benefit_member",
        ),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_policy_benefit_county"
        ),
        sa.CheckConstraint(f"kind IN ({listed})", name="ck_policy_benefit_kind"),
        sa.CheckConstraint("until IS NULL OR until >= since", name="ck_policy_benefit_period"),
        sa.CheckConstraint("yearly_amount >= 0", name="ck_policy_benefit_yearly_amount"),
        sa.CheckConstraint("title <> '' AND source <> ''", name="ck_policy_benefit_said"),
    )
    op.create_index(
        "ix_policy_benefit_household", "policy_benefit", ["county_code", "village_code", "household_id", "since"]
    )
    op.create_index(
        "ix_policy_benefit_member",
        "policy_benefit",
        ["county_code", "member_id"],
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_index(
        "uq_policy_benefit_current",
        "policy_benefit",
        ["county_code", "household_id", "kind", "title", "member_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.execute(f'GRANT SELECT, INSERT, UPDATE ON "policy_benefit" TO {ops.service_role(op)}')
    ops.enable_region_scope(op, "policy_benefit", "village_code")
