"""Bulk load at COPY speed. PostgreSQL refuses COPY into a table with row-level security, so rows go through a
temporary table of the same columns and on by ``INSERT … SELECT``, which the policies check like any other write."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import orjson

Row = Sequence[Any]

_CHUNK_BYTES = 1 << 18
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_numbers = count(1)


async def copy_rows(
    connection: Any,
    table: str,
    columns: Sequence[str],
    rows: bytes | Iterable[Row] | AsyncIterable[Row],
    *,
    on_conflict: str = "",
) -> int:
    """Insert many rows; returns how many were inserted.

    Args:
        connection: asyncpg, inside a transaction whose scope covers the rows.
        table: a table of the service's schema.
        columns: in the order of the values. Columns left out get NULL or their default.
        rows: a finished CSV (UTF-8, no heading, empty unquoted = NULL), or tuples of str, int, bool, None, bytes,
            date, datetime, UUID, list or dict (the last two become JSON).
        on_conflict: e.g. ``"ON CONFLICT DO NOTHING"``.

    Raises:
        asyncpg.PostgresError: a row that the database refuses; nothing is inserted.
    """
    stage = f"stage_{next(_numbers)}"
    names = ", ".join(f'"{column}"' for column in columns)
    shape = f'SELECT {names} FROM "{table}" WITH NO DATA'  # noqa: S608 - names come from the code
    await connection.execute(f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS {shape}")
    if isinstance(rows, bytes):
        await connection.copy_to_table(stage, source=_once(rows), columns=list(columns), format="csv")
    else:
        await connection.copy_to_table(stage, source=_encoded(rows), columns=list(columns), format="text")
    inserted: str = await connection.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {stage} {on_conflict}'  # noqa: S608 - names in the code
    )
    await connection.execute(f"DROP TABLE {stage}")
    return int(inserted.rsplit(" ", 1)[1])


def encode_value(value: Any) -> str:
    """One value in the text format of COPY."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return r"\\x" + value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return orjson.dumps(value).decode().translate(_ESCAPES)
    raise TypeError(f"cannot copy a {type(value).__name__}")


def encode_row(row: Row) -> str:
    """One line, with its end."""
    return "\t".join(map(encode_value, row)) + "\n"


def _chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    lines: list[str] = []
    size = 0
    for row in rows:
        line = encode_row(row)
        lines.append(line)
        size += len(line)
        if size >= _CHUNK_BYTES:
            yield "".join(lines).encode()
            lines.clear()
            size = 0
    yield "".join(lines).encode()


async def _encoded(rows: Iterable[Row] | AsyncIterable[Row]) -> AsyncIterator[bytes]:
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield encode_row(row).encode()
    else:
        for chunk in _chunks(rows):
            yield chunk


async def _once(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _CHUNK_BYTES):
        yield content[start : start + _CHUNK_BYTES]
