"""Administrators open accounts and read the audit trail; and what everybody may switch."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
from desk import Account, Snapshot, choose, choose_region, enter
from playwright.sync_api import Page, expect


class TestAdministrators:
    def test_one_opens_an_account_and_another_confirms_it(
        self, desktop: Page, account: Account, snapshot: Snapshot, live: dict[str, Any]
    ) -> None:
        username, password = f"e2e{uuid.uuid4().hex[:6]}", "daotang-2026-xin"
        enter(desktop, account("system_admin"), "/admin/users")
        desktop.get_by_role("button", name="开设账号").click()
        dialog = desktop.get_by_role("dialog", name="开设账号")
        dialog.get_by_label("用户名").fill(username)
        dialog.get_by_label("姓名").fill("测试员")
        choose(desktop, "role", "财政资金")
        choose_region(desktop, "region_code", "州门司镇")
        dialog.get_by_label("初始密码").fill(password)
        dialog.get_by_role("button", name="保存").click()
        expect(dialog).to_be_hidden()
        desktop.get_by_label("姓名或用户名").fill(username)
        row = desktop.get_by_role("row").filter(has_text=username)
        expect(row).to_contain_text("待确认")
        with httpx.Client(base_url=live["url"]) as stranger:
            refused = stranger.post("/api/session", json={"username": username, "password": password})
            assert refused.status_code in (401, 403), refused.text

            desktop.context.clear_cookies()
            enter(desktop, account("security_admin"), f"/admin/users?q={username}")
            row.get_by_role("button", name="确认授权").click()
            expect(row).to_contain_text("正常")
            snapshot(desktop, "users")
            allowed = stranger.post("/api/session", json={"username": username, "password": password})
            assert allowed.status_code == 200, allowed.text

    def test_a_used_up_link_for_the_first_administrator_says_so(self, desktop: Page, snapshot: Snapshot) -> None:
        desktop.goto("/admin/first?token=nobody-knows-this")
        desktop.get_by_label("用户名").fill("laowang")
        desktop.get_by_label("姓名").fill("王")
        desktop.get_by_label("密码", exact=True).fill("zixing-2026-aa")
        desktop.get_by_label("再输一次密码").fill("zixing-2026-aa")
        desktop.get_by_role("button", name="建立并登录").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary li")).to_contain_text(re.compile("链接|管理员"))
        snapshot(desktop, "first-administrator")

    def test_the_audit_administrator_lands_on_what_was_done(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        enter(desktop, account("audit_admin"))
        expect(desktop.get_by_role("heading", name="审计", level=1)).to_be_visible()
        expect(desktop.locator("tbody tr").first).to_contain_text("登录")
        expect(desktop.locator("tbody tr").first).to_contain_text("资兴市")
        snapshot(desktop, "audit-gateway")
        desktop.get_by_role("link", name="资金", exact=True).last.click()
        expect(desktop.locator("tbody tr")).to_have_count(20)
        expect(desktop.locator("tbody")).to_contain_text("对账：勾对")
        # Every act and every thing has a name.
        expect(desktop.locator("tbody")).not_to_contain_text(re.compile(r"[a-z]{3,}[._][a-z]{3,}"))
        first = desktop.locator("tbody tr").first.inner_text()
        desktop.get_by_role("button", name="下一页").click()
        expect(desktop).to_have_url(re.compile("cursor="))
        expect(desktop.locator("tbody tr").first).not_to_have_text(first)
        desktop.get_by_role("button", name="操作", exact=True).click()
        desktop.get_by_role("option", name="撤销资金安排").click()
        expect(desktop).to_have_url(re.compile("action=transfer.reversal"))
        expect(desktop.locator("tbody")).not_to_contain_text("资金到账")
        snapshot(desktop, "audit-funds")


class TestEveryone:
    def test_english_and_back(self, desktop: Page, account: Account) -> None:
        enter(desktop, account("bureau"))
        desktop.locator("button.who").click()
        desktop.get_by_role("button", name="English").click()
        expect(desktop.get_by_role("navigation", name="Main")).to_contain_text("Households")
        expect(desktop.locator("html")).to_have_attribute("lang", "en")
        desktop.reload()
        expect(desktop.get_by_role("navigation", name="Main")).to_contain_text("Overview")
        desktop.locator("button.who").click()
        desktop.get_by_role("button", name="中文").click()
        expect(desktop.get_by_role("navigation", name="主导航")).to_contain_text("总览")

    def test_large_type_has_large_targets_and_nothing_sticks_out(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        enter(desktop, account("bureau"), "/admin/households")
        desktop.locator("button.who").click()
        desktop.get_by_role("button", name="22", exact=True).click()
        desktop.keyboard.press("Escape")
        assert desktop.evaluate("getComputedStyle(document.body).fontSize") == "22px"
        # Sizes slide into place for a fraction of a second.
        button = desktop.locator(".el-button--primary").first
        height = "element => element.getBoundingClientRect().height"
        for _ in range(50):
            if button.evaluate(height) >= 60:
                break
            desktop.wait_for_timeout(100)
        assert button.evaluate(height) >= 60
        assert desktop.evaluate("document.documentElement.scrollWidth <= innerWidth")
        snapshot(desktop, "households-large-type")
