"""Bulk load at COPY speed. PostgreSQL refuses COPY into a table with row-level security, so rows go through a
temporary table of the same columns and on by ``INSERT … SELECT``, which the policies check like any other write."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
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


def _encode_str(text: str) -> str:
    # Printable text has no line ends and tabs; asking is ten times faster than translating.
    return text if "\\" not in text and text.isprintable() else text.translate(_ESCAPES)


def _encode_bytes(content: bytes | bytearray | memoryview) -> str:
    return r"\\x" + content.hex()


def _encode_json(value: list[Any] | tuple[Any, ...] | dict[str, Any]) -> str:
    return _encode_str(orjson.dumps(value).decode())


_ENCODERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: r"\N",
    str: _encode_str,
    bool: lambda value: "t" if value else "f",
    int: str,
    UUID: str,
    bytes: _encode_bytes,
    bytearray: _encode_bytes,
    memoryview: _encode_bytes,
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _encode_json,
    tuple: _encode_json,
    dict: _encode_json,
}


def encode_value(value: Any) -> str:
    """One value in the text format of COPY."""
    encoder = _ENCODERS.get(type(value))
    return encoder(value) if encoder else _encoder_of_base(type(value))(value)


def _encoder_of_base(kind: type) -> Callable[[Any], str]:
    # A subclass, e.g. the driver's own UUID.
    for base in kind.__mro__:
        if base in _ENCODERS:
            return _ENCODERS[base]
    raise TypeError(f"cannot copy a {kind.__name__}")


def encode_row(row: Row) -> str:
    """One line, with its end."""
    return "\t".join([encode_value(value) for value in row]) + "\n"


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
