"""The three entries against their budgets: what they send, and how soon they show something on a bad line.

``./linkage up`` first, then ``./linkage bench web``. Bundles are counted as brotli sends them
(``frontend/scripts/budget.mjs``, which also fails the build); times are Lighthouse's, simulated throttling, the median
of ``--runs``. The first run installs Lighthouse from ``benchmarks/lighthouse``. Exit status 1 when a budget is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from linkage_local.node import Node, find_node
from linkage_local.testing import chromium
from rich.console import Console

from benchmarks.tools.report import RESULTS, machine

ROOT = Path(__file__).resolve().parents[1]
LIGHTHOUSE = ROOT / "benchmarks" / "lighthouse"
GONGSHI_JS_BYTES = 15_000


@dataclass(frozen=True)
class Line:
    """A line and a machine to load a page over; what Lighthouse calls throttling."""

    name: str
    kbps: int
    rtt_ms: int
    cpu: int
    desktop: bool = False

    def flags(self) -> list[str]:
        form = ["--preset=desktop"] if self.desktop else ["--form-factor=mobile"]
        return [
            *form,
            "--throttling-method=simulate",
            f"--throttling.rttMs={self.rtt_ms}",
            f"--throttling.throughputKbps={self.kbps}",
            f"--throttling.cpuSlowdownMultiplier={self.cpu}",
        ]


SLOW_3G = Line("slow 3G, 6× CPU", 400, 400, 6)
SLOW_4G = Line("slow 4G, 4× CPU", 1638, 150, 4)
DESKTOP = Line("desktop", 10_240, 40, 1, desktop=True)


@dataclass(frozen=True)
class Budget:
    """A figure and its bound; scores are bounded below, everything else above."""

    figure: str
    limit: float

    def met(self, value: float) -> bool:
        return value >= self.limit if self.figure in {"performance", "accessibility"} else value <= self.limit


@dataclass(frozen=True)
class Visit:
    """One page over one line, by somebody signed in or by nobody."""

    name: str
    path: str
    line: Line
    budgets: tuple[Budget, ...]
    role: str | None = None


VISITS = (
    Visit("/gongshi", "/gongshi", SLOW_3G, (Budget("lcp_s", 2.0), Budget("cls", 0.05))),
    Visit("/gongshi", "/gongshi", SLOW_4G, (Budget("performance", 100), Budget("accessibility", 100))),
    Visit("/gongshi/apply", "/gongshi/apply?region={village}", SLOW_3G, (Budget("lcp_s", 2.0), Budget("cls", 0.05))),
    Visit("/m", "/m", SLOW_3G, (Budget("lcp_s", 4.0), Budget("performance", 80), Budget("cls", 0.05)), "village_cadre"),
    Visit("/m", "/m", SLOW_4G, (Budget("performance", 98), Budget("lcp_s", 1.5)), "village_cadre"),
    Visit("/admin login", "/admin/login", DESKTOP, (Budget("performance", 95), Budget("lcp_s", 1.2))),
    Visit("/admin overview", "/admin/overview", DESKTOP, (Budget("performance", 95), Budget("lcp_s", 1.2)), "bureau"),
)


@dataclass
class Found:
    """The medians of a visit, with each run beside."""

    visit: str
    line: str
    medians: dict[str, float]
    runs: list[dict[str, float]]
    budgets: list[dict[str, Any]] = field(default_factory=list)


def main() -> int:
    arguments = _arguments()
    url = os.environ.get("LINKAGE_URL")
    program = chromium.find()
    if not url or not program:
        print("先运行 ./linkage up，并安装 Chromium  run ./linkage up first, with Chromium installed", file=sys.stderr)
        return 2
    node = find_node()
    _install(node)
    console = Console()
    bundles = _bundles(node) | {"/gongshi": _inline_script(url)}
    cookies = {role: _session(url, role) for role in {visit.role for visit in VISITS} if role}
    found = []
    for visit in VISITS:
        if arguments.only in visit.name:
            found.append(_measure(node, program, url, visit, cookies.get(visit.role or ""), arguments.runs))
            _print(found[-1], console)
    missed = _missed(bundles, found)
    report = {
        "machine": machine(),
        "runs": arguments.runs,
        "bundles": bundles,
        "visits": [asdict(one) for one in found],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "web.json").write_text(json.dumps(report | {"missed": missed}, indent=2, ensure_ascii=False) + "\n")
    for entry, kinds in bundles.items():
        for kind, one in kinds.items():
            limit = f" of {one['budget'] / 1000:g}" if one["budget"] else ""
            console.print(f"{entry} {kind}: {one['bytes'] / 1000:.1f}{limit} kB brotli")
    console.print("all budgets met" if not missed else f"missed: {'; '.join(missed)}")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each visit; the median counts")
    parser.add_argument("--only", default="", help="visits whose name contains this")
    return parser.parse_args()


def _install(node: Node) -> None:
    if not (LIGHTHOUSE / "node_modules" / "lighthouse").is_dir():
        subprocess.run(
            node.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund"),
            cwd=LIGHTHOUSE,
            env=node.environment(),
            check=True,
        )


def _bundles(node: Node) -> dict[str, Any]:
    command = [str(node.bin / "node"), "scripts/budget.mjs", "--json"]
    answer = subprocess.run(command, cwd=ROOT / "frontend", env=node.environment(), check=True, capture_output=True)
    bundles: dict[str, Any] = json.loads(answer.stdout)
    return bundles


def _inline_script(url: str) -> dict[str, Any]:
    """The public pages have no script file; what they carry themselves is counted, with the page that carries most."""
    most = 0
    for page in ("/gongshi", "/gongshi/apply", "/gongshi/progress"):
        html = httpx.get(f"{url}{page}").text
        scripts = "".join(re.findall(r"<script[^>]*>(.*?)</script>", html, re.S))
        most = max(most, len(scripts.encode()))  # uncompressed: what there is, is shorter than brotli's own head
    return {"js": {"bytes": most, "budget": GONGSHI_JS_BYTES, "files": 0}}


def _session(url: str, role: str) -> str:
    """The cookie of somebody of a role in the demo data."""
    accounts = json.loads(Path(os.environ["LINKAGE_ACCOUNTS_FILE"]).read_text())
    account = next(one for one in _accounts(accounts) if one.get("role") == role)
    body = {"username": account["username"], "password": account["password"]}
    answer = httpx.post(f"{url}/api/session", json=body).raise_for_status()
    return f"linkage_session={answer.cookies['linkage_session']}"


def _accounts(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        if "username" in content:
            yield content
        else:
            for value in content.values():
                yield from _accounts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _accounts(value)


def _village(url: str) -> str:
    """Some village of the system, by the links that an applicant follows."""
    code = ""
    while len(code) < 12:
        html = httpx.get(f"{url}/gongshi/apply", params={"region": code} if code else None).text
        code = max(re.findall(r"/gongshi/apply\?region=(\d+)", html), key=len)
    return code


def _measure(node: Node, program: str, url: str, visit: Visit, cookie: str | None, runs: int) -> Found:
    path = visit.path.format(village=_village(url)) if "{" in visit.path else visit.path
    measured = [_lighthouse(node, program, f"{url}{path}", visit.line, cookie) for _ in range(runs)]
    medians = {name: statistics.median(run[name] for run in measured) for name in measured[0]}
    budgets = [
        {**asdict(budget), "value": medians[budget.figure], "met": budget.met(medians[budget.figure])}
        for budget in visit.budgets
    ]
    return Found(visit.name, visit.line.name, medians, measured, budgets)


def _lighthouse(node: Node, program: str, url: str, line: Line, cookie: str | None) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        headers = ["--extra-headers", json.dumps({"Cookie": cookie})] if cookie else []
        command = [
            str(node.bin / "node"),
            str(LIGHTHOUSE / "node_modules" / "lighthouse" / "cli" / "index.js"),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={out}",
            "--only-categories=performance,accessibility",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage",
            *line.flags(),
            *headers,
        ]
        environment = node.environment() | {"CHROME_PATH": program}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=180)
        return _figures(json.loads(out.read_bytes()))


def _figures(report: dict[str, Any]) -> dict[str, float]:
    audits = report["audits"]
    value: Callable[[str], float] = lambda name: float(audits[name]["numericValue"])  # noqa: E731
    return {
        "performance": round(report["categories"]["performance"]["score"] * 100),
        "accessibility": round(report["categories"]["accessibility"]["score"] * 100),
        "fcp_s": round(value("first-contentful-paint") / 1000, 2),
        "lcp_s": round(value("largest-contentful-paint") / 1000, 2),
        "tbt_ms": round(value("total-blocking-time")),
        "cls": round(value("cumulative-layout-shift"), 3),
        "bytes": round(value("total-byte-weight")),
    }


def _missed(bundles: dict[str, Any], found: list[Found]) -> list[str]:
    missed = [
        f"{entry} {kind} {one['bytes'] / 1000:.1f} kB (budget {one['budget'] / 1000:g})"
        for entry, kinds in bundles.items()
        for kind, one in kinds.items()
        if one["budget"] and one["bytes"] > one["budget"]
    ]
    for one in found:
        missed += [
            f"{one.visit} on {one.line}: {budget['figure']} {budget['value']:g} (budget {budget['limit']:g})"
            for budget in one.budgets
            if not budget["met"]
        ]
    return missed


def _print(one: Found, console: Console) -> None:
    m = one.medians
    budgets = ", ".join(
        f"{b['figure']} {b['value']:g} of {b['limit']:g} {'met' if b['met'] else 'MISSED'}" for b in one.budgets
    )
    rest = f"FCP {m['fcp_s']:g} s, TBT {m['tbt_ms']:g} ms, {m['bytes'] / 1000:.0f} kB, score {m['performance']:g}"
    console.print(f"{one.visit} on {one.line}: {budgets} ({rest})", soft_wrap=True, highlight=False)


if __name__ == "__main__":
    raise SystemExit(main())
