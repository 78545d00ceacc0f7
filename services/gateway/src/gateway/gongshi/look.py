"""How a page is shown: large type for whoever asked for it, kept in a cookie that says nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

COOKIE = "gongshi_type"
LARGE = "large"


@dataclass(frozen=True, slots=True)
class Look:
    large: bool
    path: str
    """Where the page is, so that the switch leads back to it."""

    @property
    def switch_href(self) -> str:
        return f"/gongshi/type?{urlencode({'size': 'normal' if self.large else LARGE, 'to': self.path})}"


def look_of(request: Request) -> Look:
    path = request.url.path
    if request.method in {"GET", "HEAD"} and request.url.query:
        path += f"?{request.url.query}"
    return Look(request.cookies.get(COOKIE) == LARGE, path)


def is_own_path(path: str) -> bool:
    """Whether a redirect may lead there: to our own public pages and nowhere else."""
    inside = path == "/gongshi" or path.startswith(("/gongshi?", "/gongshi/"))
    return inside and len(path) <= 1000 and path.isprintable() and "\\" not in path and "//" not in path
