"""The floor: the same SQL with the same arguments, and nothing of ours round it.

Two of them, both on raw asyncpg with 16 connections on which the region scope is set once for the session, so that
row-level security does the same work but no transaction is opened for a request:

* ``direct``: queries in one process, no HTTP at all;
* ``asgi``: a bare ASGI callable under the same uvicorn flags, no framework, no login, no validation.

``python -m benchmarks.tools.floor < plan.json`` measures ``direct``; uvicorn serves ``benchmarks.tools.floor:app``.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from benchmarks.tools.load import ROOT, Result, summarise

PLAN_VARIABLE = "LINKAGE_BENCH_FLOOR"
DIRECT_WARMUP = 200


@dataclass(frozen=True)
class Query:
    """One SQL statement whose rows begin with a JSON text, and the argument lists it is run with in turn.

    An argument of a type that JSON lacks is written ``{"bytes": hex}``, ``{"uuid": text}`` or ``{"date": text}``.
    """

    sql: str
    arguments: list[list[Any]]


@dataclass(frozen=True)
class FloorPlan:
    dsn: str
    scope_lo: str
    scope_hi: str
    queries: dict[str, Query]
    connections: int = 16


def pack(value: Any) -> Any:
    """An argument as JSON can carry it."""
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case UUID():
            return {"uuid": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case list() | tuple():
            return [pack(one) for one in value]
        case _:
            return value


def unpack(value: Any) -> Any:
    """The argument again."""
    match value:
        case {"bytes": text}:
            return bytes.fromhex(text)
        case {"uuid": text}:
            return UUID(text)
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case list():
            return [unpack(one) for one in value]
        case _:
            return value


def read_plan(content: dict[str, Any]) -> FloorPlan:
    queries = {
        name: Query(query["sql"], [unpack(arguments) for arguments in query["arguments"]])
        for name, query in content["queries"].items()
    }
    return FloorPlan(**{**content, "queries": queries})


def write_plan(plan: FloorPlan) -> str:
    return json.dumps(
        {
            **asdict(plan),
            "queries": {
                name: {"sql": query.sql, "arguments": [pack(arguments) for arguments in query.arguments]}
                for name, query in plan.queries.items()
            },
        }
    )


async def _keep(_: Any) -> None:
    """No reset round trip when a connection goes back to the pool."""


async def open_pool(plan: FloorPlan) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        plan.dsn,
        min_size=plan.connections,
        max_size=plan.connections,
        reset=_keep,
        server_settings={"app.scope_lo": plan.scope_lo, "app.scope_hi": plan.scope_hi},
    )


def _body(rows: list[asyncpg.Record]) -> bytes:
    """The rows' JSON texts as one JSON list."""
    return f"[{','.join(row[0] for row in rows)}]".encode()


async def direct(plan: FloorPlan, name: str, count: int, warmup: int = DIRECT_WARMUP) -> Result:
    """Run one query ``count`` times on 16 connections, without HTTP."""
    pool = await open_pool(plan)
    query = plan.queries[name]
    latencies: list[float] = []
    sizes = 0
    turn = iter(range(warmup + count))
    started = worked = 0.0

    async def worker() -> None:
        nonlocal sizes, started, worked
        async with pool.acquire() as connection:
            for number in turn:
                if number == warmup:
                    started, worked = time.perf_counter(), time.process_time()
                before = time.perf_counter()
                body = _body(await connection.fetch(query.sql, *query.arguments[number % len(query.arguments)]))
                if number >= warmup:
                    latencies.append(time.perf_counter() - before)
                    sizes += len(body)

    await asyncio.gather(*(worker() for _ in range(plan.connections)))
    seconds = time.perf_counter() - started
    worked = time.process_time() - worked
    await pool.close()
    result = summarise(latencies, seconds, Counter({"200": len(latencies)}), sizes)
    return replace(result, server_us=round(worked / count * 1e6, 1))


def run_direct(plan: FloorPlan, name: str, count: int) -> Result:
    """``direct`` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.tools.floor", name, str(count)],
        input=write_plan(plan),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return Result(**json.loads(done.stdout))


Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_HEADERS = [(b"content-type", b"application/json")]
_state: dict[str, Any] = {}


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """``/<query>/<n>``: run the query with its n-th arguments and answer with the JSON text."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    _, name, number = scope["path"].split("/")
    query: Query = _state["plan"].queries[name]
    async with _state["pool"].acquire() as connection:
        body = _body(await connection.fetch(query.sql, *query.arguments[int(number)]))
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    content = await asyncio.to_thread(Path(os.environ[PLAN_VARIABLE]).read_text, "utf-8")
    _state["plan"] = read_plan(json.loads(content))
    _state["pool"] = await open_pool(_state["plan"])
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _state["pool"].close()
    await send({"type": "lifespan.shutdown.complete"})


def main() -> None:
    plan = read_plan(json.load(sys.stdin))
    print(json.dumps(asdict(uvloop.run(direct(plan, sys.argv[1], int(sys.argv[2]))))))


if __name__ == "__main__":
    main()
