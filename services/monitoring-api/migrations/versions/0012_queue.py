"""Find the work of each role without passing by that of the others.

Revision ID: 0012_queue
Revises: 0011_phone
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_queue"
down_revision = "0011_phone"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for role in ("village_cadre", "township", "bureau"):
        op.create_index(
            f"ix_monitoring_case_todo_{role}",
            "monitoring_case",
            ["county_code", "due_on", "id"],
            unique=False,
            postgresql_include=["village_code", "state"],
            postgresql_where=sa.text(f"is_open AND '{role}' = ANY (roles)"),
        )
    op.drop_index("ix_monitoring_case_due", table_name="monitoring_case")


def downgrade() -> None:
    raise NotImplementedError("the index before would only be slower")
