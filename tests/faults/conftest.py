"""Fault tests own a running system that they may break."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]


class Instance:
    """One data folder and the system on it."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port

    def run(self, *arguments: str, timeout: int = 300, days_ahead: int = 0) -> str:
        """``./linkage`` on this folder; ``days_ahead``: how far the services' clock stands before the machine's."""
        done = subprocess.run(
            [ROOT / "linkage", *arguments, "--data", self.data],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=ROOT,
            env=os.environ | ({"LINKAGE_CLOCK_OFFSET_DAYS": str(days_ahead)} if days_ahead else {}),
        )
        assert done.returncode == 0, f"linkage {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self, days_ahead: int = 0) -> None:
        self.run("up", "--detach", "--port", str(self.port), days_ahead=days_ahead)

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.run("status", "--json"))
        return status

    def pids(self) -> dict[str, int]:
        """Process ids by name: supervisor, postgres and the four services."""
        state = json.loads((self.data / "state.json").read_text())
        found = {service["name"]: service["pid"] for service in state["services"]} | {"supervisor": state["pid"]}
        postmaster = next(self.data.rglob("postmaster.pid"))
        found["postgres"] = int(postmaster.read_text().splitlines()[0])
        return found

    def kill(self, name: str) -> None:
        os.kill(self.pids()[name], signal.SIGKILL)

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until every service answers, or fail with what the status says."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                health = httpx.get(f"http://127.0.0.1:{self.port}/api/health", timeout=3)
                if all(service["up"] for service in health.json()["services"]):
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        raise AssertionError(f"not ready after {seconds} s: {self.run('status')}")

    @contextmanager
    def client(self, role: str) -> Iterator[httpx.Client]:
        """A signed-in client of the demo account with that role."""
        who = next(a for a in self.status()["accounts"] if a["role"] == role)
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30) as client:
            answer = client.post("/api/session", json={"username": who["username"], "password": who["password"]})
            assert answer.status_code == 200, answer.text
            client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            yield client


def free_port() -> int:
    for port in range(31_000, 40_000, 20):
        try:
            for offset in (0, 1, 2, 3, 10):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise RuntimeError("no free ports")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("faults")
    folder.chmod(0o755)
    instance = Instance(folder / "data", free_port())
    instance.up()
    yield instance
    instance.run("down")
    shutil.rmtree(folder, ignore_errors=True)
