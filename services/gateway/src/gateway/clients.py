"""The three services behind the gateway, over one shared pool of connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
import structlog
from service_kit.context import ServiceContext
from service_kit.errors import DomainError
from yarl import URL

from gateway.settings import settings_of
from gateway.wire import Answer, Wire

log = structlog.get_logger(__name__)

ServiceName = Literal["monitoring", "assets", "funds"]
SERVICES: tuple[ServiceName, ...] = ("monitoring", "assets", "funds")
SERVICE_TITLES: dict[str, str] = {
    "monitoring": "监测帮扶",
    "assets": "资产登记",
    "funds": "资金台账",
    "gateway": "统一入口",
}
"""What people call the services."""

_CONNECTIONS = 200
_CONNECT_SECONDS = 2.0
_IDLE_SECONDS = 4.0
"""Idle connections are dropped before the services' own server closes them (5 s): no request meets a closed one."""
_NAMES_SECONDS = 10
"""A service that has moved to another address is found there after this long."""


class UpstreamUnavailable(DomainError):
    """A service behind the gateway does not answer. ``service`` names it."""

    status, code = 503, "service_unavailable"
    title, title_en = "服务暂时不可用，请稍后再试", "The service is temporarily unavailable"


class UpstreamTimeout(UpstreamUnavailable):
    status, code = 504, "service_timeout"
    title, title_en = "服务没有及时答复，请稍后再试", "The service did not answer in time"


def unavailable(service: str, *, timeout: bool = False) -> UpstreamUnavailable:
    """The error to raise, in words for a clerk."""
    title = SERVICE_TITLES.get(service, service)
    if timeout:
        return UpstreamTimeout(f"“{title}”没有及时答复，请稍后再试", service=service)
    return UpstreamUnavailable(f"“{title}”暂时连接不上，请稍后再试", service=service, headers={"Retry-After": "5"})


class Upstreams:
    """Calls to the services. Each failure to get an answer is an ``UpstreamUnavailable`` or ``UpstreamTimeout``.

    Nothing is tried twice.
    """

    def __init__(self, http: aiohttp.ClientSession, addresses: Mapping[str, str]) -> None:
        self._http = http
        self._addresses = addresses
        self._wires: dict[str, Wire] = {}

    async def get(
        self,
        service: str,
        path: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        deadline: float,
    ) -> Answer:
        """Read a whole answer within ``deadline`` seconds.

        Raises:
            UpstreamUnavailable: no connection, or it broke off. UpstreamTimeout: no answer in time.
        """
        wire = self._wire(service)
        target = f"{path}?{urlencode(params)}" if params else path
        with failures_of(service):
            async with asyncio.timeout(deadline):
                try:
                    return await wire.get(target, headers or {})
                except TimeoutError as error:  # a connection that is not even made in time: the service is not there
                    raise ConnectionError from error

    def _wire(self, service: str) -> Wire:
        address = self._addresses.get(service)
        if not address:
            raise unavailable(service)
        wire = self._wires.get(address)
        if wire is None:
            wire = self._wires[address] = Wire(address)
        return wire

    def close(self) -> None:
        for wire in self._wires.values():
            wire.close()

    async def post(
        self, service: str, path: str, body: bytes, headers: Mapping[str, str] | None = None, *, deadline: float
    ) -> Answer:
        """Send JSON in nobody's name and read the whole answer within ``deadline`` seconds.

        Raises:
            UpstreamUnavailable, UpstreamTimeout: as ``get``.
        """
        sent = {"content-type": "application/json", **(headers or {})}
        with failures_of(service):
            async with asyncio.timeout(deadline), self._request("POST", service, path, sent, body) as answer:
                return Answer(answer.status, await answer.read())

    async def open(
        self, method: str, service: str, target: str, headers: Mapping[str, str], body: bytes | AsyncIterator[bytes]
    ) -> aiohttp.ClientResponse:
        """Send a call; the answer's body is still to be read (within ``failures_of``), and then the answer released.

        Args:
            target: path and query, already quoted.
            body: whole, or in pieces as they come in.

        Raises:
            UpstreamUnavailable, UpstreamTimeout: as ``get``.
        """
        with failures_of(service):
            answer: aiohttp.ClientResponse = await self._request(method, service, target, headers, body)
            return answer

    def _request(
        self,
        method: str,
        service: str,
        target: str,
        headers: Mapping[str, str] | None,
        body: bytes | AsyncIterator[bytes] = b"",
    ) -> Any:  # to be awaited or entered; the library does not publish its type
        address = self._addresses.get(service)
        if not address:
            raise unavailable(service)
        url = URL(f"{address.rstrip('/')}{target}", encoded=True)
        return self._http.request(method, url, headers=headers, data=body or None, allow_redirects=False)


@contextmanager
def failures_of(service: str) -> Iterator[None]:
    """Turns what can go wrong on the way to a service into what the gateway says of it."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        # A connection that is not even made in time is a service that is not there.
        log.warning("upstream_unavailable", peer=service, error=type(error).__name__)
        raise unavailable(service) from error
    except TimeoutError as error:
        log.warning("upstream_timeout", peer=service, error=type(error).__name__)
        raise unavailable(service, timeout=True) from error
    except (aiohttp.ClientError, OSError) as error:
        log.warning("upstream_unavailable", peer=service, error=type(error).__name__)
        raise unavailable(service) from error


class SenderGone(aiohttp.ClientConnectionError):
    """The browser went away while its file was passing through."""


class _BrokeOff(aiohttp.ClientConnectionError):
    """The connection ended without an answer."""


async def _once(call: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """The library repeats a GET, PUT or DELETE whose connection broke off. Whether to repeat is for the caller."""
    try:
        return await send(call)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokeOff(str(error)) from error


@asynccontextmanager
async def opened(ctx: ServiceContext) -> AsyncIterator[Upstreams]:
    """One HTTP client for the life of the process."""
    seconds = settings_of(ctx).proxy_timeout_seconds
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=_CONNECTIONS, keepalive_timeout=_IDLE_SECONDS, ttl_dns_cache=_NAMES_SECONDS
        ),
        timeout=aiohttp.ClientTimeout(total=None, connect=seconds, sock_connect=_CONNECT_SECONDS, sock_read=seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
        middlewares=(_once,),
    ) as http:
        upstreams = Upstreams(http, ctx.settings.peers)
        try:
            yield upstreams
        finally:
            upstreams.close()


def upstreams_of(ctx: ServiceContext) -> Upstreams:
    upstreams: Upstreams = ctx.extras["upstreams"]
    return upstreams
