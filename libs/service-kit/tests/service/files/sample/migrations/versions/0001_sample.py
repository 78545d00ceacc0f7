"""The kit's tables, those for files, and one tenant table."""

import sqlalchemy as sa
from alembic import op
from files_sample import Report
from service_kit.migrations.files import create_attachment_table, create_export_table
from service_kit.migrations.ops import create_kit_piece, create_kit_tables, secure_table
from service_kit.migrations.queue import create_queue_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_kit_tables(op)
    create_kit_piece(op, "public_desk")
    create_queue_tables(op)
    create_attachment_table(op)
    create_export_table(op)
    op.create_table(
        "report",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="report_pkey"),
    )
    secure_table(op, Report.__table__)
