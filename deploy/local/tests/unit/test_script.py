"""The `linkage` script before there is any environment: it finds Python, or says what is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from linkage_local.paths import ROOT

TOOLS = ("sh", "dirname", "readlink", "cat", "cksum", "mkdir", "rm", "mv", "df", "awk", "tail")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The script alone in a folder, with a PATH of ours in bin/ that has no Python."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    shutil.copy(ROOT / "linkage", tmp_path / "linkage")
    (tmp_path / "uv.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def put(folder: Path, name: str, text: str) -> None:
    program = folder / "bin" / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def run(folder: Path, script: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script or folder / "linkage", "status"],
        env={"PATH": str(folder / "bin"), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class TestPython:
    def test_none_at_all_is_one_sentence(self, checkout: Path) -> None:
        done = run(checkout)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "没有找到 Python" in done.stderr

    def test_an_old_one_is_named(self, checkout: Path) -> None:
        put(checkout, "python3", 'case "$*" in *platform*) echo 3.9.18 ;; *) exit 1 ;; esac')
        done = run(checkout)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "3.11" in done.stderr
        assert "3.9.18" in done.stderr

    def test_a_newer_one_under_another_name_is_taken(self, checkout: Path) -> None:
        put(checkout, "python3", "exit 1")
        put(
            checkout,
            "python3.12",
            'case "$*" in *executable*) echo "$0" ;; *version_info*) ;; *) exit 1 ;; esac',
        )
        done = run(checkout)
        assert "没有 venv 和 pip" in done.stderr


class TestInstalling:
    def test_with_uv_there_it_syncs_from_the_lock_once(self, checkout: Path) -> None:
        put(checkout, "python3", 'case "$*" in *executable*) echo "$0" ;; esac')
        put(
            checkout,
            "uv",
            f'cd {checkout}; echo "$@" >> asked; mkdir -p .venv/bin; cp bin/fake .venv/bin/python',
        )
        put(checkout, "fake", f'[ "$2" = linkage_local ] && echo "run $*" >> {checkout}/asked; exit 0')
        (checkout / "bin" / "cp").symlink_to(str(shutil.which("cp")))
        assert run(checkout).returncode == 0
        assert run(checkout).returncode == 0
        lines = (checkout / "asked").read_text().splitlines()
        assert lines[0].startswith("sync ")
        assert "--frozen" in lines[0]
        assert lines[1:] == ["run -m linkage_local status"] * 2

    def test_a_changed_lock_is_installed_again(self, checkout: Path) -> None:
        self.test_with_uv_there_it_syncs_from_the_lock_once(checkout)
        (checkout / "uv.lock").write_text("changed")
        run(checkout)
        syncs = [line for line in (checkout / "asked").read_text().splitlines() if line.startswith("sync ")]
        assert len(syncs) == 2

    def test_it_works_through_a_symbolic_link(self, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.test_with_uv_there_it_syncs_from_the_lock_once(checkout)
        link = tmp_path_factory.mktemp("elsewhere") / "linkage"
        link.symlink_to(checkout / "linkage")
        assert run(checkout, link).returncode == 0
        assert (checkout / "asked").read_text().splitlines()[-1] == "run -m linkage_local status"
