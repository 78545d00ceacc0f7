"""Allocation by factors at the desk: figures from the register, two variants side by side, approved by another."""

from __future__ import annotations

import re

from desk import Account, SignIn, Snapshot, choose, enter, uuid7
from playwright.sync_api import Page, expect

COUNTY = "431081"


class TestFactors:
    def test_a_scheme_is_tried_kept_varied_compared_and_approved_by_another(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        first, second = f"测试方案甲{uuid7()[-4:]}", f"测试方案乙{uuid7()[-4:]}"
        enter(desktop, account("finance", COUNTY), "/admin/funds/factors/new")
        choose(desktop, "pool_id", "2025 年 县级衔接资金")
        choose(desktop, "purpose", "产业发展")
        desktop.locator("#field-amount").fill("10")
        desktop.get_by_role("button", name="试算").click()
        expect(desktop.get_by_text(re.compile("数据取自"))).to_be_visible()
        expect(desktop.get_by_role("rowheader", name="州门司镇")).to_be_visible()
        desktop.locator("#field-name").fill(first)
        snapshot(desktop, "factors-workbench")
        desktop.get_by_role("button", name="保存为方案").click()
        expect(desktop).to_have_url(re.compile(r"/admin/funds/factors/[0-9a-f-]{36}$"))
        kept = desktop.url.rsplit("/", 1)[1]

        desktop.get_by_role("button", name="换权重另算一个方案").click()
        expect(desktop.get_by_text(re.compile("沿用“测试方案甲"))).to_be_visible()
        desktop.get_by_label("监测对象人口").fill("50")
        desktop.get_by_label("脱贫人口").fill("0")
        desktop.get_by_role("button", name="试算").click()
        desktop.locator("#field-name").fill(second)
        desktop.get_by_role("button", name="保存为方案").click()
        expect(desktop).to_have_url(re.compile(r"/admin/funds/factors/[0-9a-f-]{36}$"))
        varied = desktop.url.rsplit("/", 1)[1]
        desktop.goto(f"/admin/funds/factors/compare?a={kept}&b={varied}")
        expect(desktop.get_by_text("两个方案用的是同一份冻结数据。")).to_be_visible()
        snapshot(desktop, "factors-compare")

        desktop.goto(f"/admin/funds/factors/{kept}")
        desktop.get_by_role("button", name="提交审批").click()
        expect(desktop.get_by_text("您编制的方案，须由他人审批。")).to_be_visible()
        desktop.context.clear_cookies()
        enter(desktop, account("bureau", COUNTY), f"/admin/funds/factors/{kept}")
        desktop.get_by_role("button", name="批准并入账").click()
        expect(desktop.get_by_text(re.compile("已一次入账"))).to_be_visible()
        snapshot(desktop, "factors-approved")

        client = sign_in("finance", COUNTY)
        scheme = client.get(f"/api/funds/factor-schemes/{kept}").json()
        given = client.get("/api/funds/allocations", params={"limit": 50}).json()["items"]
        lines = [a for a in given if a["batch_id"] == scheme["batch_id"]]
        assert sum(round(float(a["amount"]) * 100) for a in lines) == 10_000_000
        for line in lines:
            back = client.post(
                f"/api/funds/allocations/{line['id']}/reversal",
                json={"reason": "测试用"},
                headers={"Idempotency-Key": uuid7()},
            )
            assert back.status_code == 200, back.text
