"""Other processes, seen from outside: are they alive, are they ours, make them end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs; a zombie does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not Path("/proc/self/stat").exists()
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def command_line(pid: int) -> str:
    """The command of a process, its words joined by blanks; empty when it cannot be seen."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return ""
    found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def wait_for_end(pid: int, seconds: float) -> bool:
    """Wait until the process is gone; False when it still runs after ``seconds``."""
    end = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def stop(pid: int, signals: tuple[tuple[signal.Signals, float], ...]) -> bool:
    """Send each signal and give the process its seconds to end; True when it is gone."""
    for number, seconds in signals:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
        if wait_for_end(pid, seconds):
            return True
    return False


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A preexec function: the child gets the signal when its parent dies, however that dies (Linux only)."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def set_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # the parent died in between
            os._exit(1)

    return set_signal


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int, taken: set[int] | None = None, host: str = "127.0.0.1") -> int:
    """``preferred`` when it is free and not in ``taken``, else one that the system picks."""
    taken = taken if taken is not None else set()
    if 0 < preferred <= 65535 and preferred not in taken and port_is_free(host, preferred):
        taken.add(preferred)
        return preferred
    while True:
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            taken.add(port)
            return port
