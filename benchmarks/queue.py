"""The to-do list of casework with 100,000 open cases in one county (MON-6).

``./linkage bench queue`` or ``python -m benchmarks.queue``. A system of its own is started in ``--dir`` (kept, so that
the next run need not seed again) with a made-up county of 400 villages, in which every household has an open case with
its whole history. Measured are a page of the queue with its counts, as three roles open it, the next page, and the
counts alone, from a separate process.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from gateway.identity.roles import permissions_of
from linkage_local.seed.case_loader import read_policy, store_cases
from linkage_local.seed.case_rows import CasePlan, Person, case_rows
from linkage_local.seed.identity import ID_EPOCH_MS, RowIds
from monitoring_api.policy.rules import STAGES
from service_kit.bulk import copy_rows
from service_kit.clock import now, today
from service_kit.pinyin import initials
from service_kit.region import level_of, parent_of
from service_kit.scope import NATION

from benchmarks.tools.load import ROOT, Plan, Request, Result, run
from benchmarks.tools.report import Report, machine
from benchmarks.tools.system import System

COUNTY = "439901"
TOWNSHIPS, VILLAGES_EACH = 40, 10
P95_MS = 100.0
CONNECTIONS = (1, 16)
_HEAD = "何演示"
_INITIALS = initials(_HEAD)
# Out of a hundred open cases; the rest are with the county.
_SHARES = (("home_verification", 30), ("village_review", 20), ("notice", 20), ("township_review", 15))
_DAYS_BACK = 15
_CHUNK = 10_000


def villages() -> list[str]:
    return [
        f"{COUNTY}{township:03d}{village:03d}"
        for township in range(101, 101 + TOWNSHIPS)
        for village in range(201, 201 + VILLAGES_EACH)
    ]


def regions() -> Iterator[tuple[Any, ...]]:
    """The county with its townships and villages."""
    codes = [COUNTY, *sorted({code[:9] for code in villages()}), *villages()]
    for code in codes:
        name = f"测算{code[6:] or '县'}"
        yield code, name, level_of(code), parent_of(code), initials(name), now()


async def seed(owner_url: str, cases: int) -> float:
    """Have that many open cases in the made-up county; returns the seconds it took, 0 when they are there."""
    started = time.perf_counter()
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            await connection.execute(NATION.statements())
            known = await connection.fetchval("SELECT count(*) FROM monitoring_case WHERE county_code = $1", COUNTY)
            if known >= cases:
                return 0.0
            await copy_rows(
                connection,
                "region",
                ("code", "name", "level", "parent_code", "initials", "updated_at"),
                regions(),
                on_conflict="ON CONFLICT DO NOTHING",
            )
        await _fill(connection, known, cases)
        for table in ("household", "household_member", "monitoring_case", "case_step", "case_notice"):
            await connection.execute(f'VACUUM (ANALYZE) "{table}"')
    finally:
        await connection.close()
    return time.perf_counter() - started


async def _fill(connection: Any, known: int, cases: int) -> None:
    """Go on from what is there, chunk by chunk; rows are made before the transaction opens."""
    rng, codes = Random(f"queue/{known}"), villages()
    policy = await read_policy(connection, today())
    people = {role: Person(UUID(int=7), "测算员", role, COUNTY) for role in ("village_cadre", "township")}
    ids = RowIds(ID_EPOCH_MS + 50_000_000 + known * 10, rng)
    for start in range(known, cases, _CHUNK):
        plans = []
        for number in range(start, min(start + _CHUNK, cases)):
            income = {"wage": 900_000, "business": 0, "property": 0, "transfer": 0, "rigid_expense": 0}
            entered = today() - timedelta(days=int(rng.random() * _DAYS_BACK))
            plans.append(
                CasePlan(
                    ids.take(),
                    codes[number % len(codes)],
                    "identification",
                    _stage(rng),
                    entered,
                    "测算",
                    ("illness",),
                    2,
                    income,
                )
            )
        households, members = list(_households(plans, start)), list(_members(plans, ids))
        made = [case_rows(plan, people, policy, ids) for plan in plans]
        async with connection.transaction():
            await connection.execute(NATION.statements())
            await copy_rows(connection, "household", _HOUSEHOLD, households)
            await copy_rows(connection, "household_member", _MEMBER, members)
            await store_cases(connection, made)


_HOUSEHOLD = (
    "county_code", "id", "village_code", "household_no", "state", "lifted", "monitored", "risks", "demo", "created_at",
    "updated_at", "version",
)  # fmt: skip
_MEMBER = (
    "county_code", "id", "household_id", "village_code", "name", "name_tail", "initials", "relation", "is_head",
    "state", "sex", "birth_date", "labour_ability", "health", "education", "schooling", "employment", "insured",
    "created_at", "updated_at", "version",
)  # fmt: skip


def _households(plans: list[CasePlan], start: int) -> Iterator[tuple[Any, ...]]:
    for number, plan in enumerate(plans, start):
        yield (
            COUNTY, plan.household_id, plan.village_code, f"{number:06d}", "active", False, False, "{}", True, now(),
            now(), 1,
        )  # fmt: skip


def _members(plans: list[CasePlan], ids: RowIds) -> Iterator[tuple[Any, ...]]:
    born = today() - timedelta(days=20_000)
    for plan in plans:
        yield (
            COUNTY, ids.take(), plan.household_id, plan.village_code, _HEAD, _HEAD[1:], _INITIALS, "head", True,
            "present", "male", born, "ordinary", "healthy", "primary", "none", "farming", True, now(), now(), 1,
        )  # fmt: skip


def _stage(rng: Random) -> Any:
    draw = rng.random() * 100
    for stage, share in _SHARES:
        if draw < share:
            return stage
        draw -= share
    return STAGES[-1]


def measure(system: System, report: Report, count: int) -> None:
    """A page with its counts as each role opens it, the page after, and the counts alone."""
    host, port = system.addresses()["monitoring"]
    people = {"village_cadre": f"{COUNTY}101201", "township": f"{COUNTY}101", "bureau": COUNTY}
    for role, region in people.items():
        headers = system.token(region, *permissions_of(role), role=role)
        pages = {
            "page": "/cases?limit=50&with_total=true",
            "overdue": "/cases?limit=50&with_total=true&urgency=overdue",
            "counts": "/cases/counts",
        }
        for name, target in pages.items():
            for connections in CONNECTIONS:
                result = _run(host, port, Request("GET", target, headers), count, connections)
                report.add(f"{role}, {name}, {connections} at once", result)
                report.limit(f"{role}, {name}, {connections} at once: p95 ms", result.p95_ms, P95_MS)


def _run(host: str, port: int, request: Request, count: int, connections: int) -> Result:
    return run(Plan(host, port, [request], count, connections=connections, warmup=min(200, count)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench queue", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000, help="open cases (default: 100000)")
    parser.add_argument("--count", type=int, default=1000, help="requests per measurement (default: 1000)")
    parser.add_argument("--dir", type=Path, default=ROOT / ".linkage" / "bench-queue")
    parser.add_argument("--port", type=int, default=18400)
    parser.add_argument("--clean", action="store_true", help="remove the system afterwards")
    options = parser.parse_args()
    system = System(options.dir / "data", options.port)
    system.start("--empty")
    try:
        seconds = asyncio.run(seed(system.database_urls.owners["monitoring"], options.cases))
        report = Report(machine() | {"open cases": options.cases, "seeded in seconds": round(seconds, 1)})
        measure(system, report, options.count)
    finally:
        system.stop()
    if options.clean:
        system.remove()
    report.print()
    print(f"→ {report.write('queue').relative_to(ROOT)}")
    return 0 if all(target.met for target in report.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
