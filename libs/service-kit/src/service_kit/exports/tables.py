"""The table of jobs. Local: a job belongs to the person who ordered it, not to a region."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import conv

from service_kit.kit_tables import READ_WRITE, Code, Instant

STATES = ("queued", "running", "done", "failed")


def mount(metadata: MetaData) -> Table:
    """Make the table part of a service's own metadata."""
    return Table(
        "export_job",
        metadata,
        Column("id", Uuid, nullable=False),
        Column("kind", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("params", JSONB, nullable=False),
        Column("state", Text, nullable=False),
        Column("progress", Double, nullable=False, comment="0 to 1"),
        Column("attempts", Integer, nullable=False),
        Column("row_count", Integer, nullable=True),
        Column("file_name", Text, nullable=True),
        Column("media_type", Text, nullable=True),
        Column("size_bytes", BigInteger, nullable=True),
        Column("error", Text, nullable=True, comment="in words for a clerk"),
        Column("actor_id", Uuid, nullable=False),
        Column("actor_username", Text, nullable=False),
        Column("actor_name", Text, nullable=False),
        Column("actor_role", Text, nullable=False),
        Column("actor_region", Code, nullable=False, comment="the scope in which the job reads"),
        Column("actor_permissions", JSONB, nullable=False),
        Column("ordered_at", Instant, nullable=False),
        Column("started_at", Instant, nullable=True),
        Column("finished_at", Instant, nullable=True),
        Column("expires_at", Instant, nullable=True, comment="the file is removed then"),
        Column("removed_at", Instant, nullable=True),
        PrimaryKeyConstraint("id", name=conv("export_job_pkey")),
        CheckConstraint(f"state IN {STATES}", name=conv("ck_export_job_state")),
        CheckConstraint("progress BETWEEN 0 AND 1", name=conv("ck_export_job_progress")),
        CheckConstraint(
            "state <> 'done' OR num_nulls(file_name, media_type, size_bytes, finished_at, expires_at) = 0",
            name=conv("ck_export_job_done"),
        ),
        Index("ix_export_job_actor", "actor_id", "ordered_at", "id"),
        Index("ix_export_job_expires", "expires_at", postgresql_where="removed_at IS NULL"),
        info={"kind": "local", "grants": READ_WRITE},
    )


export_job = mount(MetaData())
"""For statements; it names the same table in whatever schema the connection sees."""
