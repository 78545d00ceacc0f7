"""The base of all tables of this service."""

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
    """CHECK text: ``column`` holds a word of a ``Literal`` vocabulary."""
    words = ", ".join(f"'{word}'" for word in get_args(vocabulary))
    return f"{column} IN ({words})"
