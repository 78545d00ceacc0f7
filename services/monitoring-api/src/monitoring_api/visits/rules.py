"""Rules of uploaded visits, pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.json import canonical

FORM_VERSION = 2
"""Of the form that phones write now: 2 adds photos and the clock that nobody can set."""


def oldest_version(current: int) -> int:
    """Phones in valleys update late: the two versions before the current one are still taken."""
    return max(1, current - 2)


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look like digits when a cadre reads the number out."""


def payload_hash(payload: Mapping[str, Any]) -> str:
    """Hex SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8) of a body without its ``payload_hash``."""
    content = {name: value for name, value in payload.items() if name != "payload_hash"}
    return hashlib.sha256(canonical(content)).hexdigest()


def receipt_number(record_id: UUID, received_at: datetime, kind: str = "ZF") -> str:
    """What the cadre keeps, e.g. ``ZF20261122-7K3M9QXA``: the day of receipt and 40 random bits of the id.

    Args:
        kind: two letters that say what was received: ZF 走访, HT 回头看, PC 排查.
    """
    bits = record_id.int & (1 << 40) - 1
    return f"{kind}{received_at:%Y%m%d}-" + "".join(_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
