"""The three services behind the gateway, over one shared pool of connections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import httpx
from service_kit.context import ServiceContext
from service_kit.errors import DomainError

from gateway.settings import settings_of

ServiceName = Literal["monitoring", "assets", "funds"]
SERVICES: tuple[ServiceName, ...] = ("monitoring", "assets", "funds")
SERVICE_TITLES: dict[str, str] = {
    "monitoring": "监测帮扶",
    "assets": "资产登记",
    "funds": "资金台账",
    "gateway": "统一入口",
}
"""What people call the services."""

_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=64, keepalive_expiry=4.0)
"""Idle connections are dropped before the services' own server closes them (5 s): no request meets a closed one."""


class UpstreamUnavailable(DomainError):
    """A service behind the gateway does not answer. ``service`` names it."""

    status, code = 503, "service_unavailable"
    title, title_en = "服务暂时不可用,请稍后再试", "The service is temporarily unavailable"


class UpstreamTimeout(UpstreamUnavailable):
    status, code = 504, "service_timeout"
    title, title_en = "服务没有及时答复,请稍后再试", "The service did not answer in time"


@dataclass(frozen=True, slots=True)
class Upstreams:
    http: httpx.AsyncClient
    addresses: Mapping[str, str]

    def url(self, service: str, path: str) -> str:
        """Full address of ``/path`` on a service.

        Raises:
            UpstreamUnavailable: the gateway has not been told where the service is.
        """
        address = self.addresses.get(service)
        if not address:
            raise unavailable(service)
        return f"{address.rstrip('/')}{path}"


def unavailable(service: str, *, timeout: bool = False) -> UpstreamUnavailable:
    """The error to raise, in words for a clerk."""
    title = SERVICE_TITLES.get(service, service)
    if timeout:
        return UpstreamTimeout(f"“{title}”没有及时答复,请稍后再试", service=service)
    return UpstreamUnavailable(f"“{title}”暂时连接不上,请稍后再试", service=service, headers={"Retry-After": "5"})


@asynccontextmanager
async def opened(ctx: ServiceContext) -> AsyncIterator[Upstreams]:
    """One HTTP client for the life of the process."""
    timeout = httpx.Timeout(settings_of(ctx).proxy_timeout_seconds, connect=2.0)
    async with httpx.AsyncClient(timeout=timeout, limits=_LIMITS, trust_env=False, follow_redirects=False) as http:
        yield Upstreams(http, ctx.settings.peers)


def upstreams_of(ctx: ServiceContext) -> Upstreams:
    upstreams: Upstreams = ctx.extras["upstreams"]
    return upstreams
