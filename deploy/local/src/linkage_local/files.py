"""Small files that must never be half written, and the lock on the data folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linkage_local.errors import LaunchError, problem


def write_private(path: Path, content: str | bytes) -> None:
    """Replace ``path`` in one step, mode 0600, safe against a crash in between."""
    raw = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def write_json(path: Path, content: Any) -> None:
    """As write_private, for JSON."""
    write_private(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The content, or None where there is no such file; LaunchError where it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise problem(f"文件 {path} 已损坏，不能读取", f"the file is damaged: {error}") from error


class DataLock:
    """An exclusive hold on the data folder; the kernel drops it when the holder dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """True when it is ours now, False when another process has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> int | None:
        """Process id of whoever holds it now, None when nobody does."""
        if self._handle is not None:
            return os.getpid()
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            return int(text) if text.isdigit() else 0
        finally:
            os.close(handle)
        return None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold it for a block; LaunchError when the folder is in use."""
        if not self.acquire():
            raise in_use(self._path.parent, self.holder())
        try:
            yield
        finally:
            self.release()


def in_use(data: Path, holder: int | None) -> LaunchError:
    """The sentence for a data folder that another process has."""
    return problem(f"数据目录 {data} 正被另一个衔接进程（PID {holder or '未知'}）使用", "the data folder is in use")
