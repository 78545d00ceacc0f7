"""The supervisor with small stand-in programs: starts, watches, restarts, stops in order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from linkage_local.child import python_options
from linkage_local.errors import LaunchError
from linkage_local.paths import Layout
from linkage_local.processes import free_port, is_alive
from linkage_local.supervisor import Managed, Supervisor, answers

PROGRAM = """
import http.server, signal, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
    def log_message(self, *words):
        pass
def stop(*_):
    print("stopped", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("started", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout.of(tmp_path / "data")
    made.prepare()
    return made


@pytest.fixture
async def supervisor(layout: Layout) -> AsyncIterator[Supervisor]:
    notes: list[str] = []
    made = Supervisor(layout, lambda: None, notes.append)
    yield made
    await made.stop()


def add(supervisor: Supervisor, name: str, program: str = PROGRAM) -> Managed:
    port = free_port(0)
    command = [sys.executable, "-c", program, str(port)]
    managed = Managed(name, command, python_options({}), f"http://127.0.0.1:{port}")
    supervisor.services.append(managed)
    return managed


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 # other processes change it
            await asyncio.sleep(0.05)


class TestStarting:
    async def test_it_returns_when_all_are_ready(self, supervisor: Supervisor) -> None:
        services = [add(supervisor, "funds"), add(supervisor, "gateway")]
        ready: list[str] = []
        await supervisor.start_services(ready.append)
        assert sorted(ready) == ["funds", "gateway"]
        assert [managed.state for managed in services] == ["ready", "ready"]
        assert all([await answers(managed.url) for managed in services])

    async def test_one_that_ends_at_once_is_named_with_its_last_words(self, supervisor: Supervisor) -> None:
        add(supervisor, "assets", "raise SystemExit('no key file')")
        with pytest.raises(LaunchError, match="assets 启动失败：no key file"):
            await supervisor.start_services(lambda name: None)

    async def test_only_its_own_environment_reaches_a_service(
        self, supervisor: Supervisor, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LINKAGE_OWNER_DATABASE_URL", "of-the-caller")
        add(
            supervisor,
            "funds",
            f"import os; print(sorted(n for n in os.environ if n.startswith('LINKAGE_')))\n{PROGRAM}",
        )
        await supervisor.start_services(lambda name: None)
        assert layout.log("funds").read_text().startswith("[]\n")


class TestKeepingThemRunning:
    async def test_a_killed_service_comes_back(self, supervisor: Supervisor) -> None:
        managed = add(supervisor, "monitoring")
        await supervisor.start_services(lambda name: None)
        first = managed.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: managed.pid not in {None, first} and managed.state == "ready")
        assert await answers(managed.url)

    async def test_a_service_that_keeps_falling_is_started_ever_more_slowly(self, supervisor: Supervisor) -> None:
        managed = add(supervisor, "monitoring")
        await supervisor.start_services(lambda name: None)
        managed.command = [sys.executable, "-c", "raise SystemExit(1)"]
        assert managed.pid is not None
        os.kill(managed.pid, signal.SIGKILL)
        await asyncio.sleep(2.5)
        assert 2 <= managed.restarts <= 4


class TestStopping:
    async def test_the_gateway_goes_first_and_nobody_is_left(self, layout: Layout) -> None:
        order: list[str] = []
        supervisor = Supervisor(layout, lambda: None, order.append, lambda name, line: order.append(f"{name} {line}"))
        services = [add(supervisor, name) for name in ("monitoring", "gateway", "funds")]
        await supervisor.start_services(lambda name: None)
        pids = [managed.pid for managed in services]
        await supervisor.stop()
        stopped = [line for line in order if line.endswith("stopped")]
        assert stopped[0] == "gateway stopped"
        assert sorted(stopped[1:]) == ["funds stopped", "monitoring stopped"]
        assert not any(is_alive(pid) for pid in pids if pid)

    async def test_what_a_service_started_ends_with_it(self, supervisor: Supervisor, layout: Layout) -> None:
        managed = add(
            supervisor, "funds", f"import subprocess; print(subprocess.Popen(['sleep', '60']).pid)\n{PROGRAM}"
        )
        await supervisor.start_services(lambda name: None)
        grandchild = int(layout.log("funds").read_text().splitlines()[0])
        assert managed.child is not None
        await supervisor.stop()
        await until(lambda: not is_alive(grandchild))
