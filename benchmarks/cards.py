"""How long a thousand household cards take as one PDF (MON-2: at most 10 s).

``./linkage bench cards`` on a running system with the demo data: orders the cards of a township with 1,000 to 1,500
households as a clerk does, from the click to the file being there. Beside it stands what Typst alone takes for as many
cards, without the database and without the queue.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from linkage_local.paths import FONTS
from monitoring_api.archives import papers
from monitoring_api.archives.exports import CARD
from service_kit.exports import PdfMaker
from service_kit.ids import uuid7

from benchmarks.tools.report import RESULTS, machine

COUNTY = "431081"
CARDS, AT_MOST = 1_000, 1_500
LIMIT_SECONDS = 10.0
RUNS = 3


def signed_in(url: str, accounts: Path) -> httpx.Client:
    who = next(entry for entry in json.loads(accounts.read_text()) if entry["role"] == "bureau")
    client = httpx.Client(base_url=url, timeout=60)
    answer = client.post("/api/session", json={"username": who["username"], "password": who["password"]})
    answer.raise_for_status()
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def choose(client: httpx.Client) -> dict[str, Any]:
    """The smallest township with enough households."""
    rows = client.get("/api/monitoring/archives/ledger", params={"region": COUNTY}).raise_for_status().json()["rows"]
    fitting = [row for row in rows if CARDS <= row["households"] <= AT_MOST]
    if not fitting:
        raise SystemExit("no township with 1,000 to 1,500 households; is this the demo data?")
    return dict(min(fitting, key=lambda row: row["households"]))


def export(client: httpx.Client, region: str) -> tuple[float, dict[str, Any]]:
    """Seconds from the order to the finished file."""
    order = {"kind": "household_cards", "params": {"region": region, "format": "pdf"}}
    started = time.perf_counter()
    answer = client.post("/api/monitoring/exports", json=order, headers={"Idempotency-Key": str(uuid7())})
    job = answer.raise_for_status().json()
    while job["state"] not in {"done", "failed"}:
        time.sleep(0.1)
        job = client.get(f"/api/monitoring/exports/{job['id']}").raise_for_status().json()
    seconds = time.perf_counter() - started
    if job["state"] == "failed":
        raise SystemExit(job["error"])
    return seconds, job


def typst_alone(client: httpx.Client, region: str, count: int) -> float:
    """Seconds that the typesetting of ``count`` cards takes."""
    village = client.get("/api/monitoring/households", params={"region": region, "limit": 1}).json()["items"][0]
    card = client.get(f"/api/monitoring/archives/cards/{village['id']}").raise_for_status().json()
    maker = PdfMaker(FONTS)
    with tempfile.TemporaryDirectory() as folder:
        content = [papers.card(card | {"household_no": f"{number:04d}"}) for number in range(count)]
        started = time.perf_counter()
        asyncio.run(maker.make_papers(CARD, {"title": "户卡", "source": ""}, content, Path(folder) / "cards.pdf"))
        return time.perf_counter() - started


def main() -> int:
    if "LINKAGE_URL" not in os.environ:
        sys.stderr.write("start the system first: ./linkage up, then ./linkage bench cards\n")
        return 2
    client = signed_in(os.environ["LINKAGE_URL"], Path(os.environ["LINKAGE_ACCOUNTS_FILE"]))
    township = choose(client)
    found = [export(client, township["code"]) for _ in range(RUNS)]
    seconds = statistics.median(taken for taken, _ in found)
    job = found[-1][1]
    per_thousand = seconds * CARDS / job["rows"]
    alone = typst_alone(client, township["code"], job["rows"])
    result = {
        "machine": machine(),
        "cards": job["rows"],
        "bytes": job["size"],
        "runs_seconds": [round(taken, 2) for taken, _ in found],
        "seconds": round(seconds, 2),
        "seconds_per_1000_cards": round(per_thousand, 2),
        "typst_alone_seconds": round(alone, 2),
        "limit_seconds_per_1000_cards": LIMIT_SECONDS,
        "met": per_thousand <= LIMIT_SECONDS,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "cards.json").write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
