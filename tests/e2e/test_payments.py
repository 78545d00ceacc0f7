"""A payment from the request to the transfer: nobody approves what they asked for."""

from __future__ import annotations

import re
import uuid

from desk import Account, SignIn, Snapshot, choose, enter, uuid7
from playwright.sync_api import Page, expect

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class TestPayment:
    def test_one_person_requests_another_approves_and_the_money_is_posted(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        finance = sign_in("finance")
        listed = finance.get("/api/funds/allocations", params={"status": "allocated", "limit": 50}).json()["items"]
        allocation = next(
            row for row in listed if (row["released_on"] or not row["notice_ends_on"]) and row["committed"] == "0.00"
        )
        payee = f"兴宁建筑{uuid.uuid4().hex[:6]}"

        enter(desktop, account("finance"), f"/admin/funds/payments/new?allocation={allocation['id']}")
        desktop.get_by_role("button", name="提交申请").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        desktop.locator("#field-amount").fill("0.01")
        desktop.get_by_label("凭证号").fill("验收单1号")
        desktop.get_by_label("收款单位或个人").fill(payee)
        desktop.get_by_label("开户行").fill("农商银行")
        desktop.get_by_label("收款账号").fill("6222 0212 3456 7890 128")
        desktop.get_by_label("支付依据").fill("验收合格，按合同支付")
        desktop.locator("input[type=file]").set_input_files(
            [{"name": "验收单.pdf", "mimeType": "application/pdf", "buffer": PDF}]
        )
        expect(desktop.locator(".files li")).to_contain_text("验收单.pdf")
        desktop.get_by_role("button", name="提交申请").click()

        expect(desktop.get_by_role("heading", level=1)).to_contain_text(payee)
        expect(desktop.get_by_role("button", name="审核通过")).to_be_disabled()
        expect(desktop.get_by_text("不能审核或退回自己的申请")).to_be_visible()
        expect(desktop.get_by_role("link", name="查看 验收单.pdf")).to_be_visible()
        snapshot(desktop, "payment-own")
        payment_id = desktop.url.rsplit("/", 1)[1]

        refused = finance.post(
            f"/api/funds/payments/{payment_id}/approval",
            json={"opinion": "自己同意"},
            headers={"Idempotency-Key": uuid7()},
        )
        assert refused.status_code == 409, refused.text
        assert refused.json()["code"] == "same_person"
        approved = sign_in("bureau").post(
            f"/api/funds/payments/{payment_id}/approval", json={"opinion": "同意"}, headers={"Idempotency-Key": uuid7()}
        )
        assert approved.status_code == 200, approved.text

        desktop.reload()
        desktop.get_by_role("button", name="支付", exact=True).click()
        desktop.get_by_role("dialog").get_by_role("button", name="支付", exact=True).click()
        expect(desktop.locator(".beside")).to_contain_text("已付")
        expect(desktop.locator(".history li")).to_have_count(3)

        desktop.goto("/admin/funds/payments?status=paid")
        expect(desktop.get_by_role("row").filter(has_text=payee)).to_contain_text("已付")
        desktop.goto("/admin/funds/payments/progress")
        expect(desktop.get_by_role("heading", name="按乡镇")).to_be_visible()
        snapshot(desktop, "payment-progress")


class TestDocument:
    def test_a_cut_beyond_the_unallocated_money_says_what_must_move_first(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        listed = sign_in("finance").get("/api/funds/documents", params={"limit": 50}).json()["items"]
        document = max(listed, key=lambda row: (row["year"], float(row["current"])))
        enter(desktop, account("finance"), f"/admin/funds/documents/{document['id']}")
        desktop.get_by_role("button", name="追加、调减或退回").click()
        dialog = desktop.get_by_role("dialog")
        choose(desktop, "kind", "调减")
        dialog.locator("#field-amount").fill(f"{int(float(document['current'])) / 10000:.4f}")
        dialog.locator("#field-number").fill(f"测算〔2026〕{uuid.uuid4().hex[:6]}号")
        dialog.locator("#field-issued_on").fill("2026-01-05")
        dialog.locator("#field-reason").fill("上级调减")
        dialog.get_by_role("button", name="登记入账").click()
        expect(dialog.locator("#error-summary")).to_contain_text(re.compile(r"须先收回 [\d,.]+ 万元（[\d,.]+ 元）"))
        snapshot(desktop, "document-must-move")
