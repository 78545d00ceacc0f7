"""The hash chain over the transfers of a pool: what is hashed, in SQL and in Python. No I/O.

``hash = sha256(previous_hash || content)`` over the UTF-8 bytes of ``content``, which names every column of the row;
the first transfer of a pool follows ``GENESIS``. The head of the chain stands on the pool row, because that is the row
that a posting locks: of two postings at the same moment the second computes from the head that the first has left,
whatever its snapshot shows. (The newest transfer would not do: a statement that waited for the lock does not see it.)

Every row also proves itself: a CHECK recomputes its hash, so a changed row needs a new hash, and then the next row no
longer follows. ``python -m funds_ledger.verify`` recomputes all of it outside the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

GENESIS = bytes(32)
"""The hash before the first transfer of a pool."""

_FIELDS = (
    "county_code",
    "pool_id",
    "seq",
    "id",
    "kind",
    "region_code",
    "debit_account_id",
    "credit_account_id",
    "amount_fen",
    "document_id",
    "act_id",
    "allocation_id",
    "payment_id",
    "reverses_id",
    "received_after_fen",
    "industry_after_fen",
    "other_after_fen",
    "floor_bp",
    "posted_at",
    "posted_by",
    "posted_by_name",
)
"""In the order of the content. The name comes last, because it alone may hold the separator."""

_OPTIONAL = frozenset({"document_id", "act_id", "allocation_id", "payment_id", "reverses_id"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def content_sql(given: Mapping[str, str] | None = None) -> str:
    """The content as an SQL expression; ``given`` replaces column names by expressions."""
    columns = {name: name for name in _FIELDS} | dict(given or {})
    return " || '|' || ".join(_part(name, columns[name]) for name in _FIELDS)


def _part(name: str, expression: str) -> str:
    if name == "posted_at":
        return f"CAST(CAST(extract(epoch FROM {expression}) * 1000000 AS bigint) AS text)"
    text = f"CAST({expression} AS text)"
    return f"coalesce({text}, '')" if name in _OPTIONAL else text


def hash_sql(previous: str, given: Mapping[str, str] | None = None) -> str:
    return f"sha256({previous} || convert_to({content_sql(given)}, 'UTF8'))"


def link(previous: bytes, transfer: Mapping[str, Any]) -> bytes:
    """The hash of a transfer that follows ``previous``."""
    return link_texts(previous, {name: as_text(transfer[name]) for name in _FIELDS})


def link_texts(previous: bytes, texts: Mapping[str, str]) -> bytes:
    """As ``link``, of columns that are text already, for many transfers that share most of them."""
    content = "|".join(map(texts.__getitem__, _FIELDS))
    return hashlib.sha256(previous + content.encode()).digest()


def as_text(value: Any) -> str:
    """A column as the content spells it."""
    if isinstance(value, datetime):
        return str((value - _EPOCH) // _MICROSECOND)
    return "" if value is None else str(value)
