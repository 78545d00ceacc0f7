"""A list of payouts: from a sheet to the bank's answer, made by one person and approved by another."""

from __future__ import annotations

import csv
import io
import uuid

from desk import Account, SignIn, Snapshot, choose, enter, uuid7
from playwright.sync_api import Page, expect
from service_kit.validators import luhn_check_digit, resident_id_check_digit


def id_number() -> str:
    first = f"4310811975{1 + uuid.uuid4().int % 9:02d}{10 + uuid.uuid4().int % 18}{uuid.uuid4().int % 1000:03d}"
    return first + resident_id_check_digit(first)


def card() -> str:
    first = f"62305{uuid.uuid4().int % 10**13:013d}"
    return first + luhn_check_digit(first)


def sheet(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


class TestPayouts:
    def test_a_sheet_is_checked_decided_approved_and_paid(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        enter(desktop, account("finance"), "/admin/funds/payouts")
        snapshot(desktop, "payouts")
        desktop.get_by_role("button", name="新建批次").click()
        desktop.get_by_role("button", name="新建，下一步加入人员").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        choose(desktop, "standard_id", "教育 · 学前教育入园补助金（1000.00 元/生/年）")
        title = f"学前补助{uuid.uuid4().hex[:6]}"
        desktop.get_by_label("批次名称").fill(title)
        listed = sign_in("finance").get("/api/funds/allocations", params={"status": "allocated", "limit": 50}).json()
        row = next(row for row in listed["items"] if (row["released_on"] or not row["notice_ends_on"]))
        box = desktop.locator("#field-allocation_id")
        box.fill(row["title"])
        own = desktop.locator(f"#{box.get_attribute('aria-controls')}")
        own.get_by_role("option").filter(has_text=row["title"]).first.click()
        desktop.get_by_label("代发银行").fill("农商银行")
        desktop.get_by_label("代发专户账号").fill(card())
        desktop.get_by_role("button", name="新建，下一步加入人员").click()
        expect(desktop.get_by_role("heading", level=1)).to_contain_text(title)

        head = ["姓名", "身份证号", "账号", "开户行", "金额"]
        good = ["外来甲", id_number(), card(), "农商银行", "1.00"]
        bad = ["外来乙", "430000", card(), "农商银行", "1.00"]
        file = {"name": "名单.csv", "mimeType": "text/csv", "buffer": sheet([head, good, bad])}
        desktop.locator("input[type=file]").set_input_files([file])
        expect(desktop.get_by_role("link", name="下载退回的行（1）")).to_be_visible()
        expect(desktop.get_by_role("button", name="提交审核")).to_be_disabled()
        desktop.get_by_role("button", name="全部放行 档案中没有此人").click()
        desktop.get_by_role("dialog").get_by_label("理由").fill("新迁入，已核实身份")
        desktop.get_by_role("dialog").get_by_role("button", name="全部放行").click()
        desktop.get_by_role("button", name="提交审核").click()
        desktop.get_by_role("dialog").get_by_role("button", name="提交审核").click()
        expect(desktop.locator("header, main").get_by_text("待审核").first).to_be_visible()
        snapshot(desktop, "payout-submitted")

        batch_id = desktop.url.rsplit("/", 1)[1].split("?")[0].split("#")[0]
        bureau = sign_in("bureau")
        run = bureau.get(f"/api/funds/payout-batches/{batch_id}").json()["runs"][0]
        approved = bureau.post(
            f"/api/funds/payout-runs/{run['id']}/approval",
            json={"opinion": "同意"},
            headers={"Idempotency-Key": uuid7()},
        )
        assert approved.status_code == 200, approved.text

        desktop.reload()
        desktop.get_by_role("button", name="生成银行文件").click()
        desktop.get_by_role("dialog").get_by_role("button", name="生成银行文件").click()
        expect(desktop.get_by_role("link", name="下载 CSV")).to_be_visible()
        desktop.get_by_role("button", name="导入回盘文件").click()
        answer = sheet([["序号", "账号", "金额", "结果"], ["1", good[2][-4:], "1.00", "成功"]])
        dialog = desktop.get_by_role("dialog")
        dialog.locator("input[type=file]").set_input_files(
            [{"name": "回盘.csv", "mimeType": "text/csv", "buffer": answer}]
        )
        dialog.get_by_role("button", name="导入", exact=True).click()
        expect(desktop.get_by_text("已办结").first).to_be_visible()
        desktop.get_by_role("link", name="外来甲").click()
        expect(desktop.get_by_role("heading", name="历次发放")).to_be_visible()
        expect(desktop.get_by_role("cell", name="已到账")).to_be_visible()
        snapshot(desktop, "payout-person")
