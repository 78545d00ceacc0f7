"""The suites: what each runs, and how its outcome is counted."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from linkage_local import node
from linkage_local.errors import LaunchError
from linkage_local.paths import ROOT
from linkage_local.testing import chromium
from linkage_local.testing.results import Result, add_junit, add_vitest, short

PYTEST_SUITES = ("unit", "service", "contract", "architecture", "e2e", "faults")
ALL = ("lint", "unit", "service", "contract", "architecture", "web", "e2e", "faults")
LONG = frozenset({"faults"})
_ONE_PROCESS = frozenset({"architecture", "e2e", "faults"})
_NO_TESTS = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the logs go, which names were asked for, how many processes a suite may use."""

    logs: Path
    keyword: str
    workers: int


def run_suite(name: str, settings: Settings) -> Result:
    """Run one suite to its end; what goes wrong is in the result, never raised."""
    result = Result(name)
    began = time.monotonic()
    try:
        special: dict[str, Callable[[Result, Settings], None]] = {
            "lint": _lint, "service": _service, "web": _web, "e2e": _e2e,
        }  # fmt: skip
        runner = special.get(name, _pytest)
        runner(result, settings)
    except LaunchError as error:
        result.fail(str(error))
    result.seconds = time.monotonic() - began
    return result


def folders(suite: str) -> list[Path]:
    """Where the tests of a suite are; empty when there are none yet."""
    homes = [*ROOT.glob("libs/*/tests"), *ROOT.glob("services/*/tests"), ROOT / "deploy/local/tests", ROOT / "tests"]
    return sorted(home / suite for home in homes if (home / suite).is_dir() and any((home / suite).rglob("test_*.py")))


def _lint(result: Result, settings: Settings) -> None:
    tools = Path(sys.executable).parent
    commands: dict[str, list[Path | str]] = {
        "ruff check": [tools / "ruff", "check", "."],
        "ruff format": [tools / "ruff", "format", "--check", "."],
        "mypy": [tools / "mypy"],
        "import-linter": [tools / "lint-imports"],
    }
    for name, command in commands.items():
        log = settings.logs / f"lint-{name.replace(' ', '-')}.log"
        if _run([str(word) for word in command], log, result, dict(os.environ)) == 0:
            result.passed += 1
        else:
            result.fail(name)


def _pytest(result: Result, settings: Settings, extra: dict[str, str] | None = None) -> None:
    found = folders(result.suite)
    if not found:
        result.problems.append("没有测试 no tests")
        return
    report = settings.logs / f"{result.suite}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *map(str, found), f"--junitxml={report}", "-p", "no:cacheprovider"]
    if result.suite not in _ONE_PROCESS and settings.workers > 1:
        command += ["-n", str(settings.workers), "--dist", "worksteal"]
    if settings.keyword:
        command += ["-k", settings.keyword]
    environment = {name: value for name, value in os.environ.items() if not _is_service_setting(name)}
    status = _run(command, settings.logs / f"{result.suite}.log", result, {**environment, **(extra or {})})
    counted = add_junit(result, report) if report.exists() else 0
    if status == _NO_TESTS and settings.keyword:
        result.problems.append("没有匹配的测试 nothing matches")
    elif status != 0 and result.failed == 0:
        result.fail(f"pytest 以 {status} 结束（{counted} 项测试）")


def _service(result: Result, settings: Settings) -> None:
    _install_front_end(result, settings)  # brings the fonts of the papers that the services make
    _pytest(result, settings)


def _install_front_end(result: Result, settings: Settings) -> node.Node:
    machine = node.find_node()
    log = settings.logs / f"{result.suite}-install.log"
    log.unlink(missing_ok=True)
    result.logs.append(log)
    node.install(machine, log, lambda line: None)
    return machine


def _e2e(result: Result, settings: Settings) -> None:
    environment = chromium.prepare(settings.logs / "chromium.log")
    log = settings.logs / "frontend-build.log"
    log.unlink(missing_ok=True)
    result.logs.append(log)
    node.build(node.find_node(), log, lambda line: None)
    result.logs.remove(log)
    _pytest(result, settings, environment)


def _web(result: Result, settings: Settings) -> None:
    machine = _install_front_end(result, settings)
    environment = machine.environment()
    for script in ("typecheck", "lint", "check:api"):
        log = settings.logs / f"web-{script.replace(':', '-')}.log"
        if _run(machine.npm("run", script), log, result, environment, node.FRONTEND) == 0:
            result.passed += 1
        else:
            result.fail(f"npm run {script}")
    report = settings.logs / "vitest.json"
    report.unlink(missing_ok=True)
    words = ["run", "test", "--", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    words += [f"--testNamePattern={settings.keyword}"] if settings.keyword else []
    status = _run(machine.npm(*words), settings.logs / "vitest.log", result, environment, node.FRONTEND)
    if report.exists():
        add_vitest(result, report)
    if status != 0 and result.failed == 0:
        result.fail(f"vitest 以 {status} 结束")


def _run(command: list[str], log: Path, result: Result, environment: dict[str, str], folder: Path = ROOT) -> int:
    """Exit status; the output goes to ``log``, which is printed when the suite fails."""
    result.logs.append(log)
    with log.open("wb") as stream:
        stream.write(f"$ {short(shlex.join(command), 400)}\n".encode())
        stream.flush()
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment, "PYTHONUTF8": "1", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode == 0:
        result.logs.remove(log)
    return done.returncode


def _is_service_setting(name: str) -> bool:
    """Settings of a service in the caller's shell must not leak into its tests; switches of tests may."""
    kept = ("LINKAGE_TEST_", "LINKAGE_E2E_", "LINKAGE_CHROMIUM", "LINKAGE_PYTHON")
    return name == "DATABASE_URL" or (name.startswith("LINKAGE_") and not name.startswith(kept))
