"""The allocation workbench: a range of a spreadsheet, pasted, judged, corrected, posted as one act."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import linkage_local
from desk import Account, SignIn, Snapshot, enter, fen, uuid7, wan
from playwright.sync_api import Page, expect

COUNTY = "431081"
VILLAGES = Path(linkage_local.__file__).parent / "data" / "zixing_villages_2021.csv"


def names() -> list[str]:
    with VILLAGES.open(encoding="utf-8") as file:
        return [row["village"] for row in csv.DictReader(file)]


def paste(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("ControlOrMeta+v")


def cell(page: Page, row: int, column: str) -> Any:
    return page.locator(f'[data-cell="{row}-{column}"]')


class TestWorkbench:
    def test_37_villages_are_pasted_corrected_and_posted_as_one_act(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        client = sign_in("finance")
        pools = client.get("/api/funds/pools", params={"year": 2025, "limit": 50}).json()["items"]
        pool = next(pool for pool in pools if pool["source_level"] == "county")
        title, villages = f"村级产业配套{uuid7()[-5:]}", names()
        assert len(villages) == 37
        lines = [
            f"{village}\t{title}\t{'产业发展' if n % 2 else '基础设施'}\t{100 + n}"
            for n, village in enumerate(["没有的村", *villages[1:]])
        ]
        desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
        enter(desktop, account("finance"), f"/admin/funds/allocations/sheet?pool={pool['id']}")
        desktop.locator("#field-title").fill(title)

        cell(desktop, 1, "place").click()
        paste(desktop, "\n".join(["村名\t项目或事项\t用途\t金额（元）", *lines]) + "\n")
        total = sum(range(100, 137)) * 100
        expect(desktop.locator("[data-figure=sheet-total]")).to_have_attribute("title", f"{total / 100:,.2f} 元")
        expect(cell(desktop, 1, "place")).to_have_attribute("aria-invalid", "true")
        expect(desktop.locator("td[aria-invalid=true]")).to_have_count(1)
        desktop.get_by_role("button", name="确认分配").click()
        expect(desktop.locator("#error-summary")).to_contain_text("没有叫“没有的村”的乡镇或村")

        cell(desktop, 1, "place").click()
        desktop.keyboard.type(villages[0])
        desktop.keyboard.press("Enter")
        expect(desktop.locator("td[aria-invalid=true]")).to_have_count(0)
        desktop.keyboard.press("ControlOrMeta+z")
        expect(desktop.locator("td[aria-invalid=true]")).to_have_count(1)
        desktop.keyboard.press("ControlOrMeta+y")
        expect(desktop.locator("td[aria-invalid=true]")).to_have_count(0)

        cell(desktop, 37, "amount").click()
        over = fen(pool["headroom_total"]) - total + 136 * 100 + 1
        desktop.keyboard.type(wan(over))
        desktop.keyboard.press("Tab")
        expect(desktop.locator("[data-figure=ledger-check]")).to_contain_text(re.compile(r"台账试算一致.*（0\.01 元）"))
        desktop.get_by_role("button", name="确认分配").click()
        expect(desktop.locator("#error-summary")).to_contain_text("0.01 元")
        snapshot(desktop, "allocation-sheet-beyond")
        desktop.keyboard.press("Escape")
        cell(desktop, 37, "amount").click()
        desktop.keyboard.press("ControlOrMeta+z")

        desktop.reload()
        expect(desktop.get_by_text("已恢复上次未入账的 37 行草稿")).to_be_visible()
        expect(desktop.locator("[data-figure=sheet-total]")).to_have_attribute("title", f"{total / 100:,.2f} 元")
        expect(desktop.locator("[data-figure=ledger-check]")).to_contain_text("台账试算一致：入账后")
        with desktop.expect_download() as saved:
            desktop.get_by_role("button", name="导出 Excel").click()
        assert Path(saved.value.path()).read_bytes()[:2] == b"PK"

        desktop.get_by_role("button", name="确认分配").click()
        desktop.get_by_role("dialog").get_by_role("button", name="确认分配").click()
        expect(desktop.locator("td.state", has_text=re.compile("已入账，第 \\d+ 笔"))).to_have_count(37)
        snapshot(desktop, "allocation-sheet-posted")
        given = client.get("/api/funds/allocations", params={"year": 2025, "limit": 50}).json()["items"]
        posted = [line for line in given if line["title"] == title]
        assert len(posted) == 37
        assert len({line["batch_id"] for line in posted}) == 1
        assert sum(fen(line["amount"]) for line in posted) == total
        desktop.reload()
        expect(desktop.get_by_text("已恢复上次未入账")).to_be_hidden()
