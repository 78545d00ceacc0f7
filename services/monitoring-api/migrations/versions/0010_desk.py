"""Risk points as policy, and who takes an elimination back or marks a household again.

Revision ID: 0010_desk
Revises: 0009_rounds
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_desk"
down_revision = "0009_rounds"
branch_labels = None
depends_on = None

RISK_POINTS = [
    ("illness", "因病"),
    ("disability", "因残"),
    ("schooling", "因学"),
    ("disaster", "因灾"),
    ("accident", "因意外"),
    ("business_failure", "因产业失败"),
    ("unstable_job", "因务工不稳"),
    ("dwelling", "住房"),
    ("water", "饮水"),
]


def upgrade() -> None:
    for table in ("policy_default", "policy_setting"):
        op.drop_constraint(f"ck_{table}_key", table, type_="check")
        op.create_check_constraint(f"ck_{table}_key", table, "key ~ '^[a-z_]+$'")
    default = sa.table(
        "policy_default",
        sa.column("profile_code", sa.Text()),
        sa.column("key", sa.Text()),
        sa.column("value", postgresql.JSONB()),
    )
    points = {"items": [{"code": code, "name": name} for code, name in RISK_POINTS]}
    op.bulk_insert(
        default,
        [
            {"profile_code": profile, "key": "risk_points", "value": points}
            for profile in ("transition_2021", "regular_2026")
        ],
    )
    op.execute(
        "UPDATE policy_default SET value = value || '{\"rollback\": [\"bureau\"], \"remark\": [\"bureau\"]}'::jsonb"
        " WHERE key = 'approvers'"
    )
    op.create_index("ix_monitoring_case_opened", "monitoring_case", ["county_code", "opened_at", "id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("cases hold values of these keys; they are left by restoring a backup")
