"""`linkage up` that cannot start says why in one sentence and leaves nothing running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from linkage_local.files import DataLock
from linkage_local.keys import ensure_secrets
from linkage_local.paths import Layout
from linkage_local.processes import free_port


def linkage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "linkage_local", *words],
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def only_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The error of a command that failed: one line, no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("错误 error: ")
    return done.stderr


def data_of(tmp_path: Path) -> Layout:
    layout = Layout.of(tmp_path / "data")
    layout.prepare()
    return layout


class TestUp:
    @pytest.mark.parametrize("detach", [[], ["--detach"]])
    def test_a_taken_port(self, tmp_path: Path, detach: list[str]) -> None:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            port = server.getsockname()[1]
            done = linkage("up", "--data", str(tmp_path / "data"), "--port", str(port), *detach)
        assert f"端口 {port} 已被占用" in only_sentence(done)

    def test_a_data_folder_in_use(self, tmp_path: Path) -> None:
        layout = data_of(tmp_path)
        with DataLock(layout.lock).held():
            began = time.monotonic()
            done = linkage("up", "--data", str(layout.data))
        assert f"（PID {os.getpid()}）使用" in only_sentence(done)
        assert time.monotonic() - began < 15

    def test_a_file_for_a_data_folder(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        assert "不是文件夹" in only_sentence(linkage("up", "--data", str(tmp_path / "data")))

    @pytest.mark.parametrize("detach", [[], ["--detach"]])
    def test_a_broken_database_folder(self, tmp_path: Path, detach: list[str]) -> None:
        layout = data_of(tmp_path)
        ensure_secrets(layout)
        layout.postgres.mkdir()
        done = linkage("up", "--data", str(layout.data), "--port", str(free_port(0)), *detach)
        assert "已损坏" in only_sentence(done)

    def test_a_database_that_cannot_be_reached(self, tmp_path: Path) -> None:
        done = linkage(
            "up", "--data", str(tmp_path / "data"), "--port", str(free_port(0)),
            DATABASE_URL="postgresql://someone:word@127.0.0.1:1/linkage",
        )  # fmt: skip
        assert "连接不上数据库 127.0.0.1:1/linkage" in only_sentence(done)

    def test_a_database_url_that_is_none(self, tmp_path: Path) -> None:
        done = linkage("up", "--data", str(tmp_path / "data"), "--port", str(free_port(0)), DATABASE_URL="mysql://x")
        assert "DATABASE_URL" in only_sentence(done)


class TestTheRest:
    def test_status_of_nothing_is_stopped(self, tmp_path: Path) -> None:
        done = linkage("status", "--json", "--data", str(tmp_path / "none"))
        assert done.returncode == 0
        assert '"stopped"' in done.stdout
        assert not (tmp_path / "none").exists()

    def test_down_of_nothing_is_no_error(self, tmp_path: Path) -> None:
        assert linkage("down", "--data", str(tmp_path / "none")).returncode == 0

    def test_logs_of_an_unknown_service(self, tmp_path: Path) -> None:
        assert "没有名为 money 的日志" in only_sentence(linkage("logs", "money", "--data", str(tmp_path)))

    def test_a_benchmark_needs_a_running_system(self, tmp_path: Path) -> None:
        done = linkage("bench", "nothing-of-that-name", "--data", str(tmp_path))
        assert "没有名为 nothing-of-that-name" in only_sentence(done)
