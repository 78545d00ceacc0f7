"""The service's declarative base: all tables of the ``monitoring`` schema."""

from __future__ import annotations

from typing import Any, get_args

from service_kit import attachments, exports
from service_kit.db import Record, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(Record, DeclarativeBase):
    metadata = new_metadata()


attachments.mount(Base.metadata)
exports.mount(Base.metadata)


def one_of(column: str, vocabulary: Any) -> str:
    """CHECK text: ``column`` holds a word of a ``Literal`` vocabulary (or nothing)."""
    words = ", ".join(f"'{word}'" for word in get_args(vocabulary))
    return f"{column} IN ({words})"


OWN_VILLAGE = "length(village_code) = 12 AND left(village_code, 6) = county_code"
"""CHECK text of every tenant table: the tenant is the county of the village that row-level security compares."""
