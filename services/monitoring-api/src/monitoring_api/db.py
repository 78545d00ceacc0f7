"""The service's declarative base: all tables of the ``monitoring`` schema."""

from __future__ import annotations

from typing import Any, get_args

from service_kit import attachments, exports
from service_kit.db import Record, new_metadata
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
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


async def insert_once(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert a phone's record; waits for another upload of the same one to end. False when it is there already.

    Any unique index ends it, not only that of the id: receipt numbers are made from ids, and of two uploads at the same
    moment either index may be the one that meets the other.
    """
    statement = insert(model).values(values).on_conflict_do_nothing().returning(model.__table__.c.id)
    return (await session.execute(statement)).scalar_one_or_none() is not None
