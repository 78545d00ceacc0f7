"""Counted windows at the public doors, with the other tables of the public desk.

Revision ID: 0002_public_desk
Revises: 0001_identity
"""

from alembic import op
from service_kit.migrations import ops

revision = "0002_public_desk"
down_revision = "0001_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ops.create_kit_piece(op, "public_desk")
