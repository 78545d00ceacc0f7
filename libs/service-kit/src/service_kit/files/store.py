"""The store of files: one call to put, one to read, whatever lies underneath.

On a local disk a file is there only when it, and the folder entry that leads to it, have been forced to the disk: a
receipt that is given after ``put`` holds through a power cut. An object store answers only when it has the object.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from service_kit.context import ServiceContext
from service_kit.errors import Unavailable
from service_kit.settings import ServiceSettings

_CHUNK_BYTES = 256 * 1024


class FilesNotConfigured(Unavailable):
    code = "files_not_configured"
    title, title_en = "系统没有设置文件存放位置，请联系管理员", "No place for files is configured"


class FileMissing(Unavailable):
    """The database knows the file and the store does not have it: a restore is incomplete."""

    code = "file_missing"
    title, title_en = "文件暂时取不到，请联系管理员", "The file cannot be fetched"


class FileStore:
    """Objects by key, e.g. ``attachments/431081/ab/ab12…``. Keys are made here, never from what a caller wrote."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def from_settings(cls, settings: ServiceSettings) -> FileStore:
        """The object store of ``files_url`` when it is set, else the folder ``files_dir``.

        Raises:
            FilesNotConfigured: neither is set.
        """
        if settings.files_url:
            return cls(from_url(settings.files_url))
        if settings.files_dir is None:
            raise FilesNotConfigured()
        folder = settings.files_dir.absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(folder), folder)

    async def put(self, key: str, source: IO[bytes]) -> None:
        """Store all of ``source`` under ``key``, at once or not at all; durable when this returns."""
        source.seek(0)
        await obstore.put_async(self._store, key, source)
        if self._folder is not None:
            await asyncio.to_thread(_force, self._folder, key)

    async def size(self, key: str) -> int | None:
        """Bytes stored under ``key``, None when there is nothing."""
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except FileNotFoundError:
            return None

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """The bytes in pieces.

        Raises:
            FileMissing: nothing is stored under ``key``; raised here, before the first piece.
        """
        try:
            found = await obstore.get_async(self._store, key)
        except FileNotFoundError as error:
            raise FileMissing() from error
        return _pieces(found)

    async def remove(self, key: str) -> None:
        """Remove what is under ``key``; nothing happens when there is nothing."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return


async def _pieces(found: obstore.GetResult) -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=_CHUNK_BYTES):
        yield bytes(piece)


def _force(folder: Path, key: str) -> None:
    path = folder / key
    for place in (path, *path.relative_to(folder).parents):
        descriptor = os.open(folder / place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def files_of(ctx: ServiceContext) -> FileStore:
    """The store of this service, opened at its first use.

    Raises:
        FilesNotConfigured
    """
    store: FileStore | None = ctx.extras.get("files")
    if store is None:
        store = ctx.extras["files"] = FileStore.from_settings(ctx.settings)
    return store
