"""Export jobs.

Revision ID: 0004_exports
Revises: 0003_files
Create Date: 2026-11-22
"""

from alembic import op
from service_kit.migrations.files import create_export_table

revision = "0004_exports"
down_revision = "0003_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_export_table(op)


def downgrade() -> None:
    op.drop_table("export_job")
