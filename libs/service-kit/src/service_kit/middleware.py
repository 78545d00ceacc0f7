"""What every request passes on its way in and out, as one pure ASGI layer."""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import DomainError, InternalError, TooLarge, language_of
from service_kit.ids import uuid7
from service_kit.json import dumps
from service_kit.logging import access_line
from service_kit.telemetry import Metrics

log = structlog.get_logger("access")
MAX_FILE_BYTES = 8 * 1024 * 1024
"""The largest body that a door for files takes."""
_FILE_DOOR = re.compile(r"(?:/api/[a-z]+)?/(?:attachments|(?:[a-z-]+/)?(?:[a-z-]+-)?imports)/[^/]+/content")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_BODILESS = {"GET", "HEAD", "DELETE", "OPTIONS"}


def is_file_door(method: str, path: str) -> bool:
    """Whether this is one of the doors that take a file as a raw body, at the service or passing the gateway."""
    return method == "PUT" and _FILE_DOOR.fullmatch(path) is not None


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None


class Threshold:
    """Gives each request an id (or keeps the caller's), bounds its body, measures it and logs one line.

    The line names the route's template, never the real path. The bound is counted as the body arrives, whatever
    Content-Length claims.
    """

    def __init__(self, app: ASGIApp, service: str, metrics: Metrics) -> None:
        self.app = app
        self._service = service
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        offered = _header(scope, b"x-request-id") or ""
        request_id = offered if _REQUEST_ID.fullmatch(offered) else str(uuid7())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self.app(scope, self._bounded(scope, receive), send_with_id)
        except _Overflow as overflow:
            if status == 0:
                await _answer(scope, send_with_id, TooLarge(f"一次最多提交 {overflow.limit // 1024} KB"))
        except Exception as error:
            log.error("unexpected_error", error=type(error).__name__, exc_info=error)
            if status == 0:
                await _answer(scope, send_with_id, InternalError())
        finally:
            self._note(scope, state, status, time.perf_counter() - started)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        limit: int = scope["app"].state.ctx.settings.max_body_bytes
        if is_file_door(scope["method"], scope["path"]):
            limit = max(limit, MAX_FILE_BYTES)
        declared = _header(scope, b"content-length")
        if declared is None and scope["method"] in _BODILESS and _header(scope, b"transfer-encoding") is None:
            return receive
        seen = int(declared) if declared and declared.isdigit() else 0
        if seen > limit:
            raise _Overflow(limit)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _Overflow(limit)
            return message

        return counted

    def _note(self, scope: Scope, state: dict[str, Any], status: int, seconds: float) -> None:
        path: str = scope["path"]
        if path.startswith("/health"):
            return
        route: Any = scope.get("route")
        line = {
            "method": scope["method"],
            "route": getattr(route, "path", None),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request_id": state["request_id"],
            "service": self._service,
        }
        if actor := state.get("actor"):
            line |= {"actor": str(actor.id), "role": actor.role}
        access_line(line)
        if not path.startswith("/metrics"):
            template = getattr(route, "path_format", "unmatched")
            self._metrics.note(scope["method"], template, status or 500, seconds)


class _Overflow(BaseException):
    """Not an Exception, so that no handler on the way turns it into a 500."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


async def _answer(scope: Scope, send: Send, error: DomainError) -> None:
    language = language_of(_header(scope, b"accept-language") or "")
    body = dumps(error.problem(language, scope.get("state", {}).get("request_id")))
    # Closing: what is left of a body that was refused unread must not become the next request.
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
