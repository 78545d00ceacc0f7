"""The phone under a long day's work: an update with fifty records queued, a sweep with 900 photos."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from faulty_server import FaultyServer
from phone import PHONE, add_photo, make_picture, open_village, standing
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from service_kit.ids import uuid7

VISIT = r"^PUT /api/monitoring/visits/"
QUEUED = 50
HOUSEHOLDS = int(os.environ.get("LINKAGE_TEST_SWEEP", "300"))
"""How many are swept, with three photos each."""
SLOWER = 4
"""A phone of 1,000 yuan against this machine."""
PHOTO_WIDTH = 1_600
"""Pixels: as wide as a photo still is when it is kept."""
SECONDS_PER_HOUSEHOLD = 30
"""Far above what one takes: a bound against standing still, not a measure."""


@pytest.fixture(scope="module")
def cadre(instance: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(a for a in instance.status()["accounts"] if a["role"] == "village_cadre")
    return found


@pytest.fixture
def wire(instance: Any) -> Iterator[FaultyServer]:
    server = FaultyServer(("127.0.0.1", instance.port))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(wire: FaultyServer) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("LINKAGE_CHROMIUM") or None, args=["--no-sandbox", "--disable-gpu"]
        )
        context = chromium.new_context(base_url=wire.url, **PHONE)
        context.set_default_timeout(60_000)
        # A phone four times as slow as this machine, which may itself be busy.
        expect.set_options(timeout=60_000)
        yield context
        expect.set_options(timeout=5_000)
        chromium.close()


def accepted_on_phone(page: Page) -> int:
    """How many records the phone holds a receipt for."""
    count: int = page.evaluate(
        """() => new Promise((done) => {
          const open = indexedDB.open('linkage-m')
          open.onsuccess = () => {
            const count = open.result.transaction('receipts').objectStore('receipts').count()
            count.onsuccess = () => { open.result.close(); done(count.result) }
          }
        })"""
    )
    return count


def wait_accepted(page: Page, wanted: int, seconds: int) -> None:
    for _ in range(seconds):
        if accepted_on_phone(page) == wanted:
            return
        page.wait_for_timeout(1_000)
    assert accepted_on_phone(page) == wanted


class TestUpdate:
    def test_with_fifty_queued_loses_none(
        self, wire: FaultyServer, context: BrowserContext, cadre: dict[str, Any]
    ) -> None:
        page = context.new_page()
        open_village(page, cadre)
        # The first visit is not under the worker yet: what is opened again is.
        page.reload()
        expect(page.locator(".row").first).to_be_visible()
        wire.answers(VISIT, 503, "")
        places = page.evaluate("Array.from(document.querySelectorAll('.row'), (row) => row.getAttribute('href'))")
        for number in range(QUEUED):
            page.goto(f"/m{places[number % len(places)]}/visit/{uuid7()}/check")
            page.get_by_role("button", name="确认保存").click()
            expect(standing(page)).to_be_visible()
        expect(page.get_by_text(f"未上传 {QUEUED} 条")).to_be_visible()

        wire.changes(r"^GET /m/sw\.js", lambda body: body + b"\n// another version")
        page.evaluate("navigator.serviceWorker.getRegistration('/m').then((known) => known.update())")
        with page.expect_navigation():
            page.get_by_role("button", name="现在更新").click()
        expect(page.get_by_text(f"未上传 {QUEUED} 条")).to_be_visible()

        wire.heal()
        # Opened again, the page sends by itself, whatever rest the queue had taken.
        page.reload()
        wait_accepted(page, QUEUED, 180)


class TestSweep:
    @pytest.mark.timeout(900 + 2 * SECONDS_PER_HOUSEHOLD * HOUSEHOLDS)
    def test_of_three_hundred_households_with_nine_hundred_photos_reaches_the_server_whole(
        self, instance: Any, context: BrowserContext, cadre: dict[str, Any]
    ) -> None:
        round_id, ids = begin_round(instance, cadre)
        page = context.new_page()
        open_village(page, cadre)
        pictures = [make_picture(page, seed, PHOTO_WIDTH) for seed in range(12)]
        context.set_offline(True)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

        seconds = []
        for number, household in enumerate(ids):
            began = time.monotonic()
            page.goto(f"/m#/households/{household}/sweep/{uuid7()}/form")
            for place in range(3):
                add_photo(page, pictures[(number * 3 + place) % len(pictures)], place)
            page.get_by_role("button", name="填好了，去核对").click()
            page.get_by_role("button", name="确认保存").click()
            expect(standing(page)).to_contain_text("已保存在手机上")
            seconds.append(time.monotonic() - began)
        first, last = (statistics.median(part) for part in (seconds[:20], seconds[-20:]))
        print(f"\n{len(ids)} 户，每户 {statistics.median(seconds):.2f} s，头 20 户 {first:.2f}，末 20 户 {last:.2f}")  # noqa: T201
        # What waits in the queue must not make each further form dearer, beyond what a busy machine does.
        assert last < 3 * first + 1

        began = time.monotonic()
        context.set_offline(False)
        page.goto("/m#/records")
        wait_accepted(page, len(ids), 60 + SECONDS_PER_HOUSEHOLD * len(ids))
        print(f"上传 {len(ids)} 户、{3 * len(ids)} 张照片：{time.monotonic() - began:.0f} s")  # noqa: T201
        with instance.client("bureau") as desk:
            progress = desk.get(f"/api/monitoring/sweeps/{round_id}/progress").json()
            assert progress["done"] == len(ids)
            assert progress["reviews"] == 0


def begin_round(instance: Any, cadre: dict[str, Any]) -> tuple[UUID, list[str]]:
    """A sweep of the cadre's village, and the households that are swept in it."""
    today, round_id = datetime.now(UTC).date(), uuid7()
    body = {
        "region_code": cadre["region"],
        "title": "下半年排查",
        "year": today.year,
        "half": 2,
        "starts_on": today.isoformat(),
        # Of several rounds the phone answers the one that ends first.
        "ends_on": today.isoformat(),
    }
    with instance.client("bureau") as desk:
        desk.put(f"/api/monitoring/sweeps/{round_id}", json=body).raise_for_status()
        rounds = desk.get(f"/api/monitoring/packs/{cadre['region']}").json()["sweeps"]
    mine = next(one for one in rounds if one["round_id"] == str(round_id))
    return round_id, [item["household_id"] for item in mine["items"]][:HOUSEHOLDS]
