"""Reading from a service with as little in between as can be: a page asks several times for each time it is asked.

Kept connections over which one GET at a time goes, and httptools (the parser of our own servers) that reads the
answer whole. Calls that pass through, with bodies to stream and methods of all kinds, go over aiohttp (``clients``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httptools

_CONNECT_SECONDS = 2.0
_IDLE_SECONDS = 4.0
"""Idle connections are dropped before the services' own server closes them (5 s): no request meets a closed one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, whatever its status."""

    status: int
    content: bytes


class _Connection(asyncio.Protocol):
    """One connection, which carries one call at a time."""

    def __init__(self) -> None:
        self._parser: Any = httptools.HttpResponseParser(self)
        self._loop = asyncio.get_running_loop()
        self._pieces: list[bytes] = []
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self.open = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.open = True

    def send(self, call: bytes) -> asyncio.Future[Answer]:
        """Raises ConnectionError from the future: the connection broke off, or the answer makes no sense."""
        self._answer = self._loop.create_future()
        assert self._transport is not None  # noqa: S101 - connection_made comes first
        self._transport.write(call)
        return self._answer

    def close(self) -> None:
        self.open = False
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._break(ConnectionError(str(error)))

    def connection_lost(self, error: Exception | None) -> None:
        self._break(error if isinstance(error, OSError) else ConnectionResetError("closed by the service"))

    def _break(self, error: OSError) -> None:
        self.close()
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def on_message_begin(self) -> None:
        self._pieces.clear()

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        answer, self._answer = self._answer, None
        if answer is None or not self._parser.should_keep_alive():
            self.close()
        if answer is not None and not answer.done():
            answer.set_result(Answer(self._parser.get_status_code(), b"".join(self._pieces)))


class Wire:
    """The connections to one service.

    Args:
        address: like ``http://host:port``.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._named = parts.netloc.rpartition("@")[2]
        self._under = parts.path.rstrip("/")
        self._idle: list[_Connection] = []

    async def get(self, target: str, headers: Mapping[str, str]) -> Answer:
        """Ask once.

        Args:
            target: path and query, already quoted.

        Raises:
            OSError: no connection, or it broke off. TimeoutError: none could be made in time.
        """
        lines = [f"GET {self._under}{target} HTTP/1.1", f"host: {self._named}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a header may not hold a line break")
        connection = self._take() or await self._connect()
        try:
            answer = await connection.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        except BaseException:
            connection.close()  # its answer may still come, and would be taken for that of the next call
            raise
        if connection.open:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        return answer

    def _take(self) -> _Connection | None:
        """The connection that was used last, so that those not needed grow old."""
        oldest = time.monotonic() - _IDLE_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.open and connection.idle_since > oldest:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls or None)
        return connection

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
