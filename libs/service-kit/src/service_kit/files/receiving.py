"""Taking in a file as a request's raw body, piece by piece: no transaction is open while a slow line sends."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

from fastapi import Request
from starlette.requests import ClientDisconnect

from service_kit.errors import DomainError
from service_kit.files.media import SNIFFED_BYTES
from service_kit.middleware import MAX_FILE_BYTES

__all__ = ["MAX_FILE_BYTES", "Received", "UploadBrokenOff", "receive"]

_IN_MEMORY_BYTES = 1024 * 1024
"""Beyond this a file on its way in lies on the disk."""


class UploadBrokenOff(DomainError):
    status, code = 400, "upload_broken_off"
    title, title_en = "文件没有传完，请重新上传", "The upload broke off"


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file that came in; ``file`` is closed when the block of ``receive`` ends."""

    file: IO[bytes]
    sha256: str
    size: int
    head: bytes
    """The first bytes, enough to tell the media type."""


@asynccontextmanager
async def receive(request: Request) -> AsyncIterator[Received]:
    """Read the body to its end.

    Raises:
        UploadBrokenOff: the sender went away. The limit on the size is the middleware's (``BodyLimit``).
    """
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
        try:
            async for piece in request.stream():
                if not piece:
                    continue
                digest.update(piece)
                head = (head + piece)[:SNIFFED_BYTES] if len(head) < SNIFFED_BYTES else head
                if size + len(piece) > _IN_MEMORY_BYTES:
                    await asyncio.to_thread(file.write, piece)
                else:
                    file.write(piece)
                size += len(piece)
        except ClientDisconnect as error:
            raise UploadBrokenOff() from error
        yield Received(file, digest.hexdigest(), size, head)
