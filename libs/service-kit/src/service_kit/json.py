"""JSON as the services speak it."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response


def dumps(value: Any) -> bytes:
    return orjson.dumps(value)


def canonical(value: Any) -> bytes:
    """One spelling per value: keys sorted, no spaces, UTF-8. For hashes that client and server must agree on."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class JsonBytes(Response):
    """JSON that the database has already written."""

    media_type = "application/json"
