"""The floor of an upload: a bare ASGI callable that reads the JSON and inserts one row by asyncpg, nothing round it.

uvicorn serves ``benchmarks.tools.insert_floor:app``; ``LINKAGE_BENCH_FLOOR_URL`` is the database, where ``prepared``
has made the table ``bench_upload``.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import orjson

URL_VARIABLE = "LINKAGE_BENCH_FLOOR_URL"
TABLE = "public.bench_upload"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_state: dict[str, Any] = {}


async def prepare(url: str) -> None:
    """An empty table with the columns that a record needs."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
        await connection.execute(
            f"CREATE TABLE {TABLE} (county_code text NOT NULL, id uuid NOT NULL, household_id uuid NOT NULL,"
            " visited_at text NOT NULL, content jsonb NOT NULL, payload_hash text NOT NULL,"
            " received_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (county_code, id))"
        )
    finally:
        await connection.close()


async def remove(url: str) -> int:
    """Drop the table; returns how many rows it held."""
    connection = await asyncpg.connect(url)
    try:
        count: int = await connection.fetchval(f"SELECT count(*) FROM {TABLE}")
        await connection.execute(f"DROP TABLE {TABLE}")
    finally:
        await connection.close()
    return count


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """``PUT /…/<id>``: insert the body and answer with a receipt. ``GET``: whether it listens."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["method"] == "GET":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    record = orjson.loads(body)
    record_id = scope["path"].rsplit("/", 1)[-1]
    async with _state["pool"].acquire() as connection:
        await connection.execute(
            f"INSERT INTO {TABLE} (county_code, id, household_id, visited_at, content, payload_hash)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            "431081",
            UUID(record_id),
            UUID(record["household_id"]),
            record["visited_at"],
            body.decode(),
            record["payload_hash"],
        )
    answer = orjson.dumps({"receipt": {"id": record_id, "payload_hash": record["payload_hash"]}})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    _state["pool"] = await asyncpg.create_pool(os.environ[URL_VARIABLE], min_size=8, max_size=8)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _state["pool"].close()
    await send({"type": "lifespan.shutdown.complete"})
