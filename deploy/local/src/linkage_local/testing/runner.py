"""Runs the suites that were asked for, side by side where two cores gain by it, and sums up."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

from linkage_local.errors import problem
from linkage_local.paths import Layout
from linkage_local.testing.results import Result, closing_line, short
from linkage_local.testing.suites import ALL, LONG, Settings, run_suite

# The two columns run side by side, the rest alone and after them: browsers and crashes need a calm machine.
_COLUMNS = (("lint", "web"), ("unit", "service", "contract", "architecture"))


def run_suites(layout: Layout, asked: list[str], keyword: str) -> int:
    """Exit status: 0 when everything passed and something ran."""
    for name in asked:
        if name not in ALL:
            raise problem(f"没有名为 {name} 的测试，可选：{'、'.join(ALL)}", f"no suite of that name: {name}")
    chosen = [name for name in ALL if (name in asked if asked else name not in LONG)]
    logs = layout.data / "test-logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    settings = Settings(logs, keyword, min(4, os.cpu_count() or 1))
    began = time.monotonic()
    results: list[Result] = []

    def run_column(names: list[str]) -> None:
        for name in names:
            print(f"» {name}", flush=True)
            result = run_suite(name, settings)
            results.append(result)
            mark, counts = "✗" if result.failed else "✓", f"{result.passed} passed, {result.failed} failed"
            print(f"{mark} {name}：{counts}（{result.seconds:.0f} 秒）", flush=True)

    columns = [[name for name in column if name in chosen] for column in _COLUMNS]
    with ThreadPoolExecutor(len(columns)) as pool:
        list(pool.map(run_column, columns))
    run_column([name for name in chosen if not any(name in column for column in _COLUMNS)])

    results.sort(key=lambda result: ALL.index(result.suite))
    _print_failures(results)
    _print_table(results, time.monotonic() - began)
    nothing_ran = not any(result.passed or result.failed for result in results)
    if nothing_ran:
        results[0].fail("没有运行任何测试 no test ran")
    print(closing_line(results), flush=True)
    return 1 if any(result.failed for result in results) else 0


def _print_failures(results: list[Result]) -> None:
    for result in results:
        if not result.failed:
            continue
        for log in result.logs:
            if log.exists():
                print(f"\n===== {result.suite}: {log} =====")
                print(log.read_text(errors="replace").rstrip())
        print(f"\n===== {result.suite}: 未通过 failed =====")
        for line in result.problems:
            print(f"  {short(line)}")


def _print_table(results: list[Result], seconds: float) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=f"测试结果 results（{seconds:.0f} 秒）", title_justify="left")
    table.add_column("suite")
    for heading in ("passed", "failed", "seconds"):
        table.add_column(heading, justify="right")
    for result in results:
        style = "red" if result.failed else None
        table.add_row(result.suite, str(result.passed), str(result.failed), f"{result.seconds:.0f}", style=style)
    Console(highlight=False).print(table)
