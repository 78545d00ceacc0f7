"""Parcels."""

import sqlalchemy as sa
from alembic import op
from sample_service.main import Base
from service_kit.migrations import ops
from service_kit.migrations.queue import create_queue_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "parcel",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("value_fen <= 100000", name="ck_parcel_value"),
        sa.PrimaryKeyConstraint("county_code", "id", name="parcel_pkey"),
    )
    ops.create_kit_tables(op)
    ops.create_kit_piece(op, "public_desk")
    create_queue_tables(op)
    ops.secure_all(op, Base.metadata)
