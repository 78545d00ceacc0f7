"""The household card in a real browser: rigid expenses by kind, and the policies that the household enjoys."""

from __future__ import annotations

from desk import VILLAGE, Account, SignIn, Snapshot, choose, enter, id_number, person, uuid7
from playwright.sync_api import Page, expect


def test_a_clerk_fills_in_what_the_household_spends_and_enjoys(
    desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
) -> None:
    body = {"village_code": VILLAGE, "members": [person("周享福", id_number())]}
    answer = sign_in("bureau").put(f"/api/monitoring/households/{uuid7()}", json=body)
    assert answer.status_code == 201, answer.text
    card = f"/admin/households/{answer.json()['id']}"
    enter(desktop, account("bureau"), f"{card}/edit")
    desktop.get_by_label("工资性收入").fill("30000")
    desktop.get_by_text("刚性支出按类填写").click()
    desktop.get_by_label("刚性支出：医疗").fill("8000")
    desktop.get_by_label("刚性支出：教育").fill("1200.50")
    expect(desktop.get_by_text("刚性支出合计 9,200.50 元")).to_be_visible()
    desktop.get_by_role("button", name="保存收入").click()
    expect(desktop.get_by_text("年收入已保存")).to_be_visible()
    desktop.get_by_role("button", name="返回户卡").click()
    expect(desktop.get_by_text("医疗 8,000.00，教育 1,200.50")).to_be_visible()

    desktop.get_by_role("button", name="登记政策").click()
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.locator("#error-summary")).to_contain_text("请选择政策类别")
    choose(desktop, "kind", "低保")
    dialog.get_by_label("政策名称").fill("农村低保")
    dialog.get_by_label("落实部门").fill("市民政局")
    dialog.get_by_label("享受起始日期").fill("2024-01-01")
    dialog.get_by_label("每年金额").fill("7200")
    snapshot(desktop, "household-benefit-dialog")
    dialog.get_by_role("button", name="保存").click()
    row = desktop.get_by_role("row").filter(has_text="农村低保")
    expect(row).to_contain_text("7,200.00")
    expect(row).to_contain_text("2024-01-01 起")
    snapshot(desktop, "household-benefits")

    row.get_by_role("button", name="停止农村低保").click()
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_label("停止原因").fill("收入已超过标准")
    dialog.get_by_role("button", name="停止享受").click()
    expect(row).to_contain_text("已停止")
    expect(desktop.locator(".history")).to_contain_text("停止了享受政策")
    desktop.goto(card.replace("/households/", "/archives/households/"))
    expect(desktop.get_by_role("row").filter(has_text="农村低保")).to_contain_text("已停止")
    snapshot(desktop, "household-card-archive")
