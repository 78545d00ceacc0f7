"""Instances seen from another terminal: start one in the background, join one that starts, stop one."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable

from linkage_local.child import ERROR_MARK, PROGRESS_MARK, this_command
from linkage_local.console import READY_LINE
from linkage_local.errors import LaunchError, problem
from linkage_local.files import DataLock, in_use
from linkage_local.logs import tail
from linkage_local.paths import Layout
from linkage_local.processes import command_line, is_alive, stop, wait_for_end
from linkage_local.state import State, read_state, running_state

JOIN_SECONDS = 600
STOP_SECONDS = 100


def join(layout: Layout) -> State:
    """The running instance, once it is ready; LaunchError when what holds the folder is not one or goes away."""
    lock = DataLock(layout.lock)
    end = time.monotonic() + JOIN_SECONDS
    grace = time.monotonic() + 5
    while time.monotonic() < end:
        holder = lock.holder()
        if holder is None:
            raise problem("另一个正在启动的实例没有启动成功", "the instance that was starting has ended")
        state = running_state(layout)
        if state is not None and state["phase"] == "ready":
            return state
        if (state is None and time.monotonic() > grace) or (state is not None and state["phase"] == "stopping"):
            raise in_use(layout.data, holder)
        time.sleep(0.1)
    raise in_use(layout.data, lock.holder())


def start_detached(layout: Layout, words: list[str], progress: Callable[[str], None]) -> None:
    """Start the supervisor on its own and return when it is ready; LaunchError with its sentence when it gives up."""
    log = layout.log("supervisor")
    with log.open("wb") as stream:
        log.chmod(0o600)
        process = subprocess.Popen(
            this_command("up", *words),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    shown = 0
    while True:
        ended = process.poll()
        lines = log.read_text(errors="replace").splitlines()
        for line in lines[shown:]:
            if line.startswith((PROGRESS_MARK, "✓ ")):
                progress(line)
        shown = len(lines)
        if READY_LINE in lines:
            return
        if ended is not None:
            raise _failure(log.name, lines)
        time.sleep(0.1)


def stop_instance(layout: Layout) -> bool:
    """Stop what runs on this data folder and wait for its end; False when nothing ran."""
    lock = DataLock(layout.lock)
    holder = lock.holder()
    if holder is None:
        clear_leftovers(layout)
        return False
    if holder == 0 or not stop(holder, ((signal.SIGTERM, STOP_SECONDS),)):
        raise problem(f"进程 {holder or ''} 没有停下来", "the instance did not stop")
    clear_leftovers(layout)
    return True


def clear_leftovers(layout: Layout, *, keep_state: bool = False) -> None:
    """End services that outlived a killed supervisor; call only while nobody else holds the folder.

    On Linux the kernel ends them with their parent; elsewhere the state file tells their process ids.
    """
    state = read_state(layout)
    if state is None:
        return
    for pid in [service["pid"] for service in state["services"]]:
        if pid and is_alive(pid) and not wait_for_end(pid, 1) and "create_app" in command_line(pid):
            stop(pid, ((signal.SIGTERM, 10), (signal.SIGKILL, 5)))
    if not keep_state:
        layout.state.unlink(missing_ok=True)


def link_from_log(layout: Layout) -> str | None:
    """The one-time link that a detached start of an empty system printed."""
    lines = tail(layout.log("supervisor"), 200)
    return next((line.strip() for line in reversed(lines) if "/admin/first?token=" in line), None)


def _failure(log: str, lines: list[str]) -> LaunchError:
    for line in reversed(lines):
        if line.startswith(ERROR_MARK):
            return LaunchError(line.removeprefix(ERROR_MARK))
    last = lines[-1] if lines else ""
    return problem(f"启动失败：{last}，详见 {log}", "it did not start; see the log")
