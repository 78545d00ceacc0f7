"""The kit's tables and one tenant table."""

import sqlalchemy as sa
from alembic import op
from kit_sample import Base
from service_kit.migrations.ops import create_kit_piece, create_kit_tables, secure_all
from service_kit.migrations.queue import create_queue_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_kit_tables(op)
    create_kit_piece(op, "public_desk")
    create_queue_tables(op)
    op.create_table(
        "thing",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="thing_pkey"),
    )
    secure_all(op, Base.metadata)
