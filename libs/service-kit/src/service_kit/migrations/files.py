"""Tables of the kit's rooms for files, made by the services that mount them. A function here never changes: a later
change of a table is another function, called by a later migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from service_kit.kit_tables import READ_WRITE
from service_kit.migrations.ops import enable_region_scope, service_role


def create_attachment_table(op: Operations) -> None:
    """``attachment``: rows of a county, never removed."""
    op.create_table(
        "attachment",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the service's own word, e.g. photo, signature, contract"),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False, comment="hex; where the bytes lie"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.Double(), nullable=True, comment="metres"),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True, comment="null until the bytes are here"),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="attachment_pkey"),
        sa.CheckConstraint(
            "length(region_code) >= 6 AND left(region_code, 6) = county_code", name="ck_attachment_region"
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_attachment_sha256"),
        sa.CheckConstraint("size_bytes BETWEEN 1 AND 8388608", name="ck_attachment_size_bytes"),
        sa.CheckConstraint("num_nulls(lat, lng) IN (0, 2)", name="ck_attachment_place"),
    )
    op.create_index(
        "ix_attachment_subject", "attachment", ["county_code", "subject_type", "subject_id", "declared_at", "id"]
    )
    op.execute(f'GRANT {READ_WRITE} ON "attachment" TO {service_role(op)}')
    enable_region_scope(op, "attachment", "region_code")


def create_export_table(op: Operations) -> None:
    """``export_job``: one line per export that was ordered."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "export_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False, comment="0 to 1"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True, comment="in words for a clerk"),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_username", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("actor_region", sa.Text(collation="C"), nullable=False, comment="the scope in which the job reads"),
        sa.Column("actor_permissions", postgresql.JSONB(), nullable=False),
        sa.Column("ordered_at", instant, nullable=False),
        sa.Column("started_at", instant, nullable=True),
        sa.Column("finished_at", instant, nullable=True),
        sa.Column("expires_at", instant, nullable=True, comment="the file is removed then"),
        sa.Column("removed_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="export_job_pkey"),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="ck_export_job_state"),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="ck_export_job_progress"),
        sa.CheckConstraint(
            "state <> 'done' OR num_nulls(file_name, media_type, size_bytes, finished_at, expires_at) = 0",
            name="ck_export_job_done",
        ),
    )
    op.create_index("ix_export_job_actor", "export_job", ["actor_id", "ordered_at", "id"])
    op.create_index(
        "ix_export_job_expires", "export_job", ["expires_at"], postgresql_where=sa.text("removed_at IS NULL")
    )
    op.execute(f'GRANT {READ_WRITE} ON "export_job" TO {service_role(op)}')
