"""Answers in one piece, compressed when it is worth it: phones in valleys pay by the kilobyte."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cached_property

from fastapi import Request, Response

_COMPRESS_BYTES = 2 * 1024
_LEVEL = 4
_TEXT = ("json", "text/", "javascript", "xml", "manifest")


def accepts(request: Request, coding: str) -> bool:
    """Whether the browser takes a content coding (``br``, ``gzip``)."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == coding:
            return quality.strip() not in {"q=0", "q=0.0"}
    return False


class Content:
    """A body that may go to several readers: compressed once for all of them."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, compresslevel=_LEVEL, mtime=0)


def whole(content: Content | bytes, status: int, headers: Mapping[str, str], request: Request) -> Response:
    """``headers`` must name the content type; a length in them is replaced."""
    content = content if isinstance(content, Content) else Content(content)
    body = content.body
    out = {name: value for name, value in headers.items() if name != "content-length"}
    kind = out.get("content-type", "")
    if len(body) >= _COMPRESS_BYTES and "content-encoding" not in out and any(word in kind for word in _TEXT):
        out["vary"] = "Accept-Encoding"
        if accepts(request, "gzip"):
            body = content.compressed
            out["content-encoding"] = "gzip"
    return Response(body, status, out)
