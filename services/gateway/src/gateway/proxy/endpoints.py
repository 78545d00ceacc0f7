"""Everything that is not composed passes through by prefix: ``/api/funds/pools`` → ``/pools`` of the funds service.

Without login only what a service itself calls public: ``/api/public/funds/notices`` → ``/public/notices``. Those calls
carry nobody's session, even when the browser has one, and are limited by address.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from urllib.parse import quote

import aiohttp
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from service_kit.auth import Context, Public
from service_kit.context import ServiceContext
from service_kit.errors import NotFound
from service_kit.middleware import is_file_door
from starlette.requests import ClientDisconnect

from gateway.answers import whole
from gateway.clients import SERVICES, SenderGone, failures_of, upstreams_of
from gateway.identity.auth import Anyone
from gateway.identity.sessions import refuse_other_sites, session_of, sessions_of
from gateway.limits import FewEnough, steady
from gateway.proxy.headers import to_browser, to_service

router = APIRouter(prefix="/api", tags=["proxy"])
"""One door per service and not one for all: they are matched first, since most calls pass here."""
rest = APIRouter(prefix="/api", tags=["proxy"])

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
INTERNAL = ("events", "metrics", "health", "openapi.json")
"""Doors of a service that are for other services and for operators only."""

_WHOLE_BYTES = 256 * 1024
"""Answers up to this size are read and sent in one piece; larger ones, and those of unknown size, are streamed."""
_PATH_CHARACTERS = "/-._~!$&'()*+,;=:@"


def _door_to(service: str) -> Callable[..., Awaitable[Response]]:
    async def pass_through(actor: Anyone, request: Request, ctx: Context, path: str) -> Response:
        """The service's own answer, whatever its status; 503 or 504 as a problem when there is none.

        Raises:
            NotFound: an internal door. UpstreamUnavailable, UpstreamTimeout
        """
        target = _target("", path, request)
        token = sessions_of(ctx).service_token(session_of(request))
        return await _pass(request, ctx, service, target, token)

    return pass_through


def _public_door_to(service: str) -> Callable[..., Awaitable[Response]]:
    async def pass_through_publicly(few_enough: FewEnough, request: Request, ctx: Context, path: str) -> Response:
        """The service's own answer from its public doors, asked by nobody.

        Raises:
            NotFound. RateLimited, TooLarge. CsrfFailed: another site's page makes its visitors send it.
            UpstreamUnavailable, UpstreamTimeout
        """
        target = _target("/public", path, request)
        if request.method != "POST":
            return await _pass(request, ctx, service, target, None)
        refuse_other_sites(request)
        started = time.monotonic()
        answer = await _pass(request, ctx, service, target, None)
        await steady(started)
        return answer

    return pass_through_publicly


def _target(prefix: str, path: str, request: Request) -> str:
    """Path and query to ask a service for. Raises NotFound for an internal door, or a path that leads elsewhere."""
    segments = path.split("/")
    if (not prefix and segments[0] in INTERNAL) or any(segment in {"", ".", ".."} for segment in segments):
        raise NotFound()
    target = f"{prefix}/{quote(path, safe=_PATH_CHARACTERS)}"
    if query := request.scope["query_string"]:
        target += f"?{query.decode('latin-1')}"
    return target


async def _pass(request: Request, ctx: ServiceContext, service: str, target: str, token: str | None) -> Response:
    headers = to_service(request.headers.items(), token=token, request_id=request.state.request_id)
    if is_file_door(request.method, request.scope["path"]):
        body: bytes | AsyncIterator[bytes] = _sent(request)
        if length := request.headers.get("content-length"):
            headers["content-length"] = length
    else:
        body = await request.body()
    answer = await upstreams_of(ctx).open(request.method, service, target, headers, body)
    return await _relay(answer, request, service)


for _service in SERVICES:
    router.add_api_route(f"/{_service}/{{path:path}}", _door_to(_service), methods=METHODS, include_in_schema=False)
    router.add_api_route(
        f"/public/{_service}/{{path:path}}",
        _public_door_to(_service),
        methods=["GET", "HEAD", "POST"],
        include_in_schema=False,
        dependencies=[Public],
    )


@rest.api_route("/{path:path}", methods=METHODS, include_in_schema=False, dependencies=[Public])
async def nothing_here(path: str) -> Response:
    """Anything else under /api."""
    raise NotFound()


async def _relay(answer: aiohttp.ClientResponse, request: Request, service: str) -> Response:
    headers = to_browser((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers)
    if request.method == "HEAD":
        answer.release()
        return Response(None, answer.status, headers)
    if answer.content_length is None or answer.content_length > _WHOLE_BYTES:
        return StreamingResponse(_stream(answer), answer.status, headers)
    with failures_of(service), closing(answer):
        content = await answer.read()
    return whole(content, answer.status, headers, request)


async def _sent(request: Request) -> AsyncIterator[bytes]:
    """A file on its way through: never whole in the gateway's memory.

    Raises:
        SenderGone: the browser went away; the service then sees its own request break off.
    """
    try:
        async for piece in request.stream():
            if piece:
                yield piece
    except ClientDisconnect as error:
        raise SenderGone(str(error)) from error


async def _stream(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    # Closed here and not after the response, so that a browser that goes away does not leave the connection open.
    with closing(answer):
        async for chunk in answer.content.iter_any():
            yield chunk
