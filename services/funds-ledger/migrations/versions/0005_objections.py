"""Objections to notices, receipts, counted windows.

Revision ID: 0005_objections
Revises: 0004_exports
"""

from alembic import op
from service_kit.migrations import ops

revision = "0005_objections"
down_revision = "0004_exports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ops.create_kit_piece(op, "public_desk")
