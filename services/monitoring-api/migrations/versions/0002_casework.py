"""Casework: rules with dates, identification and elimination, ways in, helpers, look-backs.

Revision ID: 0002_casework
Revises: 0001_foundation
Create Date: 2026-11-22
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0002_casework"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

TENANTS = {}
OTHERS = {
    "policy_profile": "SELECT",
    "policy_setting": "SELECT, INSERT",
    "policy_default": "SELECT",
}

PROFILES = [
    (
        "transition_2021",
        "过渡期(2021–2025年)",
        "监测对象",
        "财政衔接推进乡村振兴补助资金",
        date(2021, 1, 1),
        date(2025, 12, 31),
    ),
    ("regular_2026", "常态化帮扶(2026年起)", "防止返贫致贫对象", "常态化帮扶资金", date(2026, 1, 1), None),
]

# Fen per head and year; counties set their own each year.
INCOME_LINES = {"transition_2021": 600_000, "regular_2026": 850_000}
CLASS_NAMES = {
    "transition_2021": {
        "unstable_lifted": "脱贫不稳定户",
        "marginal": "边缘易致贫户",
        "sudden_hardship": "突发严重困难户",
    },
    "regular_2026": {
        "unstable_lifted": "易返贫对象",
        "marginal": "易致贫对象",
        "sudden_hardship": "突发严重困难对象",
    },
}
RULES = {
    "income_window": {"months": 12, "ends": "month_before"},
    "time_limits": {
        "application": 2,
        "home_verification": 2,
        "village_review": 3,
        "notice": 2,
        "township_review": 3,
        "county_determination": 5,
    },
    "notice_days": {"days": 5},
    "approvers": {
        "application": ["village_cadre", "township"],
        "home_verification": ["village_cadre", "township"],
        "village_review": ["village_cadre"],
        "notice": ["village_cadre"],
        "township_review": ["township"],
        "county_determination": ["bureau"],
    },
    "elimination": {"enrolled_months": 6, "stable_months": 6, "measures": 1},
    "look_back": {"quarters": 4},
}


def upgrade() -> None:
    create_tables()
    insert_policies()
    role = ops.service_role(op)
    for table, grants in (TENANTS | OTHERS).items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
    for table in TENANTS:
        ops.enable_region_scope(op, table, "village_code")


def downgrade() -> None:
    raise NotImplementedError("cases are records; they are left by restoring a backup")


def insert_policies() -> None:
    profile = sa.table(
        "policy_profile",
        *(sa.column(name, sa.Text()) for name in ("code", "name", "object_name", "fund_name")),
        sa.column("valid_from", sa.Date()),
        sa.column("valid_to", sa.Date()),
    )
    names = ("code", "name", "object_name", "fund_name", "valid_from", "valid_to")
    op.bulk_insert(profile, [dict(zip(names, row, strict=True)) for row in PROFILES])
    default = sa.table(
        "policy_default",
        sa.column("profile_code", sa.Text()),
        sa.column("key", sa.Text()),
        sa.column("value", postgresql.JSONB()),
    )
    rows = []
    for code, *_ in PROFILES:
        values = RULES | {"income_line": {"fen": INCOME_LINES[code]}, "class_names": CLASS_NAMES[code]}
        rows += [{"profile_code": code, "key": key, "value": value} for key, value in values.items()]
    op.bulk_insert(default, rows)


def create_tables() -> None:
    op.create_table(
        "policy_profile",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("fund_name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_policy_profile_period"),
        sa.PrimaryKeyConstraint("code", name="policy_profile_pkey"),
    )
    op.create_table(
        "policy_setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "key IN ('income_line', 'income_window', 'time_limits', 'notice_days', 'approvers', 'class_names', 'elimination', 'look_back')",
            name="ck_policy_setting_key",
        ),
        sa.CheckConstraint("length(county_code) = 6", name="ck_policy_setting_county"),
        sa.CheckConstraint("revision >= 1", name="ck_policy_setting_revision"),
        sa.PrimaryKeyConstraint("county_code", "id", name="policy_setting_pkey"),
        sa.UniqueConstraint("county_code", "key", "valid_from", "revision", name="uq_policy_setting_revision"),
    )
    op.create_table(
        "policy_default",
        sa.Column("profile_code", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "key IN ('income_line', 'income_window', 'time_limits', 'notice_days', 'approvers', 'class_names', 'elimination', 'look_back')",
            name="ck_policy_default_key",
        ),
        sa.ForeignKeyConstraint(["profile_code"], ["policy_profile.code"], name="fk_policy_default_profile"),
        sa.PrimaryKeyConstraint("profile_code", "key", name="policy_default_pkey"),
    )
