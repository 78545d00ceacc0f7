"""Ways in without login: objections to notices, receipts, counted windows.

Revision ID: 0006_ways_in
Revises: 0005_register
"""

from alembic import op
from service_kit.migrations import ops

revision = "0006_ways_in"
down_revision = "0005_register"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ops.create_kit_piece(op, "public_desk")
