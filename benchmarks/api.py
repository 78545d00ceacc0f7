"""Speed of the API with a province's prefecture in the register: 72 counties, 1.2 million households, 4 million people.

``./linkage bench api`` or ``python -m benchmarks.api``. Two systems of its own are started one after the other in
``--dir`` (kept, so that the next run need not seed again): a small one with the demo county, a large one with
``--counties``. Everything is measured at 16 connections from a separate process; each request to the register beside
two floors with the same SQL and the same arguments (see ``benchmarks.tools.floor``), each composed page beside the
services it asks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from gateway.identity.roles import permissions_of
from gateway.pages import overview
from gateway.pages.endpoints import household_parts  # the page's own list, so that none is missed
from gateway.pages.parts import Part
from linkage_local.commands import UVICORN_FLAGS
from linkage_local.processes import free_port

from benchmarks.tools.cases import Case, Cases
from benchmarks.tools.floor import DIRECT_WARMUP, PLAN_VARIABLE, FloorPlan, run_direct, write_plan
from benchmarks.tools.load import ROOT, Plan, Request, Result, run
from benchmarks.tools.processor import work_of
from benchmarks.tools.report import Report, machine
from benchmarks.tools.samples import DEMO_COUNTY, Samples, draw
from benchmarks.tools.system import System

CONNECTIONS = 16
COMPOSED_LIMIT = 1.5
FLOOR_LIMIT = 2.0
GROWTH_LIMIT = 1.5
OVERVIEW_P95_MS = 150.0


class Run:
    """One measurement of one system."""

    def __init__(self, system: System, report: Report, count: int) -> None:
        self._system = system
        self._report = report
        self._count = count
        self._addresses = system.addresses()
        urls = system.database_urls
        self._samples = asyncio.run(draw(urls.admin, system.layout.field_keys("monitoring")))
        self._service_url = urls.services["monitoring"]

    @property
    def samples(self) -> Samples:
        return self._samples

    def request(
        self, name: str, service: str, requests: list[Request], count: int | None = None, connections: int = CONNECTIONS
    ) -> Result:
        host, port = self._addresses[service]
        plan = Plan(host, port, requests, count or self._count, connections)
        return self._report.add(name, self._measured(plan))

    def _measured(self, plan: Plan) -> Result:
        """With the processor time of the one server that is asked and of the database."""
        with work_of(plan.port, self._system.layout.postgres) as work:
            result = run(plan)
        return result.with_work(work.server, work.database, plan.warmup)

    def village_list(self, name: str) -> Result:
        case = asyncio.run(Cases(self._system, self._samples).village_list())
        return self.request(name, "monitoring", case.requests)

    def register(self) -> Result:
        """Lists and searches beside their floors; returns the list's result."""
        cases = Cases(self._system, self._samples)
        made = [asyncio.run(case()) for case in (cases.village_list, cases.name_search, cases.identity_search)]
        plan = FloorPlan(self._service_url, "0", ":", {case.name: case.query for case in made}, CONNECTIONS)
        with floor_server(plan) as port:
            results = [self._beside_floors(case, plan, port) for case in made]
        return results[0]

    def _beside_floors(self, case: Case, plan: FloorPlan, port: int) -> Result:
        requests = [
            Request("GET", f"/{case.name.replace(' ', '%20')}/{number}", {})
            for number in range(len(case.query.arguments))
        ]
        with work_of(None, self._system.layout.postgres) as work:
            direct = run_direct(plan, case.name, self._count)
        alone = direct.with_work(0, work.database, DIRECT_WARMUP).database_us
        direct = self._report.add(f"{case.name}: floor, asyncpg", replace(direct, database_us=alone))
        served = self._measured(Plan("127.0.0.1", port, requests, self._count, CONNECTIONS))
        self._report.add(f"{case.name}: floor, bare ASGI", served)
        result = self.request(case.name, "monitoring", case.requests)
        self._report.ratio(f"{case.name} / asyncpg", result, direct, FLOOR_LIMIT)
        self._report.ratio(f"{case.name} / bare ASGI", result, served, FLOOR_LIMIT)
        self._report.work_ratio(f"{case.name} / asyncpg", result, direct, FLOOR_LIMIT)
        self._report.work_ratio(f"{case.name} / bare ASGI", result, served, FLOOR_LIMIT)
        return result

    def household_page(self) -> None:
        """The composed page of a household beside the slowest service it asks.

        Also with one connection: at 16 the services of a page compete for the same cores, so that the page shows
        their sum; with one it shows whether they are asked at the same time.
        """
        ids = self._samples.demo_households
        cookie = self._system.session("bureau")
        pages = [Request("GET", f"/api/pages/households/{one}", cookie) for one in ids]
        for connections, suffix in ((CONNECTIONS, ""), (1, ", 1 connection")):
            count = self._count if connections > 1 else max(200, self._count // 10)
            name = f"household page{suffix}"
            upstreams = self._upstreams(name, [household_parts(one) for one in ids], count, connections)
            result = self.request(name, "gateway", pages, count, connections)
            slowest = max(upstreams, key=lambda upstream: upstream.p50_ms)
            self._report.ratio(f"{name} / slowest service", result, slowest, COMPOSED_LIMIT)

    def overview(self) -> None:
        """The composed overview of a county."""
        count = max(200, self._count // 10)
        cookie = self._system.session("bureau")
        pages = [Request("GET", f"/api/pages/overview?region={DEMO_COUNTY}", cookie)]
        self._upstreams("county overview", [overview.parts_for(DEMO_COUNTY)], count)
        result = self.request("county overview", "gateway", pages, count)
        self._report.limit("county overview, p95 ms", result.p95_ms, OVERVIEW_P95_MS)

    def _upstreams(
        self, page: str, pages: list[list[Part]], count: int, connections: int = CONNECTIONS
    ) -> list[Result]:
        """Ask each service directly for its part of the pages."""
        token = self._system.token(DEMO_COUNTY, *permissions_of("bureau"))
        results = []
        for same_part in zip(*pages, strict=True):
            first = same_part[0]
            requests = [
                Request("GET", str(httpx.URL(part.path, params=dict(part.params))), token) for part in same_part
            ]
            name = f"{page}: {first.name} alone"
            results.append(self.request(name, first.service, requests, count, connections))
        return results


@contextmanager
def floor_server(plan: FloorPlan) -> Iterator[int]:
    """The bare ASGI floor under the flags that the services run with; yields its port."""
    port = free_port(0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.touch(0o600)
        file.write_text(write_plan(plan), "utf-8")
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "benchmarks.tools.floor:app",
            "--port",
            str(port),
            *UVICORN_FLAGS,
            "--log-level",
            "warning",
        ]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, PLAN_VARIABLE: str(file)})
        try:
            wait_for(f"http://127.0.0.1:{port}/village%20list/0")
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=15)


