"""The archives at the desk: see them, export them, watch the export, and have the file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastexcel
import httpx
from playwright.sync_api import Page, expect
from service_kit.ids import uuid7

VILLAGE = "431081106226"
Account = Callable[..., dict[str, str]]
Snapshot = Callable[..., None]


def enter(page: Page, who: dict[str, str]) -> None:
    page.goto("/admin")
    page.get_by_label("用户名").fill(who["username"])
    page.get_by_label("密码", exact=True).fill(who["password"])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="登录")).to_be_hidden()


class TestArchives:
    def test_from_the_county_to_a_card_and_to_paper(
        self, desktop: Page, account: Account, snapshot: Snapshot, tmp_path: Path
    ) -> None:
        enter(desktop, account("bureau"))
        desktop.get_by_role("link", name="档案").click()
        expect(desktop.get_by_role("heading", name="资兴市 县级档案")).to_be_visible()
        snapshot(desktop, "archives-county")
        desktop.get_by_role("link", name="州门司镇").click()
        expect(desktop.get_by_role("heading", name="州门司镇 乡镇台账")).to_be_visible()
        desktop.get_by_role("link", name="道塘村").click()
        expect(desktop.get_by_role("heading", name="道塘村 农户花名册")).to_be_visible()
        desktop.locator("table tbody a").first.click()
        expect(desktop.get_by_role("heading", name="家庭成员")).to_be_visible()
        assert "********" in desktop.content()

        desktop.get_by_role("button", name="打印户卡").click()
        desktop.get_by_role("button", name="开始导出").click()
        link = desktop.get_by_role("link", name="下载")
        expect(link).to_be_visible(timeout=60_000)
        with desktop.expect_download() as download:
            link.click()
        download.value.save_as(tmp_path / "card.pdf")

        assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF-")
        desktop.goto("/admin/archives/exports")
        expect(desktop.get_by_text("已生成").first).to_be_visible()

    def test_a_workbook_shows_masked_numbers_unless_a_reason_is_given(
        self, sign_in: Callable[..., httpx.Client]
    ) -> None:
        client = sign_in("bureau")
        params = {"region": VILLAGE, "status": "monitored", "format": "xlsx"}
        masked = exported(client, "household_cards", params)
        assert all("*" in number for number in numbers(masked))
        full = exported(client, "household_cards", params | {"unmask": True, "reason": "县级比对核实"})
        assert not any("*" in number for number in numbers(full))
        entries = sign_in("audit_admin").get("/api/monitoring/audit", params={"action": "export.order"}).json()["items"]
        assert entries[0]["detail"]["reason"] == "县级比对核实"

    def test_a_township_cannot_print_another(self, sign_in: Callable[..., httpx.Client]) -> None:
        client = sign_in("township")
        order: dict[str, Any] = {"kind": "ledger", "params": {"region": "431081105"}}
        answer = client.post("/api/monitoring/exports", json=order, headers={"Idempotency-Key": "another-township"})
        assert answer.status_code == 403


def exported(client: httpx.Client, kind: str, params: dict[str, Any]) -> bytes:
    """Order, wait, fetch: as the screen does."""
    order = {"kind": kind, "params": params}
    answer = client.post("/api/monitoring/exports", json=order, headers={"Idempotency-Key": str(uuid7())})
    assert answer.status_code == 202, answer.text
    job = answer.json()
    until = time.monotonic() + 60
    while job["state"] not in {"done", "failed"} and time.monotonic() < until:
        time.sleep(0.3)
        job = client.get(f"/api/monitoring/exports/{job['id']}").json()
    assert job["state"] == "done", job
    return client.get(f"/api/monitoring/exports/{job['id']}/content").content


def numbers(content: bytes) -> list[str]:
    sheet = fastexcel.read_excel(content).load_sheet(0, header_row=2, dtypes="string").to_polars()
    return [number for number in sheet["证件号码"] if number]
