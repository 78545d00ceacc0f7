"""A clerk of the finance bureau writes: every form that moves money, its refusals and its traces."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
from desk import VILLAGE, Account, SignIn, Snapshot, choose, enter, fen, uuid7, wan
from playwright.sync_api import Page, expect

SIMULATION = "**/api/funds/headroom/simulation"
PROJECT = "道塘村产业路提质改造（演示）"
"""In the yearly plan, with more money left than the red line leaves to other uses."""


class TestFinance:
    @staticmethod
    def pool(client: httpx.Client) -> dict[str, Any]:
        """The central pool of the newest year: the one that the form opens on."""
        pools: list[dict[str, Any]] = client.get("/api/funds/pools", params={"limit": 50}).json()["items"]
        return max((p for p in pools if p["source_level"] == "central"), key=lambda p: int(p["year"]))

    @staticmethod
    def fill(page: Page, title: str) -> None:
        choose(page, "project_id", f"{PROJECT}（道塘村）")
        expect(page.locator("#field-region_code")).to_contain_text("道塘村")
        page.get_by_label("项目或事项").fill(title)

    @staticmethod
    def line(client: httpx.Client, pool: dict[str, Any]) -> dict[str, Any]:
        """An allocation to the project, without its amount."""
        found = client.get("/api/funds/projects", params={"q": PROJECT}).json()["items"][0]
        shared = {"region_code": VILLAGE, "purpose": "infrastructure", "title": "先到的水渠"}
        return shared | {"pool_id": pool["id"], "project_id": found["id"]}

    def test_the_red_line_moves_and_nothing_is_sent_beyond_it(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        headroom = fen(self.pool(sign_in("finance"))["headroom_other"])
        sent: list[str] = []
        desktop.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        self.fill(desktop, "机耕道硬化")

        desktop.get_by_label("金额").fill(wan(headroom // 2))
        left = headroom - headroom // 2
        expect(desktop.locator("[data-figure=headroom-other] + .formula")).to_have_text(f"{left / 100:,.2f} 元")

        desktop.get_by_label("金额").fill(wan(headroom + 12_345))
        expect(desktop.locator("[data-figure=shortfall] + .formula")).to_have_text("123.45 元")
        expect(desktop.locator("#field-amount-error")).to_contain_text("123.45 元")
        snapshot(desktop, "allocation-beyond", "admin-funds")
        desktop.get_by_role("button", name="确认安排").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary")).to_contain_text("123.45 元")
        assert sent == []

    def test_the_ledger_refuses_what_another_clerk_has_used_meanwhile(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        other = sign_in("finance")
        pool = self.pool(other)
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        desktop.route(SIMULATION, lambda route: route.abort())
        self.fill(desktop, "机耕道硬化")
        desktop.get_by_label("金额").fill(wan(fen(pool["headroom_other"])))
        expect(desktop.locator("[data-figure=headroom-other] + .formula")).to_have_text("0.00 元")

        taken = self.line(other, pool)
        first = other.put(f"/api/funds/allocations/{uuid7()}", json=taken | {"amount": "1234.56"})
        assert first.status_code in (200, 201), first.text
        with desktop.expect_response(re.compile("/api/funds/allocations/")) as answered:
            desktop.get_by_role("button", name="确认安排").click()
        assert answered.value.status == 422
        assert answered.value.json()["shortfall"] == "1234.56"
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary")).to_contain_text(re.compile(r"1,?234\.56"))
        expect(desktop.locator("[data-figure=shortfall] + .formula")).to_have_text("1,234.56 元")
        expect(desktop.get_by_label("项目或事项")).to_have_value("机耕道硬化")

        back = other.post(
            f"/api/funds/allocations/{first.json()['id']}/reversal",
            json={"reason": "测试用"},
            headers={"Idempotency-Key": uuid7()},
        )
        assert back.status_code == 200, back.text

    def test_the_card_follows_another_clerk_while_one_types(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        other = sign_in("finance")
        pool = self.pool(other)
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        self.fill(desktop, "机耕道硬化")
        taken = self.line(other, pool)
        first = other.put(f"/api/funds/allocations/{uuid7()}", json=taken | {"amount": "5000.00"}).json()
        desktop.get_by_label("金额").fill("1")
        expect(desktop.locator(".notice")).to_be_visible()
        left = fen(pool["headroom_other"]) - 500_000 - 1_000_000
        expect(desktop.locator("[data-figure=headroom-other] + .formula")).to_have_text(f"{left / 100:,.2f} 元")
        other.post(
            f"/api/funds/allocations/{first['id']}/reversal",
            json={"reason": "测试用"},
            headers={"Idempotency-Key": uuid7()},
        )

    def test_an_allocation_is_listed_published_and_taken_back(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        title = f"道塘村机耕道{uuid.uuid4().hex[:6]}"
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        self.fill(desktop, title)
        desktop.get_by_label("金额").fill("1.25")
        desktop.get_by_role("button", name="确认安排").click()
        row = desktop.get_by_role("row").filter(has_text=title)
        expect(row).to_contain_text("1.25")
        expect(row).to_contain_text("已安排")

        public = desktop.context.new_page()
        public.goto("/gongshi")
        expect(public.get_by_text(title, exact=False).first).to_be_visible()
        public.get_by_role("link").filter(has_text=title).first.click()
        expect(public.get_by_role("heading", level=1)).to_contain_text(title)
        expect(public.locator("main")).to_contain_text(re.compile(r"12,?500"))
        public.close()

        row.get_by_role("button", name=re.compile("撤销")).click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_role("button", name="确认撤销").click()
        expect(dialog.locator("#error-summary")).to_contain_text("请写明撤销原因")
        dialog.get_by_label("撤销原因").fill("项目调整，改由县级资金安排")
        dialog.get_by_role("button", name="确认撤销").click()
        expect(dialog).to_be_hidden()
        expect(row).to_contain_text("已撤销")
        snapshot(desktop, "allocation-reversed")
