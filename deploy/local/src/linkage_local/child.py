"""A process of ours: started, its output written to its log, ended together with everything it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from linkage_local.errors import LaunchError, problem
from linkage_local.logs import RotatingLog
from linkage_local.paths import Layout
from linkage_local.processes import dies_with_parent

PROGRESS_MARK = "» "
ERROR_MARK = "错误 error: "


class Child:
    """One run of one command. ``tail`` holds its last lines for error messages."""

    def __init__(self, name: str, layout: Layout, listener: Callable[[str], None] | None = None) -> None:
        self.name = name
        self.tail: deque[str] = deque(maxlen=40)
        self._log = RotatingLog(layout.log(name))
        self._listener = listener
        self._process: asyncio.subprocess.Process | None = None
        self._pump: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, command: list[str], options: Mapping[str, Any]) -> None:
        """Run it; OSError when the program cannot be run."""
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            **options,
        )
        self._pump = asyncio.create_task(self._read_output(self._process.stdout))

    async def wait(self) -> int:
        """Exit status, once everything it wrote is in the log; 127 when it could not be started at all."""
        if self._process is None:
            return 127
        status = await self._process.wait()
        if self._pump:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._pump), 2)
        return status

    async def stop(self, first: signal.Signals, seconds: float) -> None:
        """Ask, wait, then kill it and what it started; returns when it is gone."""
        if self._process is None:
            return
        if self.running:
            self._signal(first)
            try:
                await asyncio.wait_for(self._process.wait(), seconds)
            except TimeoutError:
                self._signal(signal.SIGKILL, group=True)
                await self._process.wait()
        self._signal(signal.SIGKILL, group=True)
        if self._pump:
            _, late = await asyncio.wait({self._pump}, timeout=2)
            for task in late:
                task.cancel()
        self._log.close()

    def kill(self) -> None:
        """Kill it and what it started at once; whoever waits for it learns of its end."""
        self._signal(signal.SIGKILL, group=True)

    def _signal(self, number: signal.Signals, *, group: bool = False) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)

    async def _read_output(self, stream: asyncio.StreamReader | None) -> None:
        if stream is None:
            return
        rest = b""
        while chunk := await stream.read(65536):
            rest += chunk
            complete, newline, rest = rest.rpartition(b"\n")
            if newline:
                self._take(complete + newline)
            elif len(rest) > 1 << 20:
                self._take(rest + b"\n")
                rest = b""
        if rest:
            self._take(rest + b"\n")

    def _take(self, text: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk must not stop the service; its own writes will say so
            self._log.write(text)
        for line in text.decode(errors="replace").splitlines():
            self.tail.append(line)
            if self._listener:
                self._listener(line)


def python_options(environment: Mapping[str, str]) -> dict[str, Any]:
    """How our Python processes are started: own session, end with us, only our environment beside the system's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LINKAGE_")}
    return {
        "env": {**inherited, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **environment},
        "start_new_session": True,
        "preexec_fn": dies_with_parent(signal.SIGTERM),
    }


async def run_step(
    name: str,
    layout: Layout,
    command: list[str],
    environment: Mapping[str, str],
    progress: Callable[[str], None],
    failure: str,
) -> None:
    """Run a command to its end; lines that start with » are shown. LaunchError with its own sentence or ``failure``."""

    def listen(line: str) -> None:
        if line.startswith(PROGRESS_MARK):
            progress(line.removeprefix(PROGRESS_MARK))

    child = Child(name, layout, listen)
    try:
        await child.start(command, python_options(environment))
        status = await child.wait()
    finally:
        await child.stop(signal.SIGTERM, 5)
    if status != 0:
        raise step_error(child, failure, layout)


def step_error(child: Child, failure: str, layout: Layout) -> LaunchError:
    """The sentence a failed command ended with, else ``failure`` with its last line and the place of its log."""
    for line in reversed(child.tail):
        if line.startswith(ERROR_MARK):
            return LaunchError(line.removeprefix(ERROR_MARK))
    if any("No space left" in line or "DiskFull" in line for line in child.tail):
        return problem("磁盘空间不足", "no space left on the disk")
    last = next((line.strip() for line in reversed(child.tail) if line.strip()), "")
    return problem(f"{failure}：{last[:200]}，详见 {layout.log(child.name)}", "see the log")


def this_command(*words: str) -> list[str]:
    """The `linkage` command itself, as a child process."""
    return [sys.executable, "-m", "linkage_local", *words]
