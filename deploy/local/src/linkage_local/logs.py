"""Log files of bounded size, and `linkage logs`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MAX_BYTES = 10 * 1024 * 1024
KEPT = 5


class RotatingLog:
    """Appends bytes; past MAX_BYTES the file becomes ``.1``, the older ones move up, the oldest goes."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        self._path = path
        self._max = max_bytes
        self._kept = kept
        self._stream = self._open()

    def write(self, chunk: bytes) -> None:
        """Write whole lines, so that no line is torn between two files."""
        if self._stream.tell() + len(chunk) > self._max and self._stream.tell() > 0:
            self._rotate()
        self._stream.write(chunk)
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()

    def _open(self) -> IO[bytes]:
        stream = self._path.open("ab")
        self._path.chmod(0o600)
        return stream

    def _rotate(self) -> None:
        self._stream.close()
        for number in range(self._kept - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))
        self._stream = self._open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def tail(path: Path, lines: int) -> list[str]:
    """The last lines of a log, fewer when it is shorter, none when there is no file."""
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 400 * lines - 4096))
            return stream.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


def follow(paths: dict[str, Path], lines: int) -> Iterator[tuple[str, str]]:
    """Name and line of everything written to the logs: the last ``lines`` of each first, then what comes, for ever."""
    offsets: dict[str, int] = {}
    for name, path in paths.items():
        offsets[name] = path.stat().st_size if path.exists() else 0
        for line in tail(path, lines):
            yield name, line
    while True:
        quiet = True
        for name, path in paths.items():
            if not path.exists():
                continue
            size = path.stat().st_size
            if size < offsets[name]:
                offsets[name] = 0
            if size > offsets[name]:
                with path.open("rb") as stream:
                    stream.seek(offsets[name])
                    chunk = stream.read(1 << 20)
                complete = chunk[: chunk.rfind(b"\n") + 1]
                offsets[name] += len(complete)
                for line in complete.decode(errors="replace").splitlines():
                    quiet = False
                    yield name, line
        if quiet:
            time.sleep(0.2)
