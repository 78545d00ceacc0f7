"""A browser for the end-to-end tests, and a font with Chinese in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from linkage_local.errors import problem
from linkage_local.paths import FONTS, ROOT

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def prepare(log: Path) -> dict[str, str]:
    """Environment for the tests: LINKAGE_CHROMIUM, and where the font lies. LaunchError says how to get a browser."""
    environment: dict[str, str] = {}
    program = find() or install(log)
    if program:
        environment["LINKAGE_CHROMIUM"] = program
    fonts = install_font()
    if fonts:
        environment["XDG_DATA_HOME"] = str(fonts)
    return environment


def find() -> str | None:
    """A Chromium that is here already."""
    named = os.environ.get("LINKAGE_CHROMIUM")
    if named and Path(named).exists():
        return named
    return next((found for found in map(shutil.which, _NAMES) if found), None)


def install(log: Path) -> str | None:
    """Debian's package as root, else Playwright's own download (None: Playwright finds that one by itself)."""
    log.unlink(missing_ok=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update"], log, quiet)
        done = _run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], log, quiet)
        found = find()
        if done and found:
            return found
    if _run([sys.executable, "-m", "playwright", "install", "chromium"], log, dict(os.environ)):
        return None
    raise problem(
        f"没有浏览器，也装不上：请安装 chromium，或用 LINKAGE_CHROMIUM 指明位置（详见 {log}）",
        "no browser: apt-get install chromium, or set LINKAGE_CHROMIUM",
    )


def install_font() -> Path | None:
    """Put the npm font where fontconfig looks; the folder to use as XDG_DATA_HOME, None when the font is not there."""
    faces = [face for name in ("400Regular", "700Bold") for face in sorted((FONTS / name).glob("*.ttf"))]
    if not faces:
        return None
    home = ROOT / ".linkage" / "test-home"
    target = home / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for face in faces:
        if not (target / face.name).exists():
            shutil.copyfile(face, target / face.name)
    return home


def _run(command: list[str], log: Path, environment: dict[str, str]) -> bool:
    with log.open("ab") as stream:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode == 0
