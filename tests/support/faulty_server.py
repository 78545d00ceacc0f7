"""A server that fails as networks do: it stands before the gateway and breaks connections at a chosen moment.

``context.route`` of the browser answers before anything leaves it. What a phone meets in a valley happens later: a
connection that dies before the body, in the middle of a photo, or after the server has committed and before its answer
is back. This one works on the bytes of real connections.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Moment = Literal["before_body", "mid_body", "held", "after_commit"]
"""``held``: half of the body has come, and the connection stands, until whoever waits is gone."""
STANDS_SECONDS = 3_600
Change = Callable[[bytes], bytes]


@dataclass
class Fault:
    """What happens to requests whose "METHOD /path" matches; ``times`` more of them (−1: until healed)."""

    pattern: re.Pattern[str]
    moment: Moment | None = None
    answer: tuple[int, str, bytes] | None = None
    change: Change | None = None
    times: int = 1


@dataclass
class Seen:
    """A request that arrived, and what was done to it."""

    line: str
    fault: str


@dataclass
class FaultyServer:
    """Forwards to ``upstream`` (host, port) and breaks what ``faults`` say, the first that matches."""

    upstream: tuple[str, int]
    faults: list[Fault] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    port: int = 0

    def start(self) -> None:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            self._loop.run_forever()
            server.close()
            open_ones = asyncio.all_tasks(self._loop)
            for task in open_ones:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*open_ones, return_exceptions=True))
            self._loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def breaks(self, pattern: str, moment: Moment, times: int = 1) -> None:
        """Connections die at this moment."""
        self.faults.append(Fault(re.compile(pattern), moment=moment, times=times))

    def answers(self, pattern: str, status: int, body: str, media_type: str = "text/html", times: int = -1) -> None:
        """Somebody else answers: a captive portal, a proxy, an overloaded server."""
        self.faults.append(Fault(re.compile(pattern), answer=(status, media_type, body.encode()), times=times))

    def changes(self, pattern: str, change: Change) -> None:
        """The answer's body is another: a new version."""
        self.faults.append(Fault(re.compile(pattern), change=change, times=-1))

    def heal(self) -> None:
        self.faults.clear()

    def count(self, pattern: str) -> int:
        """How many requests came whose "METHOD /path" matches, broken or not."""
        return sum(1 for one in self.seen if re.search(pattern, one.line))

    def _fault_for(self, line: str) -> Fault | None:
        for fault in self.faults:
            if fault.times != 0 and fault.pattern.search(line):
                fault.times -= 1 if fault.times > 0 else 0
                return fault
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._one(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the browser went away, as browsers do
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        line = f"{method} {target}"
        fault = self._fault_for(line)
        self.seen.append(Seen(line, (fault.moment or "answered") if fault else ""))
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines if one)}
        length = int(headers.get("content-length", "0"))
        if fault and fault.moment == "before_body":
            return _reset(writer)
        if fault and fault.moment == "mid_body":
            await reader.readexactly(length // 2)
            return _reset(writer)
        if fault and fault.moment == "held":
            await reader.readexactly(length // 2)
            return await asyncio.sleep(STANDS_SECONDS)
        body = await reader.readexactly(length)
        if fault and fault.answer:
            writer.write(_answer(*fault.answer))
            return await writer.drain()
        answer = await self._ask(first, lines, body)
        if fault and fault.moment == "after_commit":
            return _reset(writer)
        if fault and fault.change:
            answer = _with_body(answer, fault.change)
        writer.write(answer)
        return await writer.drain()

    async def _ask(self, first: str, lines: list[str], body: bytes) -> bytes:
        """The gateway's whole answer on a connection of its own."""
        # Whole and plain answers only, so that they can be changed.
        dropped = ("connection:", "accept-encoding:", "if-none-match:", "if-modified-since:")
        kept = [one for one in lines if one and not one.lower().startswith(dropped)]
        reader, writer = await asyncio.open_connection(*self.upstream)
        writer.write("\r\n".join([first, *kept, "Connection: close", "", ""]).encode("latin-1") + body)
        await writer.drain()
        answer = await reader.read(-1)
        writer.close()
        head, found, rest = answer.partition(b"\r\n\r\n")
        names = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"connection:")]
        return b"\r\n".join([*names, b"Connection: close"]) + found + rest


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection as a lost signal does: no goodbye."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _answer(status: int, media_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Fault\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\nConnection: close"
    return f"{head}\r\n\r\n".encode() + body


def _with_body(answer: bytes, change: Change) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    changed = change(body)
    kept = [one for one in head.split(b"\r\n") if not one.lower().startswith((b"content-length:", b"etag:"))]
    return b"\r\n".join([*kept, f"Content-Length: {len(changed)}".encode()]) + b"\r\n\r\n" + changed
