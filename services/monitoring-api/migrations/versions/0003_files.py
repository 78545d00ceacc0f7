"""Attachments of records: photos and documents.

Revision ID: 0003_files
Revises: 0002_casework
Create Date: 2026-11-22
"""

from alembic import op
from service_kit.migrations.files import create_attachment_table

revision = "0003_files"
down_revision = "0002_casework"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_attachment_table(op)


def downgrade() -> None:
    raise NotImplementedError("files that were received are not removed")
