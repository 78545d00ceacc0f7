"""Everything that is not composed passes through by prefix: ``/api/funds/pools`` → ``/pools`` of the funds service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from service_kit.auth import Context, Public
from service_kit.errors import NotFound

from gateway.answers import whole
from gateway.clients import SERVICES, unavailable, upstreams_of
from gateway.identity.auth import Anyone
from gateway.identity.sessions import session_of, sessions_of
from gateway.proxy.headers import to_browser, to_service

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/api", tags=["proxy"])

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
INTERNAL = ("events", "metrics", "health", "openapi.json")
"""Doors of a service that are for other services and for operators only."""

_WHOLE_BYTES = 256 * 1024
"""Answers up to this size are read and sent in one piece; larger ones, and those of unknown size, are streamed."""
_PATH_CHARACTERS = "/-._~!$&'()*+,;=:@"


@router.api_route("/{service}/{path:path}", methods=METHODS, include_in_schema=False)
async def pass_through(actor: Anyone, request: Request, ctx: Context, service: str, path: str) -> Response:
    """The service's own answer, whatever its status; 503 or 504 as a problem when there is none.

    Raises:
        NotFound: no such service, or an internal door. UpstreamUnavailable, UpstreamTimeout
    """
    segments = path.split("/")
    internal = segments[0] in INTERNAL or any(segment in {"", ".", ".."} for segment in segments)
    if service not in SERVICES or internal:
        raise NotFound()
    upstreams = upstreams_of(ctx)
    call = upstreams.http.build_request(
        request.method,
        upstreams.url(service, f"/{quote(path, safe=_PATH_CHARACTERS)}"),
        params=request.url.query.encode() or None,
        headers=to_service(
            request.headers.items(),
            token=sessions_of(ctx).service_token(session_of(request)),
            request_id=request.state.request_id,
        ),
        content=await request.body(),
    )
    answer = await _send(upstreams.http, call, service)
    return await _relay(answer, request)


@router.api_route("/{path}", methods=METHODS, include_in_schema=False, dependencies=[Public])
async def nothing_here(path: str) -> Response:
    """Anything else under /api; without this door it would be redirected to the one above."""
    raise NotFound()


async def _send(http: httpx.AsyncClient, call: httpx.Request, service: str) -> httpx.Response:
    try:
        return await http.send(call, stream=True)
    except httpx.TimeoutException as error:
        log.warning("upstream_timeout", peer=service, error=type(error).__name__)
        # A connection that is not even made in time is a service that is not there.
        raise unavailable(service, timeout=not isinstance(error, httpx.ConnectTimeout)) from error
    except httpx.TransportError as error:
        log.warning("upstream_unavailable", peer=service, error=type(error).__name__)
        raise unavailable(service) from error


async def _relay(answer: httpx.Response, request: Request) -> Response:
    headers = to_browser(answer.headers.items())
    size = answer.headers.get("content-length", "")
    if request.method != "HEAD" and not (size.isdigit() and int(size) <= _WHOLE_BYTES):
        return StreamingResponse(_stream(answer), answer.status_code, headers)
    try:
        content = b"".join([chunk async for chunk in answer.aiter_raw()])
    except httpx.TransportError as error:
        log.warning("upstream_broke_off", error=type(error).__name__)
        raise unavailable(request.path_params["service"]) from error
    finally:
        await answer.aclose()
    if request.method == "HEAD":
        return Response(None, answer.status_code, headers)
    return whole(content, answer.status_code, headers, request)


async def _stream(answer: httpx.Response) -> AsyncIterator[bytes]:
    # Closed here and not after the response, so that a browser that goes away does not leave the connection open.
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()
