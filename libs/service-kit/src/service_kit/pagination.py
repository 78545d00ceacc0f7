"""Keyset pages (ARCHITECTURE rule 13): an order ending in the primary key, a cursor holding the last key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel

from service_kit.errors import FieldError, ValidationFailed

T = TypeVar("T")

MAX_LIMIT = 50
TOTAL_CAP = 10_000


class Page(BaseModel, Generic[T]):
    """One page. ``total`` only when asked for; capped at 10,000 because nobody pages further."""

    items: list[T]
    next: str | None = None
    total: int | None = None
    total_capped: bool = False


@dataclass(frozen=True, slots=True)
class PageParams:
    limit: int
    cursor: str | None
    with_total: bool

    def after(self, *types: type) -> tuple[Any, ...] | None:
        """The last key of the page before, as values of ``types``; None on the first page.

        Raises:
            ValidationFailed: the cursor was not made by this list.
        """
        return None if self.cursor is None else decode_cursor(self.cursor, types)


async def page_params(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="每页条数")] = 20,
    cursor: Annotated[str | None, Query(max_length=500, description="上一页返回的 next")] = None,
    with_total: Annotated[bool, Query(description="同时返回总数（最多数到 10000）")] = False,
) -> PageParams:
    return PageParams(limit, cursor, with_total)


Paging = Annotated[PageParams, Depends(page_params)]


_FROM_TEXT: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def encode_cursor(key: Sequence[Any]) -> str:
    # default=str: the driver has its own UUID type.
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).rstrip(b"=").decode()


def decode_cursor(cursor: str, types: Sequence[type]) -> tuple[Any, ...]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError("wrong shape")
        return tuple(_cast(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, TypeError, binascii.Error):
        error = FieldError("query.cursor", "cursor_invalid", "翻页标记无效，请从第一页重新查询")
        raise ValidationFailed(errors=[error]) from None


def _cast(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind in _FROM_TEXT and isinstance(value, str):
        return _FROM_TEXT[kind](value)
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if kind is str and isinstance(value, str) and "\x00" not in value:
        return value
    raise ValueError("wrong type")


def cut(rows: Sequence[T], limit: int, key: Any) -> tuple[Sequence[T], str | None]:
    """Split ``limit + 1`` fetched rows into the page and the cursor of the next; ``key`` maps a row to its key."""
    if len(rows) <= limit:
        return rows, None
    kept = rows[:limit]
    return kept, encode_cursor(key(kept[-1]))


def capped(count: int | None) -> tuple[int | None, bool]:
    """``(total, total_capped)`` of a count that stopped at ``TOTAL_CAP + 1``."""
    if count is None:
        return None, False
    return min(count, TOTAL_CAP), count > TOTAL_CAP


def json_page(rows: Sequence[Sequence[Any]], limit: int, count: int | None = None) -> bytes:
    """A page from rows ``(item as JSON text, *key)`` without parsing the items: the hot path of every list."""
    kept, following = cut(rows, limit, lambda row: tuple(row)[1:])
    total, over = capped(count)
    tail = orjson.dumps({"next": following, "total": total, "total_capped": over})
    return b'{"items":[' + ",".join(row[0] for row in kept).encode() + b"]," + tail[1:]
