"""Kept connections to a service: one answer for each call, never another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from gateway.wire import Answer, Wire

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@asynccontextmanager
async def service(talk: Talk) -> AsyncIterator[tuple[Wire, list[int]]]:
    """A service that speaks as told; also the number of the connections made to it."""
    made: list[int] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.append(len(made))
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    wire = Wire(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield wire, made
    finally:
        wire.close()
        server.close()


async def always_ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)


class TestAWire:
    async def test_keeps_its_connection(self) -> None:
        async with service(always_ok) as (wire, made):
            for _ in range(3):
                assert await wire.get("/", {}) == Answer(200, b"ok")
        assert made == [0]

    async def test_opens_another_for_those_who_ask_at_the_same_time(self) -> None:
        async with service(always_ok) as (wire, made):
            await asyncio.gather(*(wire.get("/", {}) for _ in range(3)))
        assert len(made) == 3

    async def test_reads_an_answer_in_pieces(self) -> None:
        async def in_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            for piece in (b"HTTP/1.1 404 No\r\ntransfer-enc", b"oding: chunked\r\n\r\n3\r\nab", b"c\r\n0\r\n\r\n"):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            await asyncio.sleep(1)

        async with service(in_pieces) as (wire, _):
            assert await wire.get("/", {}) == Answer(404, b"abc")

    async def test_makes_a_new_connection_after_one_that_was_closed(self) -> None:
        async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK.replace(b"content", b"connection: close\r\ncontent"))

        async with service(once) as (wire, made):
            assert await wire.get("/", {}) == await wire.get("/", {}) == Answer(200, b"ok")
        assert len(made) == 2

    @pytest.mark.parametrize("nonsense", [b"", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"])
    async def test_says_when_it_broke_off_and_does_not_ask_twice(self, nonsense: bytes) -> None:
        async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(nonsense)

        async with service(break_off) as (wire, made):
            with pytest.raises(ConnectionError):
                await wire.get("/", {})
        assert len(made) == 1

    async def test_never_takes_a_late_answer_for_the_next(self) -> None:
        async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"/slow" in head:
                    await asyncio.sleep(0.1)
                    writer.write(OK.replace(b"ok", b"no"))
                else:
                    writer.write(OK)

        async with service(late) as (wire, _):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await wire.get("/slow", {})
            await asyncio.sleep(0.1)
            assert await wire.get("/", {}) == Answer(200, b"ok")

    async def test_sends_no_header_with_a_line_break(self) -> None:
        async with service(always_ok) as (wire, made):
            with pytest.raises(ValueError, match="line break"):
                await wire.get("/", {"accept-language": "zh\r\nx-evil: 1"})
        assert made == []

    async def test_finds_nobody_where_nobody_listens(self) -> None:
        with pytest.raises(OSError, match=r"."):
            await Wire("http://127.0.0.1:1").get("/", {})
