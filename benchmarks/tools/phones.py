"""Phones that upload: each sends its requests one after the other on one kept connection, all phones at once.

``python -m benchmarks.tools.phones < plan.json`` runs a plan in a process of its own and prints what came back.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import httptools
import uvloop

from benchmarks.tools.load import ROOT, Result, summarise


@dataclass(frozen=True)
class Upload:
    """One PUT. ``file``: the body is made of this many bytes under ``seed`` instead of ``body`` (a photo)."""

    path: str
    body: str = ""
    file: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Phone:
    headers: Mapping[str, str]
    uploads: Sequence[Upload]


@dataclass(frozen=True)
class PhonePlan:
    host: str
    port: int
    phones: Sequence[Phone]
    timeout_seconds: float = 900.0


@dataclass(frozen=True)
class Outcome:
    """What the phones measured, and every receipt by the last part of its path that names the record."""

    result: Result
    receipts: dict[str, dict[str, Any]]


def picture(size: int, seed: int) -> bytes:
    """As many bytes that look like a JPEG to who reads its first ones, each seed another file."""
    return b"\xff\xd8\xff\xe0" + seed.to_bytes(8, "big") + bytes(size - 12)


def _raw(upload: Upload, headers: Mapping[str, str], host: str) -> bytes:
    body = picture(upload.file, upload.seed) if upload.file else upload.body.encode()
    kind = "image/jpeg" if upload.file else "application/json"
    lines = [f"PUT {upload.path} HTTP/1.1", f"Host: {host}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Phone(asyncio.Protocol):
    def __init__(self, phone: Phone, host: str, done: asyncio.Future[None]) -> None:
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.bodies: list[tuple[str, bytes]] = []
        self._phone, self._host, self._done = phone, host, done
        self._next = 0
        self._body = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed a connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        upload = self._phone.uploads[self._next]
        self.latencies.append(time.perf_counter() - self._sent_at)
        self.statuses[str(self._parser.get_status_code())] += 1
        self.bodies.append((upload.path, self._body))
        self._parser = httptools.HttpResponseParser(self)
        self._body = b""
        self._next += 1
        if self._next < len(self._phone.uploads):
            self._send()
        elif not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        if self._transport is not None:
            payload = _raw(self._phone.uploads[self._next], self._phone.headers, self._host)
            self._sent_at = time.perf_counter()
            self._transport.write(payload)


def named_in(path: str) -> str:
    """The id of the record or photo that a path is about."""
    parts = path.split("/")
    return parts[-2] if parts[-1] == "content" else parts[-1]


async def drive(plan: PhonePlan) -> Outcome:
    """Raises: ConnectionError: the server went away. TimeoutError."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    phones: list[_Phone] = []
    waiting: list[asyncio.Future[None]] = []
    transports = []
    for phone in plan.phones:
        done = loop.create_future()
        made = _Phone(phone, f"{plan.host}:{plan.port}", done)
        # asyncio's types know no factory with a default, which binds the phone of this turn.
        transport, _ = await loop.create_connection(lambda made=made: made, plan.host, plan.port)  # type: ignore[misc]
        phones.append(made)
        waiting.append(done)
        transports.append(transport)
    try:
        await asyncio.wait_for(asyncio.gather(*waiting), plan.timeout_seconds)
    finally:
        for transport in transports:
            transport.abort()
    seconds = time.perf_counter() - began
    bodies = [body for phone in phones for body in phone.bodies]
    statuses: Counter[str] = sum((phone.statuses for phone in phones), Counter())
    result = summarise(
        [latency for phone in phones for latency in phone.latencies],
        seconds,
        statuses,
        sum(len(body) for _, body in bodies),
    )
    receipts = {}
    for path, body in bodies:
        answer = json.loads(body)
        receipts[named_in(path)] = answer.get("receipt") or answer
    return Outcome(result, receipts)


def run_phones(plan: PhonePlan) -> Outcome:
    """``drive`` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.tools.phones"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    content = json.loads(done.stdout)
    return Outcome(Result(**content["result"]), content["receipts"])


def main() -> None:
    content = json.load(sys.stdin)
    content["phones"] = [
        Phone(phone["headers"], [Upload(**upload) for upload in phone["uploads"]]) for phone in content["phones"]
    ]
    print(json.dumps(asdict(uvloop.run(drive(PhonePlan(**content))))))


if __name__ == "__main__":
    main()
