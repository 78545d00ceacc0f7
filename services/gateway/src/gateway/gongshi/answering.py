"""Sending pages: HTML whatever happens, with the headers that belong to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from fastapi import Request, Response
from service_kit.errors import DomainError

from gateway.answers import whole
from gateway.gongshi import pages
from gateway.gongshi.look import look_of


def html(request: Request, body: str, status: int, *, fresh: bool = False, **more: str) -> Response:
    """A page; ``fresh`` for what nobody may keep a copy of."""
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": pages.POLICY,
        "cache-control": "no-store" if fresh else "public, max-age=0, s-maxage=60",
        "vary": "Cookie",
        **more,
    }
    answer = whole(body.encode(), status, headers, request)
    return answer if request.method != "HEAD" else Response(None, status, dict(answer.headers))


def message(request: Request, status: int, heading: str, text: str, **headers: str) -> Response:
    return html(request, pages.render_message(look_of(request), heading, text), status, fresh=True, **headers)


def refusal(request: Request, error: DomainError) -> Response:
    """What the public reads instead of a problem document."""
    retry = {name.lower(): value for name, value in error.headers.items() if name.lower() == "retry-after"}
    if error.status == 503:
        retry.setdefault("retry-after", "10")
    heading = "暂时打不开" if error.status >= 500 else error.title
    return message(request, error.status, heading, error.detail or error.title, **retry)


def as_page(door: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """A door whose refusals are pages."""

    @wraps(door)
    async def answered(request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return await door(request, *args, **kwargs)
        except DomainError as error:
            return refusal(request, error)

    return answered
