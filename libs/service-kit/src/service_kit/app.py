"""The app factory: every service is built the same way from its description."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import ASGIApp

from service_kit import clock, health, inbox, logging, problems, telemetry, worker
from service_kit.auth import Public, Requires, public_route
from service_kit.context import ServiceContext
from service_kit.crypto import FieldCrypto
from service_kit.db.reading import make_read_pool, make_reader
from service_kit.db.session import make_engine, make_sessionmaker
from service_kit.db.writing import make_writer
from service_kit.exports.endpoints import export_router
from service_kit.middleware import Threshold
from service_kit.spec import ServiceSpec
from service_kit.straight import Straight
from service_kit.tokens import Signer, Verifier


class ServiceApp(FastAPI):
    """A service's app: what all requests pass, then the straight way, then FastAPI's own."""

    def build_middleware_stack(self) -> ASGIApp:
        spec: ServiceSpec = self.state.spec
        layers: ASGIApp = Straight(super().build_middleware_stack(), self)
        layers = Threshold(layers, spec.name, self.state.metrics)
        for layer in spec.middleware:
            layers = layer(layers)
        return layers


def build_app(spec: ServiceSpec) -> FastAPI:
    """The ASGI app of a service; settings are read when it starts, not when it is imported."""
    app = ServiceApp(
        title=spec.title,
        version="1",
        lifespan=_lifespan(spec),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.spec = spec
    problems.install(app, spec.constraint_errors)
    for router in (health.router, *spec.routers):
        app.include_router(router)
    if spec.consumers:
        app.include_router(inbox.router)
    if spec.exports:
        app.include_router(export_router(spec.name, spec.exports))
    app.include_router(_openapi_router(app))
    telemetry.instrument(app)
    _declare_security(app)
    return app


def _lifespan(spec: ServiceSpec) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = spec.settings_type()
        logging.configure(spec.name)
        async with AsyncExitStack() as stack:
            ctx = await open_context(spec, settings, stack)
            app.state.ctx = ctx
            if spec.lifespan:
                await stack.enter_async_context(spec.lifespan(ctx))
            if settings.inline_worker:
                await stack.enter_async_context(worker.running(ctx))
            yield

    return lifespan


async def open_context(spec: ServiceSpec, settings: Any, stack: AsyncExitStack) -> ServiceContext:
    """Open pools and keys; ``stack`` closes them. Also used by workers and commands, which have no app."""
    clock.travel(settings.clock_offset_days)
    engine = make_engine(settings, spec.name)
    stack.push_async_callback(engine.dispose)
    read_pool = await make_read_pool(settings, spec.name)
    stack.push_async_callback(read_pool.close)
    reader = make_reader(settings, spec.name)
    stack.push_async_callback(reader.close)
    writer = make_writer(settings, spec.name)
    stack.push_async_callback(writer.close)
    return ServiceContext(
        spec=spec,
        settings=settings,
        engine=engine,
        sessionmaker=make_sessionmaker(engine),
        read_pool=read_pool,
        reader=reader,
        writer=writer,
        signer=Signer.from_file(spec.name, settings.signing_key_file),
        verifier=Verifier.from_file(settings.trusted_keys_file),
        crypto=FieldCrypto.from_file(settings.field_keys_file),
    )


def permission_of(route: APIRoute) -> str | None:
    """The permission a route declares, ``"public"`` for a marked public door, None when it declares nothing."""
    stack = [route.dependant]
    while stack:
        dependant = stack.pop()
        if isinstance(dependant.call, Requires):
            return dependant.call.permission
        if dependant.call is public_route:
            return "public"
        stack.extend(dependant.dependencies)
    return None


def api_routes(app: FastAPI) -> list[APIRoute]:
    """Every route with its full path and all dependencies, those of routers included in routers too."""
    contexts = iter_route_contexts(app.routes)
    return [cast("APIRoute", context) for context in contexts if isinstance(context.original_route, APIRoute)]


def _declare_security(app: FastAPI) -> None:
    """Write the permission of each operation into the OpenAPI document, and the problem answer of all."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = generate()
        document.setdefault("components", {})["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        document["components"].setdefault("schemas", {}).update(PROBLEM_SCHEMAS)
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        for route in api_routes(app):
            for method in route.methods or ():
                operation = document["paths"].get(route.path_format, {}).get(method.lower())
                if operation is None:
                    continue
                permission = permission_of(route)
                if permission != "public":
                    operation["security"] = [{"bearer": []}]
                operation["x-permission"] = permission
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = PROBLEM_RESPONSE
        app.openapi_schema = document
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend the document


PROBLEM_SCHEMAS: dict[str, Any] = {
    "FieldError": {
        "type": "object",
        "required": ["path", "code", "message"],
        "properties": {
            "path": {"type": "string"},
            "code": {"type": "string"},
            "message": {"type": "string"},
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "status", "code", "title", "detail"],
        "properties": {
            "type": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "title": {"type": "string"},
            "detail": {"type": "string"},
            "request_id": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        },
        "additionalProperties": True,
    },
}
PROBLEM_RESPONSE: dict[str, Any] = {
    "description": "拒绝或出错（RFC 9457）",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _openapi_router(app: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json", dependencies=[Public])
    async def openapi_document() -> dict[str, Any]:
        return app.openapi()

    return router
