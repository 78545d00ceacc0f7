"""A phone that comes back into the signal after ten days, when the server has long forgotten its session."""

from __future__ import annotations

import os
from typing import Any

from phone import PHONE, household, open_village, sign_in_as, standing, write_visit
from playwright.sync_api import Page, expect, sync_playwright

DAYS = 10


class TestTenDays:
    def test_pass_and_nothing_goes_out_under_another_name(self, instance: Any) -> None:
        accounts = {one["username"]: one for one in instance.status()["accounts"]}
        cadre = next(one for one in accounts.values() if one["role"] == "village_cadre")
        other = next(one for one in accounts.values() if one["role"] == "township")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=os.environ.get("LINKAGE_CHROMIUM") or None, args=["--no-sandbox", "--disable-gpu"]
            )
            context = chromium.new_context(base_url=f"http://127.0.0.1:{instance.port}", **PHONE)
            context.set_default_timeout(30_000)
            page = context.new_page()
            open_village(page, cadre)
            context.set_offline(True)
            house = household(page)
            record = write_visit(page)

            # The services' clock is ten days on, and the session of then has run out in their own books.
            instance.run("down")
            instance.up(days_ahead=DAYS)
            context.set_offline(False)
            page.goto(f"/m#/records/{record}")
            expect(page.get_by_role("button", name="重新登录")).to_be_visible()
            expect(standing(page)).to_contain_text("待上传")

            leave(page)
            sign_in_as(page, other)
            expect(page.get_by_role("heading", name="下载我的村")).to_be_visible()
            assert visits(instance, house).count(record) == 0

            leave(page)
            sign_in_as(page, cadre)
            page.goto(f"/m#/records/{record}")
            expect(standing(page)).to_contain_text("已受理")
            assert visits(instance, house).count(record) == 1
            chromium.close()


def leave(page: Page) -> None:
    page.goto("/m#/settings")
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("用户名")).to_be_visible()


def visits(instance: Any, household_id: str) -> list[str]:
    with instance.client("bureau") as desk:
        answer = desk.get("/api/monitoring/visits", params={"household_id": household_id, "limit": 50})
        return [visit["id"] for visit in answer.raise_for_status().json()["items"]]
