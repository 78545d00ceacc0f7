"""Rules of the house that can be read off the source (docs/patterns.md)."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("monitoring-api", "asset-registry", "funds-ledger", "gateway")
SOURCES = sorted(
    file
    for folder in [ROOT / "libs/service-kit/src", *(ROOT / "services" / name / "src" for name in SERVICES)]
    for file in folder.rglob("*.py")
)
PUBLIC_HOSTS = {
    "uv.lock": {"https://pypi.org", "https://files.pythonhosted.org"},
    "frontend/package-lock.json": set(),
}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def calls(tree: ast.AST) -> set[str]:
    return {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


class TestRooms:
    def test_there_is_something_to_check(self) -> None:
        assert len(SOURCES) > 80

    @pytest.mark.parametrize("file", [f for f in SOURCES if f.name == "rules.py"], ids=str)
    def test_rules_do_no_input_or_output(self, file: Path) -> None:
        forbidden = ("sqlalchemy", "asyncpg", "httpx", "fastapi", "service_kit.db", "service_kit.clients")
        used = imported(ast.parse(file.read_text()))
        assert not [name for name in used if name.startswith(forbidden)]

    @pytest.mark.parametrize("file", [f for f in SOURCES if f.name == "endpoints.py"], ids=str)
    def test_endpoints_hold_no_sql(self, file: Path) -> None:
        used = imported(ast.parse(file.read_text()))
        assert not [name for name in used if name.startswith(("sqlalchemy.dialects", "sqlalchemy.orm", "asyncpg"))]
        assert "sqlalchemy" not in used

    @pytest.mark.parametrize("file", [f for f in SOURCES if f.name in {"service.py", "repository.py"}], ids=str)
    def test_services_flush_and_never_commit(self, file: Path) -> None:
        assert "commit" not in calls(ast.parse(file.read_text()))

    def test_time_comes_from_one_clock(self) -> None:
        late = [
            str(file.relative_to(ROOT))
            for file in SOURCES
            if file.name != "clock.py" and re.search(r"datetime\.now\(|date\.today\(|utcnow\(", file.read_text())
        ]
        assert not late

    def test_no_floats_hold_money(self) -> None:
        suspects = [
            f"{file.relative_to(ROOT)}: {match.group(0)}"
            for file in SOURCES
            for match in re.finditer(r"\w*(fen|yuan|amount|value)\w*: (Mapped\[)?float", file.read_text())
        ]
        assert not suspects


class TestLockFiles:
    @pytest.mark.parametrize(("name", "allowed"), PUBLIC_HOSTS.items())
    def test_only_public_hosts_are_named(self, name: str, allowed: set[str]) -> None:
        hosts = set(re.findall(r"https?://[^/\"' ]+", (ROOT / name).read_text()))
        named = {host for host in hosts if "registry" in host or "pypi" in host or "pythonhosted" in host}
        assert named <= allowed
        if name.startswith("uv"):
            assert hosts <= allowed

    def test_the_npm_lock_records_no_addresses(self) -> None:
        assert '"resolved": "http' not in (ROOT / "frontend/package-lock.json").read_text()


class TestMigrations:
    @pytest.mark.parametrize("service", SERVICES)
    def test_the_head_file_names_the_newest_revision(self, service: str) -> None:
        from service_kit.migrations.commands import head_of
        from service_kit.spec import load_spec

        spec = load_spec(service.replace("-", "_"))
        assert (spec.migrations / ".current-head").read_text().strip() == head_of(spec)


class TestRepository:
    def test_no_tracked_file_is_generated_or_secret(self) -> None:
        tracked = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        wrong = [
            name
            for name in tracked
            if re.search(r"(^|/)(\.venv|\.linkage|node_modules|dist|__pycache__)/|\.pem$|secrets\.json$", name)
        ]
        assert not wrong
