"""Reconciliation, clues and land revenue on the desk."""

from __future__ import annotations

import uuid

from desk import Account, SignIn, Snapshot, choose, enter, uuid7
from playwright.sync_api import Page, expect
from service_kit.clock import today


class TestReconciliation:
    def test_a_statement_comes_in_is_matched_by_hand_and_the_differences_go_out(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        finance = sign_in("finance")
        known = finance.get("/api/funds/reconciliation/months").json()["items"]
        month = known[0]["month"] if known else f"{today():%Y-%m}"
        if not known:
            begun = finance.put(f"/api/funds/reconciliation/months/{month}", json={"window_days": 5})
            assert begun.status_code == 201, begun.text
        tail = uuid.uuid4().hex[:6]
        enter(desktop, account("finance"), f"/admin/funds/reconciliation/{month}")
        desktop.get_by_role("button", name="导入对账单").click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_role("button", name="导入", exact=True).click()
        expect(dialog.get_by_text("请选择文件")).to_be_visible()
        dialog.get_by_label("账户名称").fill("国库单一账户")
        head = "日期,收入金额,支出金额,凭证号,对方单位,摘要\n"
        for name, rows, said in (
            ("错.csv", f"2020-01-01,1.00,,{tail},,\n", "第 2 行"),
            ("对.csv", f"{month}-01,31.00,,收{tail},,测试\n{month}-01,,31.00,支{tail},,测试\n", None),
        ):
            file = {"name": name, "mimeType": "text/csv", "buffer": (head + rows).encode()}
            dialog.locator("input[type=file]").set_input_files([file])
            dialog.get_by_role("button", name="导入", exact=True).click()
            if said:
                expect(dialog.get_by_role("alert")).to_contain_text(said)
        expect(dialog).to_be_hidden()

        desktop.get_by_role("button", name="自动核对").click()
        desktop.get_by_role("button", name="差异").first.click()
        mine = desktop.locator("li").filter(has_text=tail)
        expect(mine).to_have_count(2)
        for row in mine.all():
            row.get_by_role("checkbox").check()
        desktop.get_by_role("button", name="配成一组").click()
        expect(mine).to_have_count(0)
        snapshot(desktop, "reconciliation-month")
        desktop.get_by_role("button", name="导出差异清单").click()
        expect(desktop.get_by_role("link", name="下载")).to_be_visible(timeout=20_000)


class TestClues:
    def test_the_auditor_raises_one_and_whoever_handles_it_cannot_close_it(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        document = sign_in("auditor").get("/api/funds/documents", params={"limit": 1}).json()["items"][0]
        title = f"超时限分配{uuid.uuid4().hex[:6]}"
        enter(desktop, account("auditor"), f"/admin/funds/documents/{document['id']}")
        desktop.get_by_role("button", name="登记问题线索").click()
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        choose(desktop, "source", "巡察")
        desktop.locator("#field-amount").fill("1.2")
        desktop.locator("#field-title").fill(title)
        desktop.get_by_label("问题描述").fill("收到后超过时限才分配")
        desktop.get_by_label("责任单位").fill("资兴市财政局")
        desktop.locator("#field-deadline").fill("2099-12-31")
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.get_by_role("heading", level=1)).to_contain_text(title)
        expect(desktop.get_by_text("这一步由其他人办理")).to_be_visible()
        clue_id = desktop.url.rsplit("/", 1)[1]

        bureau = sign_in("bureau")
        for act, body in (
            ("acceptance", {"note": ""}),
            ("recoveries", {"amount": "12000.00", "note": "缴回国库"}),
            ("rectification", {"finding": "substantiated", "note": "已整改"}),
        ):
            done = bureau.post(f"/api/funds/clues/{clue_id}/{act}", json=body, headers={"Idempotency-Key": uuid7()})
            assert done.status_code == 200, done.text
        refused = bureau.post(
            f"/api/funds/clues/{clue_id}/closing", json={"note": "自己验收"}, headers={"Idempotency-Key": uuid7()}
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
        closed = sign_in("finance").post(
            f"/api/funds/clues/{clue_id}/closing", json={"note": "同意销号"}, headers={"Idempotency-Key": uuid7()}
        )
        assert closed.status_code == 200, closed.text
        desktop.reload()
        expect(desktop.locator(".beside")).to_contain_text("已销号")
        expect(desktop.locator(".history li")).to_have_count(5)
        snapshot(desktop, "clue-closed")
        desktop.goto("/admin/funds/clues?state=closed")
        expect(desktop.get_by_role("row").filter(has_text=title)).to_contain_text("1.20")


class TestLandRevenue:
    def test_says_how_much_is_missing(self, desktop: Page, account: Account, snapshot: Snapshot) -> None:
        enter(desktop, account("finance"), "/admin/funds/land-revenue")
        desktop.get_by_role("button", name="填报", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        for name, amount in (("gross", "1000"), ("net", "100"), ("agriculture", "50"), ("spent", "10")):
            dialog.locator(f"#field-{name}").fill(amount)
        dialog.locator("#field-basis").fill("政府性基金预算执行表")
        dialog.get_by_role("button", name="填报", exact=True).click()
        expect(dialog).to_be_hidden()
        row = desktop.get_by_role("row").filter(has_text=str(today().year)).first
        expect(row).to_contain_text("还差")
        expect(row).to_contain_text("30.00")
        snapshot(desktop, "land-revenue")
