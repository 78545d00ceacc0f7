"""Twenty phones come back into signal at once with their sweeps of 300 households.

``./linkage bench sync`` or ``python -m benchmarks.sync``. A system of its own is started in ``--dir`` (kept). The
phones speak real HTTP through the gateway, each with a session of its own, one record at a time as the phone does; a
twentieth of the records is sent twice, as when a receipt was lost. Measured: records a second without photos, beside
the floor of a bare ASGI callable that inserts one row; then 300 households with a photo each. Afterwards the database
is asked whether every record and photo is there, and there once.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
from linkage_local.commands import UVICORN_FLAGS
from linkage_local.processes import free_port
from service_kit.clock import now, today
from service_kit.ids import uuid7

from benchmarks.tools import insert_floor
from benchmarks.tools.load import ROOT, Result
from benchmarks.tools.phones import Outcome, Phone, PhonePlan, Upload, picture, run_phones
from benchmarks.tools.report import Report, machine
from benchmarks.tools.samples import DEMO_COUNTY
from benchmarks.tools.system import System

PHONES = 20
HOUSEHOLDS_EACH = 300
PHOTOS = 300
PHOTO_BYTES = 200_000
PER_SECOND = 200.0
AGAIN_EVERY = 20
"""Every so many records one is sent a second time."""


class Desk:
    """One signed-in browser of the county."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=120)
        answer = self._client.post("/api/session", json={"username": username, "password": password})
        answer.raise_for_status()
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in answer.cookies.items()),
            "X-CSRF-Token": answer.json()["csrf"],
        }

    def open_round(self) -> str:
        """A sweep of the county as it stands; returns its id."""
        round_id = str(uuid7())
        body = {
            "region_code": DEMO_COUNTY,
            "title": "全县排查",
            "year": today().year,
            "half": 2,
            "starts_on": today().isoformat(),
            "ends_on": (today() + timedelta(days=20)).isoformat(),
        }
        answer = self._client.put(f"/api/monitoring/sweeps/{round_id}", json=body, headers=self.headers)
        answer.raise_for_status()
        return round_id


