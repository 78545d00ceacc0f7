"""The front end is installed and built only when something that matters changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from linkage_local import node
from linkage_local.errors import LaunchError
from linkage_local.node import Node


def silent(_: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.ts").write_text("export {}")
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    return folder


@pytest.fixture
def npm(tmp_path: Path) -> Node:
    """An npm that notes what it was asked and makes the folders that the real one makes."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$*" >> ../asked\nmkdir -p node_modules dist\n')
    program.chmod(0o755)
    return Node(program.parent, "fake")


def asked(frontend: Path) -> list[str]:
    file = frontend.parent / "asked"
    return file.read_text().splitlines() if file.exists() else []


class TestBuild:
    def test_the_first_time_it_installs_and_builds(self, frontend: Path, npm: Node) -> None:
        assert node.build(npm, frontend.parent / "log", silent, frontend)
        assert asked(frontend) == ["ci --ignore-scripts", "run build"]
        assert node.is_built(frontend)

    def test_the_second_time_it_does_nothing(self, frontend: Path, npm: Node) -> None:
        node.build(npm, frontend.parent / "log", silent, frontend)
        assert not node.build(npm, frontend.parent / "log", silent, frontend)
        assert len(asked(frontend)) == 2

    def test_a_changed_source_is_built_without_installing(self, frontend: Path, npm: Node) -> None:
        node.build(npm, frontend.parent / "log", silent, frontend)
        (frontend / "src" / "main.ts").write_text("export const changed = true")
        assert not node.is_built(frontend)
        assert node.build(npm, frontend.parent / "log", silent, frontend)
        assert asked(frontend)[2:] == ["run build"]

    def test_a_renamed_source_is_a_change(self, frontend: Path, npm: Node) -> None:
        node.build(npm, frontend.parent / "log", silent, frontend)
        (frontend / "src" / "main.ts").rename(frontend / "src" / "other.ts")
        assert not node.is_built(frontend)

    def test_a_changed_lock_is_installed_again(self, frontend: Path, npm: Node) -> None:
        node.build(npm, frontend.parent / "log", silent, frontend)
        (frontend / "package-lock.json").write_text('{"changed": true}')
        node.build(npm, frontend.parent / "log", silent, frontend)
        assert asked(frontend)[2:] == ["ci --ignore-scripts", "run build"]

    def test_what_was_built_or_installed_is_no_source(self, frontend: Path, npm: Node) -> None:
        node.build(npm, frontend.parent / "log", silent, frontend)
        (frontend / "dist" / "index.html").write_text("x")
        (frontend / "node_modules" / "package.js").write_text("x")
        assert node.is_built(frontend)

    def test_a_failure_names_the_log_and_is_tried_again(self, frontend: Path, npm: Node) -> None:
        (npm.bin / "npm").write_text(
            "#!/bin/sh\necho broken; echo npm error code E; echo npm error the lock is old; exit 3\n"
        )
        with pytest.raises(LaunchError, match=r"npm ci .* 失败：the lock is old，详见"):
            node.build(npm, frontend.parent / "log", silent, frontend)
        assert "broken" in (frontend.parent / "log").read_text()
        assert not node.is_built(frontend)


def test_a_node_that_is_new_enough_is_found_with_an_npm_that_runs() -> None:
    found = node.find_node()
    for name in ("node", "npm"):
        said = subprocess.run([found.bin / name, "--version"], capture_output=True, text=True, check=True)
        assert said.stdout.strip()
