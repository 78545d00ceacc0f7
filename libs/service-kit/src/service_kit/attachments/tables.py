"""The table that each service mounts into its own schema."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.sql.elements import conv

from service_kit.kit_tables import READ_WRITE, Code, Instant


def mount(metadata: MetaData) -> Table:
    """Make the table part of a service's own metadata, so that its migrations and catalogue are checked with it."""
    return Table(
        "attachment",
        metadata,
        Column("county_code", Code, nullable=False),
        Column("id", Uuid, nullable=False),
        Column("region_code", Code, nullable=False),
        Column("subject_type", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("kind", Text, nullable=False, comment="the service's own word, e.g. photo, signature, contract"),
        Column("sha256", Text(collation="C"), nullable=False, comment="hex; where the bytes lie"),
        Column("size_bytes", BigInteger, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("file_name", Text, nullable=False),
        Column("taken_at", Instant, nullable=True),
        Column("lat", Double, nullable=True),
        Column("lng", Double, nullable=True),
        Column("accuracy", Double, nullable=True, comment="metres"),
        Column("declared_at", Instant, nullable=False),
        Column("received_at", Instant, nullable=True, comment="null until the bytes are here"),
        Column("uploaded_by", Uuid, nullable=False),
        Column("uploaded_by_name", Text, nullable=False),
        PrimaryKeyConstraint("county_code", "id", name=conv("attachment_pkey")),
        CheckConstraint(
            "length(region_code) >= 6 AND left(region_code, 6) = county_code", name=conv("ck_attachment_region")
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=conv("ck_attachment_sha256")),
        CheckConstraint("size_bytes BETWEEN 1 AND 8388608", name=conv("ck_attachment_size_bytes")),
        CheckConstraint("num_nulls(lat, lng) IN (0, 2)", name=conv("ck_attachment_place")),
        Index("ix_attachment_subject", "county_code", "subject_type", "subject_id", "declared_at", "id"),
        info={"kind": "tenant", "region_column": "region_code", "grants": READ_WRITE},
    )


attachment = mount(MetaData())
"""For statements; it names the same table in whatever schema the connection sees."""