def wait_for(url: str, seconds: float = 30) -> None:
    """Wait for the first answer.

    Raises:
        TimeoutError: there was none.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.get(url).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


@contextmanager
def running(system: System, more_counties: int) -> Iterator[System]:
    """Start, seed what is missing, stop."""
    system.start()
    try:
        system.seed(more_counties)
        yield system
    finally:
        system.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench api", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--counties", type=int, default=72, help="counties in the large system, the demo county included"
    )
    parser.add_argument("--count", type=int, default=4000, help="requests per measurement")
    parser.add_argument("--dir", type=Path, default=ROOT / ".linkage" / "bench", help="folder of the two systems")
    parser.add_argument("--port", type=int, default=18000, help="port of the gateway")
    parser.add_argument("--clean", action="store_true", help="remove the two systems afterwards")
    options = parser.parse_args()

    report = Report(machine())
    small, large = System(options.dir / "small", options.port), System(options.dir / "large", options.port)
    with running(small, 0):
        few = Run(small, report, options.count)
        size = f"{few.samples.households_total:,}"
        few_list = few.village_list(f"village list at {size} households")
    with running(large, options.counties - 1):
        many = Run(large, report, options.count)
        report.facts |= {
            "counties": options.counties,
            "households": many.samples.households_total,
            "people": many.samples.people_total,
            "connections": CONNECTIONS,
            "load_average_before": round(os.getloadavg()[0], 1),
        }
        many_list = many.register()
        report.ratio(f"village list, this size / {size} households", many_list, few_list, GROWTH_LIMIT)
        many.household_page()
        many.overview()
    report.print()
    print(f"→ {report.write('api').relative_to(ROOT)}")
    if options.clean:
        small.remove()
        large.remove()


if __name__ == "__main__":
    main()
