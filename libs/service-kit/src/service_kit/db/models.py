"""Base and mixins of every table. ``class Base(Record, DeclarativeBase): metadata = new_metadata()`` per service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from service_kit.clock import now
from service_kit.ids import uuid7

NAMING = {
    "pk": "%(table_name)s_pkey",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
"""Every constraint has a name: names map to domain errors, and unnamed ones are lost in a distributed database."""

Fen = Annotated[int, mapped_column(BigInteger)]
RegionText = Annotated[str, mapped_column(Text(collation="C"))]
"""Region codes compare byte by byte, so that a scope is an index range."""


def new_metadata() -> MetaData:
    """Metadata without a schema name: the role's search_path decides, so that one service sees one schema."""
    return MetaData(naming_convention=NAMING)


READ_WRITE = "SELECT, INSERT, UPDATE"
APPEND_ONLY = "SELECT, INSERT"


def tenant(region_column: str = "region_code", grants: str = READ_WRITE) -> dict[str, Any]:
    """Last element of ``__table_args__`` of a tenant table.

    Names the column that row-level security compares, and what the running service's role may do with the table:
    append-only holds by privilege (``grants=APPEND_ONLY``).
    """
    return {"info": {"kind": "tenant", "region_column": region_column, "grants": grants}}


def reference(grants: str = READ_WRITE) -> dict[str, Any]:
    """Last element of ``__table_args__`` of a catalogue: small, rarely written, the same for all regions."""
    return {"info": {"kind": "reference", "grants": grants}}


def local(grants: str = READ_WRITE) -> dict[str, Any]:
    """Last element of ``__table_args__`` of a table of this one service: sessions, queues, logs."""
    return {"info": {"kind": "local", "grants": grants}}


class Record:
    """Declarative furniture common to all tables of a service."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        UUID: Uuid(),
    }

    def __repr__(self) -> str:
        # Never the values: a row in a log line must not carry personal data.
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"


class CountyKey:
    """Primary key (county_code, id): the county is the tenant (ARCHITECTURE rule 2)."""

    county_code: Mapped[RegionText] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


class Timestamps:
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Versioned:
    """Optimistic lock: an update of a version that is no longer current raises StaleDataError, which answers 412."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}
