"""The gateway: signs people in, passes calls through, composes one screen from one call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from service_kit.app import build_app
from service_kit.audit_api import audit_router
from service_kit.context import ServiceContext
from service_kit.region_copy import RegionChanged
from service_kit.spec import ServiceSpec

from gateway import clients, health
from gateway.db import Base
from gateway.gongshi import endpoints as gongshi
from gateway.identity import endpoints as identity
from gateway.identity.errors import UsernameTaken
from gateway.identity.sessions import Sessions, authenticate
from gateway.openapi import endpoints as openapi
from gateway.pages import endpoints as pages
from gateway.proxy import endpoints as proxy
from gateway.regions import endpoints as regions
from gateway.security import SecurityHeaders
from gateway.settings import GatewaySettings, settings_of
from gateway.static import endpoints as static
from gateway.static.files import Dist


@asynccontextmanager
async def _lifespan(ctx: ServiceContext) -> AsyncIterator[None]:
    ctx.extras["sessions"] = Sessions(ctx)
    ctx.extras["dist"] = Dist(settings_of(ctx).static_dir)
    async with clients.opened(ctx) as upstreams:
        ctx.extras["upstreams"] = upstreams
        yield


def _own_audit() -> APIRouter:
    router = APIRouter(prefix="/api/gateway")
    router.include_router(audit_router("gateway"))
    return router


SPEC = ServiceSpec(
    name="gateway",
    package="gateway",
    title="衔接网关",
    metadata=Base.metadata,
    migrations=Path(__file__).parents[2] / "migrations",
    settings_type=GatewaySettings,
    # What is asked most comes first; the last of /api takes whatever the others leave.
    routers=(
        proxy.router,
        pages.router,
        identity.router,
        regions.router,
        openapi.router,
        health.router,
        _own_audit(),
        proxy.rest,
        gongshi.router,
        static.router,
    ),
    constraint_errors={"uq_user_account_username": UsernameTaken},
    subscribers={RegionChanged.type: clients.SERVICES},
    lifespan=_lifespan,
    authenticate=authenticate,
    middleware=(SecurityHeaders,),
)


def create_app() -> FastAPI:
    return build_app(SPEC)
