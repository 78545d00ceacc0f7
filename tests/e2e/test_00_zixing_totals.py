"""The demo county shows exactly what was published for Zixing: at the API, and read off the screen.

First of all files, because later ones write.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import linkage_local
import pytest
from playwright.sync_api import Page, expect

VILLAGES = Path(linkage_local.__file__).parent / "data" / "zixing_villages_2021.csv"
COUNTY = "431081"
TYPES = {"脱贫村": "lifted", "重点帮扶村": "key_assistance", "乡村振兴示范村": "model"}


def published() -> list[dict[str, str]]:
    with VILLAGES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 37
    return rows


class TestAtTheApi:
    def test_the_county_shows_the_published_totals(self, sign_in: Callable[..., httpx.Client]) -> None:
        overview = sign_in("bureau").get("/api/pages/overview", params={"region": COUNTY}).json()

        assert overview["region"]["code"] == COUNTY
        assert overview["region"]["name"] == "资兴市"
        assert overview["population"]["people"] == 55_633
        assert (overview["lifted"]["households"], overview["lifted"]["people"]) == (1_659, 4_515)
        assert (overview["monitored"]["households"], overview["monitored"]["people"]) == (119, 244)
        assert overview["villages"]["total"] == 37
        assert overview["unavailable"] == []

    def test_village_types_are_counted_as_published(self, sign_in: Callable[..., httpx.Client]) -> None:
        overview = sign_in("bureau").get("/api/pages/overview", params={"region": COUNTY}).json()
        for chinese, identifier in TYPES.items():
            expected = sum(chinese in row["types"].split("|") for row in published())
            assert overview["villages"]["by_type"][identifier] == expected, chinese

    def test_every_village_shows_its_published_figures(self, sign_in: Callable[..., httpx.Client]) -> None:
        client = sign_in("bureau")

        def figures(row: dict[str, str]) -> tuple[str, list[int]]:
            page = client.get(f"/api/pages/villages/{row['village_code']}").json()
            village = page["village"]
            keys = ("population", "lifted_households", "lifted_people", "monitored_households", "monitored_people")
            return row["village_code"], [village[key] for key in keys]

        with ThreadPoolExecutor(4) as pool:
            shown = dict(pool.map(figures, published()))
        for row in published():
            keys = ("population", "lifted_households", "lifted_people", "monitored_households", "monitored_people")
            assert shown[row["village_code"]] == [int(row[key]) for key in keys], row["village"]

    def test_children_add_up_to_the_county(self, sign_in: Callable[..., httpx.Client]) -> None:
        overview = sign_in("bureau").get("/api/pages/overview", params={"region": COUNTY}).json()
        children = overview["children"]
        assert len(children) == 13
        assert sum(c["population"]["people"] for c in children) == 55_633
        assert sum(c["lifted"]["people"] for c in children) == 4_515
        assert sum(c["monitored"]["households"] for c in children) == 119

    def test_the_industry_share_is_above_the_floor(self, sign_in: Callable[..., httpx.Client]) -> None:
        funds: dict[str, Any] = sign_in("bureau").get("/api/pages/overview", params={"region": COUNTY}).json()["funds"]
        assert funds["floor"] == pytest.approx(0.55)
        assert funds["industry_share"] >= funds["floor"]


class TestOnTheDashboard:
    def test_a_clerk_reads_the_published_totals_off_the_screen(
        self,
        desktop: Page,
        account: Callable[..., dict[str, str]],
        snapshot: Callable[..., None],
    ) -> None:
        who = account("bureau")
        desktop.goto("/admin/overview")
        desktop.get_by_label("用户名").fill(who["username"])
        desktop.get_by_label("密码", exact=True).fill(who["password"])
        desktop.get_by_role("button", name="登录").click()

        expect(desktop.get_by_role("heading", name="资兴市")).to_be_visible()
        for figure in ("55,633", "1,659", "4,515", "119", "244"):
            expect(desktop.get_by_text(figure, exact=True).first).to_be_visible()
        snapshot(desktop, "admin-overview", "admin-overview")
