"""Plans from a package to their confirmation, and a sweep from its opening to the last issue struck off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Page, expect
from service_kit.ids import uuid7

SignIn = Callable[..., httpx.Client]
VILLAGE = "431081219214"


def enter(page: Page, account: Callable[..., dict[str, str]], role: str) -> None:
    who = account(role)
    page.goto("/admin/login")
    page.get_by_label("用户名").fill(who["username"])
    page.get_by_label("密码", exact=True).fill(who["password"])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def sealed(body: dict[str, Any]) -> dict[str, Any]:
    """As a phone sends it: with the hash of its canonical JSON."""
    content = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return body | {"payload_hash": hashlib.sha256(content).hexdigest()}


def record(household_id: str, **changes: Any) -> dict[str, Any]:
    return sealed(
        {
            "household_id": household_id,
            "visited_at": "2026-11-20T09:30:00+08:00",
            "device_clock": {"sent_at": "2026-11-20T18:00:00+08:00", "offset_ms": 0},
            "form_version": 1,
            "location": None,
            "unchanged": True,
            "findings": None,
            "problems": [],
        }
        | changes
    )


class TestAssistancePlan:
    def test_goes_from_overdue_to_confirmed_by_the_package(
        self, desktop: Page, account: Callable[..., dict[str, str]], snapshot: Callable[..., None]
    ) -> None:
        enter(desktop, account, "bureau")
        desktop.goto("/admin/assistance?state=overdue")
        expect(desktop.get_by_role("button", name="已超期").first).to_be_visible()
        snapshot(desktop, "assistance-plans")
        desktop.locator("td.main a").first.click()

        desktop.get_by_role("button", name="采用所选").click()
        desktop.get_by_role("button", name="确定计划").click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_label("目标").fill("年底前风险消除，收入稳定")
        dialog.get_by_role("button", name="确定计划").click()

        plan = desktop.locator("#assistance")
        expect(plan.get_by_text("已确定").first).to_be_visible()
        plan.get_by_role("button", name="登记落实").first.click()
        dialog.get_by_label("佐证材料").fill("一卡通发放记录")
        dialog.get_by_role("button", name="登记", exact=True).click()
        expect(plan.get_by_text("已落实").first).to_be_visible()
        snapshot(desktop, "assistance-household")


class TestSweep:
    def test_is_opened_watched_live_and_its_issues_struck_off(
        self, desktop: Page, account: Callable[..., dict[str, str]], sign_in: SignIn, snapshot: Callable[..., None]
    ) -> None:
        bureau, cadre = sign_in("bureau"), sign_in("village_cadre", VILLAGE)
        sweep_id = str(uuid7())
        body = {
            "region_code": VILLAGE,
            "title": "团结村入户排查",
            "year": 2026,
            "half": 2,
            "starts_on": "2026-11-01",
            "ends_on": "2026-12-31",
        }
        opened = bureau.put(f"/api/monitoring/sweeps/{sweep_id}", json=body).json()
        enter(desktop, account, "bureau")
        desktop.goto(f"/admin/sweeps/{sweep_id}")
        expect(desktop.locator(".figure").first).to_contain_text("0")

        items = cadre.get(f"/api/monitoring/sweeps/{sweep_id}/items").json()["items"]
        findings = {
            "income_changed": False,
            "guarantees_ok": dict.fromkeys(("food", "clothing", "education", "medical", "dwelling"), True)
            | {"water": False},
        }
        problems = [{"kind": "water", "description": "枯水期饮水不稳定"}]
        for item, changes in zip(
            items[:2], ({}, {"unchanged": False, "findings": findings, "problems": problems}), strict=True
        ):
            answer = cadre.put(
                f"/api/monitoring/sweeps/{sweep_id}/records/{uuid7()}", json=record(item["household_id"], **changes)
            )
            assert answer.status_code == 201, answer.text

        # Nobody reloads: the page asks by itself.
        expect(desktop.locator(".figure").first).to_contain_text("2")
        expect(desktop.locator(".figure").first).to_contain_text(f"{opened['households']:,}")
        snapshot(desktop, "sweep-progress")
        desktop.get_by_role("button", name="结束排查").click()
        expect(desktop.get_by_role("alert")).to_contain_text("没有排查")

        desktop.goto(f"/admin/sweeps/issues?round_id={sweep_id}")
        desktop.get_by_role("checkbox", name="选择").first.check()
        desktop.get_by_role("button", name="销号", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_label("整改措施").fill("已接入村级供水管网")
        dialog.get_by_label("佐证材料").fill("通水验收单")
        dialog.get_by_role("button", name="销号", exact=True).click()
        expect(desktop.get_by_text("已接入村级供水管网")).to_be_visible()
        snapshot(desktop, "sweep-issues")


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)


class TestLookBack:
    def test_on_paper_is_recorded_at_the_desk_with_its_photo(
        self, desktop: Page, account: Callable[..., dict[str, str]], snapshot: Callable[..., None]
    ) -> None:
        enter(desktop, account, "bureau")
        desktop.goto("/admin/look-backs?when=overdue")
        snapshot(desktop, "look-backs")
        desktop.locator("td.main a").first.click()
        desktop.get_by_role("button", name="登记回头看").click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_text("饮水安全", exact=True).click()
        dialog.get_by_role("button", name="登记", exact=True).click()
        expect(dialog.locator("#error-summary")).to_contain_text("请选出复发的风险")
        dialog.get_by_text("饮水安全", exact=True).click()
        dialog.locator("input[type=file]").set_input_files(
            {"name": "入户.png", "mimeType": "image/png", "buffer": PIXEL}
        )
        expect(dialog.get_by_text("入户.png")).to_be_visible()
        snapshot(desktop, "look-back-record")
        dialog.get_by_role("button", name="登记", exact=True).click()

        expect(desktop.get_by_text("回执号").last).to_be_visible()
        expect(desktop.get_by_role("link", name="查看 入户.png")).to_be_visible()
        snapshot(desktop, "look-back")


class TestPolicy:
    def test_of_packages_and_terms_is_set_by_the_county(
        self, desktop: Page, account: Callable[..., dict[str, str]], snapshot: Callable[..., None]
    ) -> None:
        enter(desktop, account, "bureau")
        desktop.goto("/admin/policy")
        desktop.get_by_role("button", name="设定新值：帮扶套餐").click()
        dialog = desktop.get_by_role("dialog")
        snapshot(desktop, "policy-packages")
        package = dialog.locator('[data-package="disaster"]')
        package.get_by_role("button", name="增加措施").click()
        package.get_by_label("建议的措施").last.fill("房屋修缮补助")
        package.get_by_label("责任部门").last.fill("住房和城乡建设局")
        dialog.get_by_label("依据或理由").fill("县里新增灾后修缮补助")
        dialog.get_by_role("button", name="设定", exact=True).click()
        expect(dialog.locator("#error-summary")).to_contain_text("请选择措施类型")
        package.locator(".el-select__wrapper").last.click()
        desktop.get_by_role("option", name="住房安全").click()
        dialog.get_by_role("button", name="设定", exact=True).click()
        expect(desktop.locator('[data-rule="assistance_packages"]')).to_contain_text("房屋修缮补助")

        desktop.get_by_role("button", name="设定新值：集中排查").click()
        dialog.get_by_label("问题整改期限（工作日）").fill("15")
        dialog.get_by_label("依据或理由").fill("缩短整改期限")
        dialog.get_by_role("button", name="设定", exact=True).click()
        expect(desktop.locator('[data-rule="sweep"]')).to_contain_text("15 个工作日内整改销号")
        snapshot(desktop, "policy-terms")
