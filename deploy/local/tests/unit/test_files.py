"""Files that hold secrets, and the hold on the data folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from linkage_local.errors import LaunchError
from linkage_local.files import DataLock, read_json, write_json, write_private

HOLDER = """
import sys, time
from pathlib import Path
from linkage_local.files import DataLock
assert DataLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
time.sleep(60)
"""


def holder(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.stdout.close()
    return process


class TestWritePrivate:
    def test_only_the_owner_may_read_it(self, tmp_path: Path) -> None:
        write_private(tmp_path / "secret", "x")
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600

    def test_it_replaces_what_was_there_and_leaves_nothing_beside_it(self, tmp_path: Path) -> None:
        write_private(tmp_path / "secret", "old")
        write_private(tmp_path / "secret", "new")
        assert (tmp_path / "secret").read_text() == "new"
        assert os.listdir(tmp_path) == ["secret"]

    def test_a_failure_keeps_the_old_content(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_private(tmp_path / "secret", "old")

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            write_private(tmp_path / "secret", "new")
        assert (tmp_path / "secret").read_text() == "old"
        assert os.listdir(tmp_path) == ["secret"]


class TestReadJson:
    def test_what_was_written_comes_back(self, tmp_path: Path) -> None:
        write_json(tmp_path / "a.json", {"地区": "资兴市"})
        assert read_json(tmp_path / "a.json") == {"地区": "资兴市"}

    def test_a_missing_file_is_none(self, tmp_path: Path) -> None:
        assert read_json(tmp_path / "none.json") is None

    def test_a_damaged_file_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('{"half":')
        with pytest.raises(LaunchError, match="已损坏"):
            read_json(tmp_path / "a.json")


class TestDataLock:
    def test_nobody_holds_a_folder_that_was_never_used(self, tmp_path: Path) -> None:
        assert DataLock(tmp_path / "lock").holder() is None

    def test_a_second_process_does_not_get_it_and_learns_who_has_it(self, tmp_path: Path) -> None:
        first = holder(tmp_path / "lock")
        try:
            second = DataLock(tmp_path / "lock")
            assert not second.acquire()
            assert second.holder() == first.pid
            with pytest.raises(LaunchError, match=f"PID {first.pid}"), second.held():
                pass
        finally:
            first.kill()
            first.wait()

    def test_the_lock_of_a_killed_process_is_free(self, tmp_path: Path) -> None:
        first = holder(tmp_path / "lock")
        first.send_signal(signal.SIGKILL)
        first.wait()
        lock = DataLock(tmp_path / "lock")
        assert lock.holder() is None
        assert lock.acquire()
        lock.release()

    def test_released_it_can_be_taken_again(self, tmp_path: Path) -> None:
        lock = DataLock(tmp_path / "lock")
        with lock.held():
            assert lock.holder() == os.getpid()
        assert lock.holder() is None
