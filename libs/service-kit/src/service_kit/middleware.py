"""Pure ASGI middleware: request ids and access log without query strings; a bound on the body's size."""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import DomainError, InternalError, TooLarge, language_of
from service_kit.ids import uuid7
from service_kit.json import dumps

log = structlog.get_logger("access")
MAX_FILE_BYTES = 8 * 1024 * 1024
"""The largest body that a door for files takes."""
_FILE_DOOR = re.compile(r"(?:/api/[a-z]+)?/(?:attachments|imports)/[^/]+/content")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


def is_file_door(method: str, path: str) -> bool:
    """Whether this is one of the doors that take a file as a raw body, at the service or passing the gateway."""
    return method == "PUT" and _FILE_DOOR.fullmatch(path) is not None


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None


class RequestLog:
    """Gives each request an id (or keeps the caller's) and logs one line: route template, never the real path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = _header(scope, b"x-request-id") or ""
        request_id = offered if _REQUEST_ID.fullmatch(offered) else str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception as error:
                log.error("unexpected_error", error=type(error).__name__, exc_info=error)
                if status == 0:
                    await _answer(scope, send_with_id, InternalError())
            finally:
                route: Any = scope.get("route")
                if not scope["path"].startswith("/health"):
                    log.info(
                        "request",
                        method=scope["method"],
                        route=getattr(route, "path", None),
                        status=status,
                        ms=round((time.perf_counter() - started) * 1000, 1),
                    )


class BodyLimit:
    """Refuses a body larger than the service's limit, counted as it arrives, whatever Content-Length claims.

    The doors for files have a limit of their own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit: int = scope["app"].state.ctx.settings.max_body_bytes
        if is_file_door(scope["method"], scope["path"]):
            limit = max(limit, MAX_FILE_BYTES)
        declared = _header(scope, b"content-length") or "0"
        started = False
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _Overflow
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if declared.isdigit() and int(declared) > limit:
                raise _Overflow
            await self.app(scope, counted, noted)
        except _Overflow:
            if not started:
                await _answer(scope, send, TooLarge(f"一次最多提交 {limit // 1024} KB"))


class _Overflow(BaseException):
    """Not an Exception, so that no handler on the way turns it into a 500."""


async def _answer(scope: Scope, send: Send, error: DomainError) -> None:
    language = language_of(_header(scope, b"accept-language") or "")
    body = dumps(error.problem(language, scope.get("state", {}).get("request_id")))
    # Closing: what is left of a body that was refused unread must not become the next request.
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
