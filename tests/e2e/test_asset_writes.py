"""A keeper registers and corrects assets."""

from __future__ import annotations

import uuid

from desk import VILLAGE, Account, SignIn, Snapshot, choose, enter
from playwright.sync_api import Page, expect


class TestAssetKeeper:
    def test_an_operating_asset_must_add_up_and_is_corrected_later(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        name = f"道塘村冷库{uuid.uuid4().hex[:6]}"
        enter(desktop, account("asset_keeper"), f"/admin/assets/new?region={VILLAGE}")
        desktop.get_by_role("button", name="经营性资产").click()
        desktop.get_by_label("资产名称").fill(name)
        desktop.get_by_label("资产编号").fill(f"E2E-{uuid.uuid4().hex[:8]}")
        desktop.get_by_label("资产类型").fill("厂房")
        desktop.get_by_label("原值").fill("50")
        choose(desktop, "fund_composition-0-source_level", "中央")
        desktop.locator("#field-fund_composition-0-amount").fill("30")
        desktop.get_by_label("权属人").fill("道塘村股份经济合作社")
        desktop.get_by_label("经营主体").fill("道塘果业合作社")
        desktop.get_by_label("年租金（收益）").fill("2.4")
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.locator("#error-summary")).to_contain_text("资金构成比原值少 20.00 万元")

        desktop.get_by_role("button", name="增加一笔").click()
        choose(desktop, "fund_composition-1-source_level", "县级")
        desktop.get_by_role("button", name="填入差额").click()
        expect(desktop.get_by_text("与原值一致")).to_be_visible()
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.get_by_role("heading", name=name, level=1)).to_be_visible()
        asset = desktop.url.rsplit("/", 1)[-1]

        desktop.get_by_role("button", name="更正资料").click()
        desktop.get_by_label("经营主体").fill("道塘果业有限公司")
        desktop.get_by_label("具体位置").fill("村口")
        desktop.get_by_label("更正理由").fill("经营主体改制")
        other = sign_in("asset_keeper")
        theirs = other.patch(
            f"/api/assets/assets/{asset}",
            json={"operator_name": "新丰果业", "status": "idle"},
            headers={"If-Match": '"1"'},
        )
        assert theirs.status_code == 200, theirs.text
        desktop.get_by_role("button", name="保存", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text("道塘果业有限公司")
        expect(dialog).to_contain_text("新丰果业")
        snapshot(desktop, "asset-conflict")
        dialog.get_by_label("道塘果业有限公司").check()
        dialog.get_by_role("button", name="按选定的保存").click()
        expect(desktop.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(desktop.locator(".history > li").first).to_contain_text("经营主体改制")
        stored = other.get(f"/api/assets/assets/{asset}").json()
        assert (stored["operator_name"], stored["location"], stored["status"]) == ("道塘果业有限公司", "村口", "idle")
