"""Ports and other processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from linkage_local import processes
from linkage_local.errors import LaunchError
from linkage_local.up import require_port

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
PARENT = """
import signal, subprocess, sys, time
from linkage_local.processes import dies_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=dies_with_parent(signal.SIGTERM))
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


class TestPorts:
    def test_a_port_with_a_server_is_not_free(self, taken: int) -> None:
        assert not processes.port_is_free("127.0.0.1", taken)

    def test_a_taken_port_is_said_in_one_sentence(self, taken: int) -> None:
        with pytest.raises(LaunchError, match=f"端口 {taken} 已被占用"):
            require_port("127.0.0.1", taken)

    @pytest.mark.parametrize("port", [0, -1, 65536])
    def test_a_port_that_cannot_exist_is_refused(self, port: int) -> None:
        with pytest.raises(LaunchError, match="不存在"):
            require_port("127.0.0.1", port)

    def test_another_port_is_found_when_the_preferred_one_is_taken(self, taken: int) -> None:
        found = processes.free_port(taken)
        assert found != taken
        assert processes.port_is_free("127.0.0.1", found)

    def test_no_port_is_given_twice(self) -> None:
        given: set[int] = set()
        ports = [processes.free_port(0, given) for _ in range(20)]
        assert len(set(ports)) == 20


class TestProcesses:
    def test_a_process_that_ended_is_not_alive_even_before_it_is_reaped(self) -> None:
        child = subprocess.Popen(["true"])
        time.sleep(0.2)
        assert not processes.is_alive(child.pid)
        child.wait()

    def test_a_process_that_ignores_the_first_signal_gets_the_next(self) -> None:
        child = subprocess.Popen(
            [
                sys.executable,
                "-c",
                STUBBORN,
            ],
            stdout=subprocess.PIPE,
        )
        with child:
            assert child.stdout is not None
            child.stdout.readline()
            assert processes.stop(child.pid, ((signal.SIGTERM, 0.2), (signal.SIGKILL, 5)))

    def test_a_child_dies_with_a_killed_parent(self) -> None:
        with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
            assert processes.is_alive(child)
            parent.kill()
        assert processes.wait_for_end(child, 5)
