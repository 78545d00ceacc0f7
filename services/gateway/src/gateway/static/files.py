"""Files of the built front end, kept in memory with their compressed forms."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

_HASHED = re.compile(r"static/.*-[A-Za-z0-9_-]{8,}\.\w+")
"""Vite writes the hash of the content into the name, so such a file never changes."""
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_AN_HOUR = "public, max-age=3600"
_COMPRESSIBLE = ("text/", "javascript", "json", "svg", "xml", "manifest", "wasm")
_SMALLEST = 1024
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    encoded: dict[str, bytes]
    """Content coding (``br``, ``gzip``) → content."""
    media_type: str
    etag: str
    caching: str
    modified_ns: int


class Dist:
    """The folder of the built front end; a file that changes on disk is read anew."""

    def __init__(self, root: Path | None) -> None:
        self._root = root.resolve() if root else None
        self._known: dict[str, StaticFile] = {}

    @property
    def built(self) -> bool:
        return self._root is not None and (self._root / "admin.html").is_file()

    def find(self, path: str) -> StaticFile | None:
        """The file at a relative path; None when there is none or the path leads out of the folder."""
        if self._root is None or "\x00" in path:
            return None
        try:
            place = (self._root / path).resolve()
            if not place.is_relative_to(self._root) or not place.is_file():
                return None
            modified = place.stat().st_mtime_ns
        except (OSError, ValueError):
            return None
        known = self._known.get(path)
        if known is None or known.modified_ns != modified:
            known = self._known[path] = _read(place, path, modified)
        return known


def _read(place: Path, path: str, modified: int) -> StaticFile:
    content = place.read_bytes()
    media_type = _TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return StaticFile(
        content=content,
        encoded=_encodings(place, content, media_type),
        media_type=media_type,
        etag=f'"{hashlib.sha256(content).hexdigest()[:20]}"',
        caching=_caching(path),
        modified_ns=modified,
    )


def _encodings(place: Path, content: bytes, media_type: str) -> dict[str, bytes]:
    """Forms that the build has made; without one, gzip is made here once."""
    if len(content) < _SMALLEST or not any(word in media_type for word in _COMPRESSIBLE):
        return {}
    found = {}
    for coding, suffix in (("br", ".br"), ("gzip", ".gz")):
        made = place.with_name(place.name + suffix)
        if made.is_file() and made.stat().st_mtime_ns >= place.stat().st_mtime_ns:
            found[coding] = made.read_bytes()
    found.setdefault("gzip", gzip.compress(content, compresslevel=9, mtime=0))
    return found


def _caching(path: str) -> str:
    if _HASHED.fullmatch(path):
        return _FOREVER
    return _AN_HOUR if path.endswith((".svg", ".png", ".ico")) else _ASK_AGAIN
