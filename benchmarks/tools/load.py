"""Closed-loop HTTP load from a process of its own: N connections, each sends the next request when its answer is in.

Kept lean (uvloop, ready-made bytes, a parser that only looks for the end of an answer), so that what is measured is
the server. ``python -m benchmarks.tools.load < plan.json`` prints the result as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

import httptools
import uvloop

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Request:
    """One ready request; ``body`` is JSON or empty."""

    method: str
    target: str
    headers: dict[str, str]
    body: str = ""

    def raw(self, host: str) -> bytes:
        body = self.body.encode()
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Plan:
    """Requests are sent in turn, over and over, until ``count`` answers are in."""

    host: str
    port: int
    requests: list[Request]
    count: int
    connections: int = 16
    warmup: int = 200
    timeout_seconds: float = 300.0


@dataclass(frozen=True)
class Result:
    """Latencies in milliseconds; ``statuses`` counts answers by status code, ``bytes`` is the mean body size.

    ``server_us`` and ``database_us`` are microseconds of processor time for one request, where they were measured.
    """

    requests: int
    seconds: float
    per_second: float
    p50_ms: float
    p95_ms: float
    max_ms: float
    statuses: dict[str, int]
    bytes: int
    server_us: float | None = None
    database_us: float | None = None

    @property
    def work_us(self) -> float:
        """Processor time of server and database for one request."""
        return (self.server_us or 0.0) + (self.database_us or 0.0)

    def with_work(self, server: float, database: float, warmup: int) -> Result:
        """Seconds of processor time for all requests, those of the warm-up included."""
        each = 1e6 / (self.requests + warmup)
        return replace(self, server_us=round(server * each, 1), database_us=round(database * each, 1))

    @property
    def clean(self) -> bool:
        return set(self.statuses) == {"200"}


def summarise(latencies: list[float], seconds: float, statuses: Counter[str], size: int) -> Result:
    """Result of the measured part; latencies in seconds."""
    ordered = sorted(latencies)
    count = len(ordered)

    def at(share: float) -> float:
        return round(ordered[min(count - 1, int(count * share))] * 1000, 3)

    return Result(
        requests=count,
        seconds=round(seconds, 3),
        per_second=round(count / seconds, 1),
        p50_ms=at(0.50),
        p95_ms=at(0.95),
        max_ms=at(1.0),
        statuses=dict(statuses),
        bytes=size // max(count, 1),
    )


class _Shared:
    """What the connections of one run have in common."""

    def __init__(self, payloads: list[bytes], warmup: int, count: int, done: asyncio.Future[None]) -> None:
        self.payloads = payloads
        self.warmup = warmup
        self.total = warmup + count
        self.sent = 0
        self.received = 0
        self.started = time.perf_counter()
        self.ended = self.started
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.bytes = 0
        self.done = done

    def next_payload(self) -> bytes | None:
        if self.sent >= self.total:
            return None
        payload = self.payloads[self.sent % len(self.payloads)]
        self.sent += 1
        return payload

    def answered(self, latency: float, status: int, size: int, now: float) -> None:
        self.received += 1
        if self.received == self.warmup:
            self.started = now
        elif self.received > self.warmup:
            self.latencies.append(latency)
            self.statuses[str(status)] += 1
            self.bytes += size
        if self.received == self.total and not self.done.done():
            self.ended = now
            self.done.set_result(None)


class _Connection(asyncio.Protocol):
    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._size = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._shared.done.done():
            self._shared.done.set_exception(exc or ConnectionError("the server closed a connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._size += len(body)

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self._shared.answered(now - self._sent_at, self._parser.get_status_code(), self._size, now)
        self._parser = httptools.HttpResponseParser(self)
        self._send()

    def _send(self) -> None:
        payload = self._shared.next_payload()
        if payload is not None and self._transport is not None:
            self._size = 0
            self._sent_at = time.perf_counter()
            self._transport.write(payload)


async def drive(plan: Plan) -> Result:
    """Run the plan in this process.

    Raises:
        ConnectionError: the server went away. TimeoutError: not done within ``timeout_seconds``.
    """
    loop = asyncio.get_running_loop()
    payloads = [request.raw(f"{plan.host}:{plan.port}") for request in plan.requests]
    shared = _Shared(payloads, plan.warmup, plan.count, loop.create_future())
    transports = []
    for _ in range(min(plan.connections, plan.count)):
        transport, _protocol = await loop.create_connection(lambda: _Connection(shared), plan.host, plan.port)
        transports.append(transport)
    try:
        await asyncio.wait_for(shared.done, plan.timeout_seconds)
    finally:
        for transport in transports:
            transport.abort()
    return summarise(shared.latencies, shared.ended - shared.started, shared.statuses, shared.bytes)


def run(plan: Plan) -> Result:
    """Run the plan in a process of its own and wait for its result.

    Raises:
        subprocess.CalledProcessError: the load process failed; its reason is on stderr.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.tools.load"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return Result(**json.loads(done.stdout))


def main() -> None:
    content = json.load(sys.stdin)
    content["requests"] = [Request(**request) for request in content["requests"]]
    print(json.dumps(asdict(uvloop.run(drive(Plan(**content))))))


if __name__ == "__main__":
    main()
