"""Processor time of those who answer: on a busy machine it stays what it is, latencies do not. Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_LISTENING = "0A"


@dataclass
class Work:
    """Seconds of processor time, filled in when the measurement ends."""

    server: float = 0.0
    database: float = 0.0


@contextmanager
def work_of(port: int | None, cluster: Path) -> Iterator[Work]:
    """Measure the process that listens on ``port`` (None: leave it out) and the database of ``cluster``."""
    work = Work()
    server = [_listener(port)] if port is not None else []
    server_before = sum(_seconds(pid) for pid in server)
    before = _database(cluster)
    yield work
    work.server = sum(_seconds(pid) for pid in server) - server_before
    work.database = _database(cluster) - before


def _seconds(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _stat(pid: int) -> list[str]:
    """Fields of ``/proc/PID/stat`` from the state on."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _database(cluster: Path) -> float:
    """Seconds of all processes that the database has or has had."""
    postmaster = (cluster / "postmaster.pid").read_text().split()[0]
    ended = _stat(int(postmaster))[13:15]
    spent = sum(int(ticks) for ticks in ended) / _TICKS
    for pid in _processes():
        with suppress(OSError):  # it has just ended
            spent += _seconds(pid) if _stat(pid)[1] == postmaster else 0.0
    return spent


def _listener(port: int) -> int:
    """Raises LookupError: nobody listens there."""
    wanted = f"{port:04X}"
    lines = [line.split() for line in (_PROC / "net" / "tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[3] == _LISTENING and line[1].endswith(f":{wanted}")}
    for pid in _processes():
        try:
            if any(os.readlink(file) in sockets for file in (_PROC / str(pid) / "fd").iterdir()):
                return pid
        except OSError:  # ended, or not ours to look into
            continue
    raise LookupError(port)


def _processes() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
