"""Results side by side with their floors, as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from benchmarks.tools.load import Result

RESULTS = Path(__file__).resolve().parents[1] / "results"


@dataclass(frozen=True)
class Target:
    """A number that should not exceed a limit, or with ``least`` not stay below it."""

    name: str
    value: float
    limit: float
    least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass
class Report:
    """Everything one run found. ``facts`` tell what was measured on what."""

    facts: dict[str, Any]
    results: dict[str, Result] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)

    def add(self, name: str, result: Result) -> Result:
        """Note a result.

        Raises:
            RuntimeError: not every answer was a 200, so the numbers would mean nothing.
        """
        if not result.clean:
            raise RuntimeError(f"{name}: answers other than 200: {result.statuses}")
        self.results[name] = result
        return result

    def ratio(self, name: str, above: Result, below: Result, limit: float) -> None:
        """Target on the ratio of two medians."""
        self.targets.append(Target(name, round(above.p50_ms / below.p50_ms, 2), limit))

    def work_ratio(self, name: str, above: Result, below: Result, limit: float) -> None:
        """Target on the ratio of processor time, server and database together."""
        self.targets.append(Target(f"{name}, processor time", round(above.work_us / below.work_us, 2), limit))

    def limit(self, name: str, value: float, limit: float) -> None:
        self.targets.append(Target(name, value, limit))

    def at_least(self, name: str, value: float, limit: float) -> None:
        self.targets.append(Target(name, value, limit, least=True))

    def print(self) -> None:
        console = Console(width=118)
        console.print(" · ".join(f"{name}: {value}" for name, value in self.facts.items()))
        columns = ("req/s", "p50 ms", "p95 ms", "max ms", "bytes", "server µs", "db µs")
        table = Table("measurement", *(_right(name) for name in columns))
        for name, result in self.results.items():
            numbers = (result.per_second, result.p50_ms, result.p95_ms, result.max_ms, result.bytes)
            work = (result.server_us, result.database_us)
            table.add_row(
                name,
                *(f"{number:g}" for number in numbers),
                *("" if number is None else f"{number:g}" for number in work),
            )
        console.print(table)
        table = Table("target", _right("value"), _right("limit"), "met")
        for target in self.targets:
            table.add_row(
                target.name,
                f"{target.value:g}",
                f"{'≥' if target.least else '≤'} {target.limit:g}",
                "yes" if target.met else "NO",
            )
        console.print(table)

    def write(self, name: str) -> Path:
        """Write ``results/<name>.json``; returns its path."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{name}.json"
        content = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "facts": self.facts,
            "results": {name: asdict(result) for name, result in self.results.items()},
            "targets": [{**asdict(target), "met": target.met} for target in self.targets],
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
        return path


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _right(name: str) -> Column:
    return Column(name, justify="right")