def record(household_id: str, photos: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What a phone sends for a household without changes, with its hash."""
    at = now().isoformat(timespec="seconds")
    body = {
        "household_id": household_id,
        "visited_at": at,
        "device_clock": {"sent_at": at, "offset_ms": 0, "elapsed_ms": 1000},
        "form_version": 1,
        "location": {"lat": 25.974, "lng": 113.236, "accuracy": 12},
        "photos": list(photos),
        "unchanged": True,
        "findings": None,
        "problems": [],
    }
    return body | {"payload_hash": hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()}


def photo(seed: int) -> dict[str, Any]:
    """A photo as its record names it."""
    return {
        "id": str(uuid7()),
        "kind": "photo",
        "sha256": hashlib.sha256(picture(PHOTO_BYTES, seed)).hexdigest(),
        "size": PHOTO_BYTES,
        "media_type": "image/jpeg",
        "file_name": f"{seed}.jpg",
        "taken_at": now().isoformat(timespec="seconds"),
        "place": None,
    }


def parts(whole: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def with_repeats(uploads: Sequence[Upload]) -> list[Upload]:
    """Some uploads twice in a row, as when the receipt was lost on the way."""
    return [
        again for number, upload in enumerate(uploads) for again in [upload] * (2 if number % AGAIN_EVERY == 0 else 1)
    ]


def sweep_uploads(round_id: str, households: Sequence[str]) -> list[Upload]:
    door = f"/api/monitoring/sweeps/{round_id}/records"
    return [Upload(f"{door}/{uuid7()}", json.dumps(record(household))) for household in households]


def ids_of(uploads: Sequence[Upload]) -> set[str]:
    return {upload.path.rsplit("/", 1)[-1] for upload in uploads}


def ensure_receipts(outcome: Outcome, ids: set[str], *, codes: set[str]) -> Result:
    """The result, once every record has a receipt that names it.

    Raises:
        RuntimeError
    """
    if not set(outcome.result.statuses) <= codes:
        raise RuntimeError(f"refused: {outcome.result.statuses}")
    wrong = [one for one in ids if outcome.receipts.get(one, {}).get("id") != one]
    if wrong:
        raise RuntimeError(f"{len(wrong)} records without a receipt of their own")
    # The report counts one word for success; 201 is new, 200 the same again.
    return replace(outcome.result, statuses={"200": outcome.result.requests})


async def count(url: str, sql: str, *arguments: Any) -> int:
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval(sql, *arguments)
    finally:
        await connection.close()
    return found


async def households_of(url: str, number: int) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT id FROM monitoring.household WHERE county_code = $1 AND state = 'active'"
            " ORDER BY village_code, household_no LIMIT $2",
            DEMO_COUNTY,
            number,
        )
    finally:
        await connection.close()
    return [str(row[0]) for row in rows]


@contextmanager
def floor_server(url: str) -> Iterator[int]:
    """The bare ASGI floor under the flags that the services run with; yields its port."""
    asyncio.run(insert_floor.prepare(url))
    port = free_port(0)
    command = [sys.executable, "-m", "uvicorn", "benchmarks.tools.insert_floor:app", "--port", str(port)]
    environment = {**os.environ, insert_floor.URL_VARIABLE: url}
    process = subprocess.Popen([*command, *UVICORN_FLAGS, "--log-level", "warning"], cwd=ROOT, env=environment)
    try:
        _wait_for_port(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def _wait_for_port(port: int) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=60)) as client:
        client.get(f"http://127.0.0.1:{port}/")


class Run:
    """One measurement with a round of its own."""

    def __init__(self, system: System, report: Report) -> None:
        self._report = report
        self._host, self._port = system.addresses()["gateway"]
        self._admin = system.database_urls.admin
        accounts = json.loads(system.layout.accounts.read_text("utf-8"))
        account = next(one for one in accounts if one["username"] == "bureau")
        url = f"http://{self._host}:{self._port}"
        self._desks = [Desk(url, account["username"], account["password"]) for _ in range(PHONES)]
        self._households = asyncio.run(households_of(self._admin, PHONES * HOUSEHOLDS_EACH))

    def words(self) -> Result:
        """Records without photos: every phone its 300 households."""
        round_id = self._desks[0].open_round()
        each = [sweep_uploads(round_id, part) for part in parts(self._households, HOUSEHOLDS_EACH)]
        ids = set().union(*map(ids_of, each))
        outcome = self._upload([with_repeats(uploads) for uploads in each])
        result = self._report.add(
            f"{PHONES} phones × {HOUSEHOLDS_EACH} households", ensure_receipts(outcome, ids, codes={"200", "201"})
        )
        self._ensure_once(round_id, ids)
        return result

    def floor(self) -> Result:
        """The same bodies into one table, with nothing between."""
        each = [sweep_uploads("floor", part) for part in parts(self._households, HOUSEHOLDS_EACH)]
        with floor_server(self._admin) as port:
            phones = [Phone({}, uploads) for uploads in each]
            outcome = run_phones(PhonePlan("127.0.0.1", port, phones))
        kept = asyncio.run(insert_floor.remove(self._admin))
        if kept != sum(map(len, each)):
            raise RuntimeError("the floor lost rows")
        ids = set().union(*map(ids_of, each))
        return self._report.add("floor: bare ASGI and one insert", ensure_receipts(outcome, ids, codes={"201"}))

    def photos(self) -> tuple[Result, Result]:
        """300 households with a photo each: all words first, then the photos, as the phone does."""
        round_id = self._desks[0].open_round()
        named = [photo(seed) for seed in range(PHOTOS)]
        door = f"/api/monitoring/sweeps/{round_id}/records"
        words = [
            Upload(f"{door}/{uuid7()}", json.dumps(record(household, [one])))
            for household, one in zip(self._households[:PHOTOS], named, strict=True)
        ]
        files = [
            Upload(f"/api/monitoring/attachments/{one['id']}/content", file=PHOTO_BYTES, seed=seed)
            for seed, one in enumerate(named)
        ]
        each = PHOTOS // PHONES
        first = self._upload([list(part) for part in parts(words, each)])
        second = self._upload([with_repeats(part) for part in parts(files, each)])
        codes = {"200", "201"}
        told = self._report.add(
            f"{PHOTOS} households that name a photo each", ensure_receipts(first, ids_of(words), codes=codes)
        )
        ids = {one["id"] for one in named}
        seen = self._report.add(
            f"{PHOTOS} photos of {PHOTO_BYTES // 1000} kB", ensure_receipts(second, ids, codes=codes)
        )
        self._ensure_once(round_id, ids_of(words))
        received = asyncio.run(
            count(
                self._admin,
                "SELECT count(*) FROM monitoring.attachment WHERE id = ANY($1::uuid[]) AND received_at IS NOT NULL",
                list(ids),
            )
        )
        if received != len(ids):
            raise RuntimeError(f"{len(ids) - received} photos lost")
        self._report.facts["photos lost"] = 0
        return told, seen

    def _upload(self, each: Sequence[Sequence[Upload]]) -> Outcome:
        phones = [Phone(desk.headers, uploads) for desk, uploads in zip(self._desks, each, strict=False)]
        return run_phones(PhonePlan(self._host, self._port, phones))

    def _ensure_once(self, round_id: str, ids: set[str]) -> None:
        """Every record is in the database once, and nothing else is.

        Raises:
            RuntimeError
        """
        sql = "SELECT count(*) FROM monitoring.sweep_record WHERE round_id = $1::uuid"
        total = asyncio.run(count(self._admin, sql, round_id))
        there = asyncio.run(count(self._admin, f"{sql} AND id = ANY($2::uuid[])", round_id, list(ids)))
        twice = asyncio.run(
            count(
                self._admin,
                "SELECT count(*) FROM monitoring.sweep_item WHERE round_id = $1::uuid AND records > 1",
                round_id,
            )
        )
        if (total, there, twice) != (len(ids), len(ids), 0):
            raise RuntimeError(f"sent {len(ids)}, there {there}, in all {total}, counted twice {twice}")
        self._report.facts |= {"records lost": 0, "records twice": 0}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench sync", description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, default=ROOT / ".linkage" / "bench" / "sync", help="folder of the system")
    parser.add_argument("--port", type=int, default=18060, help="port of the gateway")
    parser.add_argument("--clean", action="store_true", help="remove the system afterwards")
    options = parser.parse_args()

    report = Report(machine() | {"phones": PHONES, "households": PHONES * HOUSEHOLDS_EACH, "photos": PHOTOS})
    system = System(options.dir, options.port)
    system.start()
    try:
        run = Run(system, report)
        floor = run.floor()
        words = run.words()
        run.photos()
    finally:
        system.stop()
    report.at_least("records a second without photos", words.per_second, PER_SECOND)
    report.facts["records a second / floor"] = round(words.per_second / floor.per_second, 2)
    report.print()
    print(f"→ {report.write('sync').relative_to(ROOT)}")
    if options.clean:
        system.remove()


if __name__ == "__main__":
    main()
