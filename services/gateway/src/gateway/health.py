"""How the whole system is: every service asked at the same time."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel
from service_kit import health as own_health
from service_kit.auth import Context, Public
from service_kit.clock import offset_days
from service_kit.errors import Unavailable

from gateway.clients import SERVICE_TITLES, SERVICES, Upstreams, UpstreamTimeout, UpstreamUnavailable, upstreams_of

router = APIRouter(prefix="/api", tags=["health"])

_DEADLINE_SECONDS = 3.0


class ServiceHealth(BaseModel):
    name: str
    title: str
    up: bool
    reason: str | None = None


class Health(BaseModel):
    status: str
    """``ok`` when every service is up, else ``degraded``: what is up goes on working."""
    services: list[ServiceHealth]
    clock_offset_days: int
    """Days that the clock of a system for trying out runs ahead; zero in earnest."""


@router.get("/health", dependencies=[Public], summary="各服务是否正常")
async def get_health(ctx: Context) -> Health:
    upstreams = upstreams_of(ctx)
    services = await asyncio.gather(_own(ctx), *(_ask(upstreams, name) for name in SERVICES))
    status = "ok" if all(service.up for service in services) else "degraded"
    return Health(status=status, services=list(services), clock_offset_days=offset_days())


async def _own(ctx: Context) -> ServiceHealth:
    try:
        await own_health.ready(ctx)
    except Unavailable as error:
        return _state("gateway", error.title)
    return _state("gateway")


async def _ask(upstreams: Upstreams, name: str) -> ServiceHealth:
    try:
        answer = await upstreams.get(name, "/health/ready", deadline=_DEADLINE_SECONDS)
    except UpstreamTimeout:
        return _state(name, "没有及时答复")
    except UpstreamUnavailable:
        return _state(name, "连接不上")
    return _state(name, None if answer.status == 200 else "数据库连接不上")


def _state(name: str, reason: str | None = None) -> ServiceHealth:
    return ServiceHealth(name=name, title=SERVICE_TITLES[name], up=reason is None, reason=reason)
