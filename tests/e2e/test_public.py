"""What the public does by itself: reading, applying, asking how it stands, objecting — with and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from desk import enter
from playwright.sync_api import Browser, Page, expect
from service_kit.receipts import make_number
from service_kit.validators import resident_id_check_digit

Account = Callable[..., dict[str, str]]
Snapshot = Callable[..., None]

WAY = ("资兴市", "州门司镇", "道塘村")


@pytest.fixture(params=["script", "no-script"])
def visitor(request: pytest.FixtureRequest, browser: Browser, live: dict[str, Any]) -> Iterator[Page]:
    """A phone that runs scripts, and one that does not."""
    context = browser.new_context(
        base_url=live["url"],
        viewport={"width": 360, "height": 740},
        locale="zh-CN",
        java_script_enabled=request.param == "script",
    )
    yield context.new_page()
    context.close()


_serial = iter(range(100, 1000))


def id_number() -> str:
    first = f"43108119790305{next(_serial):03d}"
    return first + resident_id_check_digit(first)


def choose_village(page: Page) -> None:
    page.goto("/gongshi")
    page.get_by_role("link", name="自主申请", exact=True).first.click()
    for name in WAY:
        link = page.get_by_role("main").get_by_role("link", name=name)
        if link.count():
            link.first.click()
    expect(page.get_by_label("户主姓名")).to_be_visible()


def fill_in(page: Page, **changes: str) -> None:
    filled = {
        "户主姓名": "测试申请人",
        "户主身份证号": id_number(),
        "联系电话": f"1397350{next(_serial):04d}",
        "困难情况": "住院花费很大，家里只有一个劳动力",
    } | changes
    for label, value in filled.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("主要困难类型").select_option(label="因病")


class TestApplication:
    def test_is_handed_in_followed_and_taken_back(self, visitor: Page, snapshot: Snapshot) -> None:
        choose_village(visitor)
        fill_in(visitor, 联系电话="13973505678")
        visitor.get_by_role("button", name="提交申请").click()
        expect(visitor.get_by_role("heading", name="申请已受理")).to_be_visible()
        number = visitor.locator(".receipt").inner_text()
        assert re.fullmatch(r"\d{4} \d{4} \d{4}", number)
        assert number.replace(" ", "") not in visitor.url
        snapshot(visitor, "gongshi-receipt")

        visitor.get_by_role("link", name="查询进度").first.click()
        visitor.get_by_label("回执号").fill(number)
        visitor.get_by_label("手机号后 4 位").fill("5678")
        visitor.get_by_role("button", name="查询").click()
        expect(visitor.locator("[aria-current=step]")).to_contain_text("村级入户核实")
        assert "测试申请人" not in visitor.content()
        snapshot(visitor, "gongshi-progress")

        visitor.get_by_text("撤回申请").click()
        visitor.get_by_role("button", name="确认撤回").click()
        expect(visitor.get_by_text("申请已撤回")).to_be_visible()

    def test_shows_what_is_wrong_where_it_is_wrong(self, visitor: Page, snapshot: Snapshot) -> None:
        choose_village(visitor)
        fill_in(visitor, 户主身份证号="431081197903051234", 联系电话="123")
        visitor.get_by_role("button", name="提交申请").click()
        expect(visitor.get_by_role("alert")).to_contain_text("2 处需要更正")
        expect(visitor.get_by_label("户主身份证号")).to_have_attribute("aria-invalid", "true")
        expect(visitor.get_by_label("户主姓名")).to_have_value("测试申请人")
        expect(visitor.get_by_label("户主身份证号")).to_have_value("")
        snapshot(visitor, "gongshi-errors")
        visitor.get_by_role("alert").get_by_role("link").first.click()
        assert visitor.url.endswith("#id_number")

    def test_reaches_the_cadre(self, phone: Page, desktop: Page, account: Account, snapshot: Snapshot) -> None:
        choose_village(phone)
        name = f"张{chr(0x4E00 + next(_serial))}{chr(0x5200 + next(_serial))}"
        fill_in(phone, 户主姓名=name)
        phone.get_by_role("button", name="提交申请").click()
        expect(phone.get_by_role("heading", name="申请已受理")).to_be_visible()

        enter(desktop, account("bureau"))
        desktop.goto("/admin/applications")
        snapshot(desktop, "admin-applications")
        desktop.get_by_role("link", name=name).click()
        expect(desktop.get_by_role("heading", name=f"{name}户的申请")).to_be_visible()
        snapshot(desktop, "admin-application")
        desktop.get_by_label("姓名或拼音首字母").fill("张")
        desktop.get_by_role("button", name=re.compile("核对到")).first.click()
        expect(desktop.get_by_text("已受理").first).to_be_visible()
        desktop.get_by_role("link", name="打开案卷").click()
        expect(desktop.get_by_text("入户核实").first).to_be_visible()


class TestObjection:
    def test_is_raised_answered_and_read(
        self, visitor: Page, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        visitor.goto("/gongshi?kind=funds")
        visitor.locator("a.title").first.click()
        visitor.get_by_role("link", name="对这条公告提出异议").click()
        visitor.get_by_label("您的姓名").fill("王五")
        visitor.get_by_label("联系电话").fill(f"1387350{next(_serial):04d}")
        words = f"公告的金额与实际不符{next(_serial)}"
        visitor.get_by_label("异议内容").fill(words)
        visitor.get_by_role("button", name="提交异议").click()
        expect(visitor.get_by_role("heading", name="异议已收到")).to_be_visible()

        enter(desktop, account("finance"))
        desktop.goto("/admin/objections?state=open")
        row = desktop.get_by_role("row").filter(has_text=words)
        expect(row).to_be_visible()
        snapshot(desktop, "admin-objections")
        row.get_by_role("button", name=re.compile("答复")).click()
        desktop.get_by_text("异议不成立").click()
        desktop.get_by_label("调查情况和答复").fill("经核实，金额无误")
        desktop.get_by_role("dialog").get_by_role("button", name="答复", exact=True).click()
        expect(row).to_be_hidden()


class TestPages:
    def test_are_read_in_large_type(self, visitor: Page, snapshot: Snapshot) -> None:
        visitor.goto("/gongshi")
        visitor.get_by_role("link", name="大字版").click()
        expect(visitor.locator("html")).to_have_class("large")
        snapshot(visitor, "gongshi-large")
        visitor.get_by_role("link", name="标准字号").click()
        expect(visitor.locator("html")).not_to_have_class("large")

    def test_never_scroll_sideways_on_a_phone(self, phone: Page) -> None:
        for path in ("/gongshi", "/gongshi/apply", "/gongshi/progress"):
            phone.goto(path)
            assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

    def test_are_filtered_by_words(self, visitor: Page) -> None:
        visitor.goto("/gongshi")
        visitor.get_by_label("标题").fill("没有这样的公告")
        visitor.get_by_role("button", name="查看").click()
        expect(visitor.get_by_text("没有符合条件的公告")).to_be_visible()


class TestStrangers:
    def test_cannot_ride_on_somebodys_session(self, live: dict[str, Any], account: Account) -> None:
        who = account("bureau")
        with httpx.Client(base_url=live["url"]) as client:
            client.post("/api/session", json={"username": who["username"], "password": who["password"]})
            answer = client.get("/api/public/monitoring/households")
            assert answer.status_code == 404
            assert client.get("/api/public/monitoring/../households").status_code in {404, 401}

    def test_cannot_try_receipt_numbers_through(self, live: dict[str, Any]) -> None:
        with httpx.Client(base_url=live["url"], headers={"x-forwarded-for": "203.0.113.9"}) as client:
            path, number = "/api/public/monitoring/applications/progress", make_number("1")
            statuses = [
                client.post(path, json={"number": number, "phone_last4": f"{n:04}"}).status_code for n in range(12)
            ]
        assert statuses[:10] == [404] * 10
        assert statuses[-1] == 429
