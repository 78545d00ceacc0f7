"""A clerk's day at the desk: drilling down, the red line, and what a stranger sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Page, expect

VILLAGE = "431081106226"
Account = Callable[..., dict[str, str]]
Snapshot = Callable[..., None]


def enter(page: Page, who: dict[str, str]) -> None:
    page.goto("/admin/overview")
    page.get_by_label("用户名").fill(who["username"])
    page.get_by_label("密码", exact=True).fill(who["password"])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="登录")).to_be_hidden()


class TestDrillDown:
    def test_from_county_to_household_in_four_clicks(self, desktop: Page, account: Account, snapshot: Snapshot) -> None:
        enter(desktop, account("bureau"))
        desktop.get_by_role("link", name="州门司镇").first.click()
        expect(desktop.get_by_role("heading", name="州门司镇")).to_be_visible()
        desktop.get_by_role("link", name="道塘村").first.click()
        expect(desktop.get_by_role("heading", name="道塘村")).to_be_visible()
        expect(desktop.get_by_text("1,216").first).to_be_visible()
        snapshot(desktop, "admin-village")

    def test_a_township_clerk_cannot_open_another_township(self, desktop: Page, account: Account) -> None:
        enter(desktop, account("township"))
        answer = desktop.request.get("/api/pages/overview?region=431081105")
        assert answer.status in {403, 404}


class TestPublicNotices:
    def test_a_villager_reads_notices_without_login(self, phone: Page, snapshot: Snapshot) -> None:
        phone.goto("/gongshi")
        expect(phone.get_by_role("heading", level=1)).to_be_visible()
        snapshot(phone, "gongshi-phone", "gongshi")
        phone.locator("a.title").first.click()
        expect(phone.get_by_role("heading", level=1)).to_be_visible()
        assert "身份证" not in phone.content()


class TestCadre:
    def test_the_village_is_on_the_phone(self, phone: Page, account: Account, snapshot: Snapshot) -> None:
        who = account("village_cadre")
        phone.goto("/m")
        phone.get_by_label("用户名").fill(who["username"])
        phone.get_by_label("密码", exact=True).fill(who["password"])
        phone.get_by_role("button", name="登录", exact=True).click()
        phone.get_by_role("button", name=re.compile("^下载")).click()
        expect(phone.locator(".row").nth(4)).to_be_visible()
        snapshot(phone, "m-households", "m-households")


class TestRedLine:
    def test_an_allocation_beyond_the_line_is_refused_with_the_exact_shortfall(
        self, sign_in: Callable[..., httpx.Client]
    ) -> None:
        client = sign_in("finance")
        pools: list[dict[str, Any]] = client.get("/api/funds/pools", params={"limit": 50}).json()["items"]
        pool = next(p for p in pools if p["floor_bp"] > 0 and float(p["headroom_other"]) > 0)
        planned = client.get("/api/funds/projects", params={"q": "产业路提质改造"}).json()["items"]
        project = next(p for p in planned if p["state"] == "library")
        cents = round(float(pool["headroom_other"]) * 100) + 12_345
        body = {
            "pool_id": pool["id"],
            "region_code": VILLAGE,
            "purpose": "infrastructure",
            "project_id": project["id"],
            "title": "机耕道",
            "amount": f"{cents // 100}.{cents % 100:02d}",
        }
        answer = client.put("/api/funds/allocations/01912345-6789-7abc-8def-0123456789ab", json=body)
        assert answer.status_code == 422
        assert answer.json()["code"] == "industry_floor_broken"
        assert answer.json()["shortfall"] == "123.45"
