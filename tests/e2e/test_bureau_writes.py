"""A clerk of the bureau writes: households and villages, beside other clerks, and the traces it leaves."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from desk import VILLAGE, Account, SignIn, Snapshot, choose, enter, id_number, person, uuid7, wan
from playwright.sync_api import Page, expect


class TestBureau:
    @pytest.fixture
    def household(self, sign_in: SignIn) -> dict[str, Any]:
        """A household of two registered by somebody else: what the API says of it."""
        client = sign_in("bureau")
        body = {
            "village_code": VILLAGE,
            "household_no": f"E{uuid.uuid4().hex[:8]}",
            "group_name": "第一组",
            "lifted": False,
            "members": [person("何秋生", id_number())],
        }
        answer = client.put(f"/api/monitoring/households/{uuid7()}", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def test_a_household_with_two_members_is_registered(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        head, number = f"何{chr(0x4E00 + uuid.uuid4().int % 5000)}", id_number("19630712")
        enter(desktop, account("bureau"), f"/admin/households/new?region={VILLAGE}")
        expect(desktop.locator("#field-village_code")).to_contain_text("道塘村")
        desktop.get_by_label("户编号").fill(f"T{uuid.uuid4().hex[:8]}")
        desktop.locator("#field-members-0-name").fill(head)
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        desktop.locator("#field-members-0-id_number").fill(wrong)
        desktop.get_by_role("button", name="增加成员").click()
        desktop.locator("#field-members-1-name").fill("刘冬梅")
        choose(desktop, "members-1-relation", "配偶")
        desktop.locator("#field-members-1-birth_date").fill("1966年3月5日")
        desktop.get_by_role("button", name="登记", exact=True).click()

        summary = desktop.locator("#error-summary")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("第 1 位成员的身份证号不对")
        expect(desktop.locator("#field-members-0-id_number-error")).to_contain_text("第 1 位成员的身份证号不对")
        snapshot(desktop, "household-errors")
        summary.get_by_role("link", name=re.compile("身份证号不对")).click()
        expect(desktop.locator("#field-members-0-id_number")).to_be_focused()

        desktop.locator("#field-members-0-id_number").fill(number)
        desktop.locator("#field-members-0-id_number").blur()
        expect(desktop.locator("#field-members-0-birth_date")).to_have_value("1963-07-12")
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.get_by_role("heading", name=f"{head}户", level=1)).to_be_visible()
        expect(desktop.get_by_text("刘冬梅").first).to_be_visible()
        assert number not in desktop.content()

    def test_two_clerks_edit_one_household(
        self, desktop: Page, account: Account, sign_in: SignIn, household: dict[str, Any], snapshot: Snapshot
    ) -> None:
        enter(desktop, account("bureau"), f"/admin/households/{household['id']}/edit")
        desktop.get_by_label("住址").fill("道塘村一组 8 号")
        desktop.get_by_label("村民小组").fill("第二组")
        other = sign_in("bureau")
        theirs = other.patch(
            f"/api/monitoring/households/{household['id']}",
            json={"address": "道塘村一组 9 号", "water_supply": "centralised"},
            headers={"If-Match": f'"{household["version"]}"'},
        )
        assert theirs.status_code == 200, theirs.text

        desktop.get_by_role("button", name="保存", exact=True).first.click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text("这份资料刚被别人改过")
        expect(dialog.get_by_role("radio")).to_have_count(2)
        expect(dialog).to_contain_text("道塘村一组 8 号")
        expect(dialog).to_contain_text("道塘村一组 9 号")
        snapshot(desktop, "household-conflict")
        dialog.get_by_label("道塘村一组 8 号").check()
        dialog.get_by_role("button", name="按选定的保存").click()
        expect(dialog).to_be_hidden()
        expect(desktop.get_by_label("住址")).to_have_value("道塘村一组 8 号")

        def stored() -> dict[str, Any]:
            return dict(other.get(f"/api/monitoring/households/{household['id']}").json())

        expect(desktop.get_by_text("已保存")).to_be_visible()
        assert (stored()["address"], stored()["group_name"]) == ("道塘村一组 8 号", "第二组")
        assert stored()["water_supply"] == "centralised"

        desktop.get_by_role("button", name="返回户卡").click()
        history = desktop.locator(".history > li").first
        expect(history).to_contain_text("更正了资料")
        expect(history).to_contain_text("道塘村一组 9 号")
        expect(history).to_contain_text("道塘村一组 8 号")

    def test_edits_of_different_fields_are_both_kept(
        self, desktop: Page, account: Account, sign_in: SignIn, household: dict[str, Any]
    ) -> None:
        enter(desktop, account("bureau"), f"/admin/households/{household['id']}/edit")
        desktop.get_by_label("村民小组").fill("第三组")
        other = sign_in("bureau")
        path = f"/api/monitoring/households/{household['id']}"
        other.patch(path, json={"address": "桥头"}, headers={"If-Match": f'"{household["version"]}"'})
        desktop.get_by_role("button", name="保存", exact=True).first.click()
        desktop.get_by_role("button", name="合并保存").click()
        expect(desktop.get_by_text("已保存")).to_be_visible()
        stored = other.get(path).json()
        assert (stored["group_name"], stored["address"]) == ("第三组", "桥头")

    def test_a_number_is_shown_in_full_for_a_reason_and_leaves_a_trace(
        self, desktop: Page, account: Account, sign_in: SignIn, household: dict[str, Any]
    ) -> None:
        enter(desktop, account("bureau"), f"/admin/households/{household['id']}")
        masked = household["members"][0]["id_number_masked"]
        expect(desktop.get_by_text(masked).first).to_be_visible()
        desktop.get_by_role("button", name=re.compile("查看")).first.click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_role("button", name="查看", exact=True).click()
        expect(dialog.locator("#error-summary")).to_contain_text("请写明理由")
        dialog.get_by_label("查看理由").fill("核对一卡通账户")
        dialog.get_by_role("button", name="查看", exact=True).click()
        shown = dialog.locator(".value b")
        expect(shown).to_have_text(re.compile(rf"^{masked[:6]}\d{{8}}\d{{3}}[\dX]$"))
        number = shown.inner_text()
        dialog.get_by_role("button", name="关闭").last.click()
        expect(desktop.get_by_text(number)).to_have_count(0)

        entries = sign_in("audit_admin").get("/api/monitoring/audit", params={"action": "household.reveal"}).json()
        entry = next(e for e in entries["items"] if e["subject_id"] == household["id"])
        assert entry["detail"]["reason"] == "核对一卡通账户"
        assert number not in str(entry)

    def test_a_household_is_found_by_number_without_the_number_in_an_address(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        number = id_number("19551111")
        body = {"village_code": VILLAGE, "household_no": f"F{uuid.uuid4().hex[:8]}", "lifted": False}
        client = sign_in("bureau")
        made = client.put(
            f"/api/monitoring/households/{uuid7()}", json=body | {"members": [person("邓寻", number, "1955-11-11")]}
        )
        assert made.status_code == 201, made.text
        addresses: list[str] = []
        desktop.on("request", lambda request: addresses.append(request.url))
        enter(desktop, account("bureau"), "/admin/households")
        desktop.get_by_role("button", name="身份证号", exact=True).click()
        field = desktop.locator(".by-number input")
        field.fill("43108119551111001")
        desktop.get_by_role("button", name="查找").click()
        expect(desktop.get_by_text("身份证号应为 18 位且校验位正确")).to_be_visible()
        field.fill(number)
        desktop.get_by_role("button", name="查找").click()
        expect(desktop.locator("tbody tr")).to_have_count(1)
        expect(desktop.get_by_role("link", name="邓寻")).to_be_visible()
        assert number not in desktop.url
        assert not [address for address in addresses if number in address]

    def test_a_village_profile_is_corrected_beside_another_clerk(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        code = "431081219214"
        other = sign_in("bureau")
        before = other.get(f"/api/monitoring/villages/{code}").json()
        mine, yours = 310_000 + uuid.uuid4().int % 9_000, 400_000 + uuid.uuid4().int % 9_000
        enter(desktop, account("bureau"), f"/admin/villages/{code}")
        desktop.get_by_role("button", name="更正村档案").click()
        expect(desktop.get_by_label("农村人口")).to_have_value(str(before["published"]["population"]))
        desktop.get_by_label("村集体经济年收入").fill(wan(mine * 100))
        theirs = other.patch(
            f"/api/monitoring/villages/{code}",
            json={"types": ["model"], "collective_income": f"{yours}.00"},
            headers={"If-Match": f'"{before["version"]}"'},
        )
        assert theirs.status_code == 200, theirs.text
        desktop.get_by_role("button", name="保存", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text(f"{mine:,}.00 元")
        expect(dialog).to_contain_text(f"{yours:,}.00 元")
        snapshot(desktop, "village-conflict")
        dialog.get_by_label(f"{mine:,}.00 元").check()
        dialog.get_by_role("button", name="按选定的保存").click()
        expect(desktop.get_by_role("heading", level=1)).not_to_contain_text("更正")
        after = other.get(f"/api/monitoring/villages/{code}").json()
        assert (after["collective_income"], after["types"]) == (f"{mine}.00", ["model"])
        assert after["published"] == before["published"]

    def test_a_session_that_ends_in_the_middle_keeps_what_was_typed(
        self, desktop: Page, account: Account, household: dict[str, Any], snapshot: Snapshot
    ) -> None:
        who = account("bureau")
        enter(desktop, who, f"/admin/households/{household['id']}/edit")
        desktop.get_by_label("住址").fill("水口组老屋")
        desktop.context.clear_cookies()
        desktop.get_by_role("button", name="保存", exact=True).first.click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text("登录已过期")
        snapshot(desktop, "session-ended")
        dialog.get_by_label("密码", exact=True).fill(who["password"])
        dialog.get_by_role("button", name="登录", exact=True).click()
        expect(dialog).to_be_hidden()
        expect(desktop.get_by_label("住址")).to_have_value("水口组老屋")
        desktop.get_by_role("button", name="保存", exact=True).first.click()
        expect(desktop.get_by_text("已保存")).to_be_visible()
