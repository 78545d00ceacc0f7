"""The phone on a wire that breaks: connections die before the body, inside a photo, after the server has committed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from faulty_server import FaultyServer
from phone import (
    CADRE,
    PHONE,
    Account,
    household,
    kill_browser,
    on_disk,
    open_village,
    send_now,
    standing,
    take_photo,
    visits_at_server,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect

VISIT, PHOTO = r"^PUT /api/monitoring/visits/", r"^PUT /api/monitoring/attachments/"
PORTAL = "<html><body>欢迎使用免费上网，请先登录</body></html>"


def problem(code: str) -> str:
    return json.dumps({"type": "about:blank", "status": 0, "code": code, "title": "不行", "detail": "", "errors": []})


@pytest.fixture
def wire(live: dict[str, Any]) -> Iterator[FaultyServer]:
    gateway = httpx.URL(live["url"])
    server = FaultyServer((gateway.host, gateway.port or 80))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(browser: Browser, wire: FaultyServer) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=wire.url, **PHONE)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, account: Account) -> Page:
    page = context.new_page()
    open_village(page, account(CADRE))
    return page


def write_visit_with_photos(page: Page, photos: int) -> tuple[str, str]:
    """A visit to the first household; ids of the household and of the record."""
    house = household(page)
    page.get_by_role("button", name="登记走访").click()
    page.get_by_role("button", name="有变化，逐项登记").click()
    for place in range(photos):
        take_photo(page, place)
    page.get_by_role("button", name="填好了，去核对").click()
    page.get_by_role("button", name="确认保存").click()
    expect(standing(page)).to_be_visible()
    return house, page.url.rsplit("/", 1)[-1]


def accepted(page: Page, photos: int) -> None:
    expect(standing(page).locator(".standing-word")).to_have_text("已受理")
    if photos:
        expect(standing(page)).to_contain_text(f"照片 {photos}/{photos}")


def send_again(page: Page, record: str) -> None:
    send_now(page)
    page.goto(f"/m#/records/{record}")


def photos_at_server(account: Account, live: dict[str, Any], record: str) -> list[bool]:
    """Whether each photo of a visit is there."""
    who = account(CADRE)
    with httpx.Client(base_url=live["url"], timeout=30) as client:
        client.post("/api/session", json={"username": who["username"], "password": who["password"]}).raise_for_status()
        params = {"subject_type": "visit", "subject_id": record}
        items = client.get("/api/monitoring/attachments", params=params).raise_for_status().json()["items"]
    return [item["received_at"] is not None for item in items]


class TestTheRecord:
    @pytest.mark.parametrize("moment", ["before_body", "mid_body", "after_commit"])
    def test_is_kept_once_whenever_the_connection_dies(
        self, wire: FaultyServer, page: Page, account: Account, live: dict[str, Any], moment: Any
    ) -> None:
        # Chromium itself repeats a request whose connection died early: the server must see no second visit.
        wire.breaks(VISIT, moment, times=-1)
        house, record = write_visit_with_photos(page, 0)
        expect(standing(page)).to_contain_text("连不上服务器")
        expect(standing(page)).to_contain_text("服务器可能已经收到")
        assert (record in visits_at_server(account, live, house)) == (moment == "after_commit")

        wire.heal()
        send_again(page, record)
        accepted(page, 0)
        assert visits_at_server(account, live, house).count(record) == 1


class TestThePhotos:
    @pytest.mark.parametrize("moment", ["before_body", "mid_body", "after_commit"])
    def test_follow_their_record_however_the_connection_dies(
        self, wire: FaultyServer, page: Page, account: Account, live: dict[str, Any], moment: Any
    ) -> None:
        wire.breaks(PHOTO, moment, times=-1)
        _, record = write_visit_with_photos(page, 2)
        expect(standing(page).locator(".standing-word")).to_have_text("已受理，传照片")
        expect(standing(page)).to_contain_text("照片 0/2")
        expect(standing(page)).to_contain_text("回执号")
        expect(standing(page)).to_contain_text("连不上服务器")
        sent_records = wire.count(VISIT)

        wire.heal()
        send_again(page, record)
        accepted(page, 2)
        assert wire.count(VISIT) == sent_records, "the words are not sent again for the photos' sake"
        assert photos_at_server(account, live, record) == [True, True]

    def test_survive_the_closed_tab_between_two_of_them(
        self, wire: FaultyServer, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        wire.breaks(PHOTO, "mid_body", times=-1)
        _, record = write_visit_with_photos(page, 2)
        expect(standing(page)).to_contain_text("照片 0/2")
        page.close(run_before_unload=False)

        wire.heal()
        again = context.new_page()
        again.goto(f"/m#/records/{record}")  # opening is reason enough to send what waits
        accepted(again, 2)
        assert photos_at_server(account, live, record) == [True, True]

    def test_arrive_once_after_the_browser_is_killed_in_the_middle_of_one(
        self, wire: FaultyServer, browser: Browser, account: Account, live: dict[str, Any], tmp_path: Path
    ) -> None:
        profile = tmp_path / "profile"
        page = on_disk(browser, profile, wire.url).new_page()
        open_village(page, account(CADRE))
        wire.breaks(PHOTO, "held")
        _, record = write_visit_with_photos(page, 2)
        expect(standing(page)).to_contain_text("照片 0/2")
        while not wire.count(PHOTO):
            page.wait_for_timeout(50)
        kill_browser(profile)

        context = on_disk(browser, profile, wire.url)
        again = context.new_page()
        again.goto(f"/m#/records/{record}")
        # A browser that is killed may forget its cookies: then the person signs in again.
        renew = again.get_by_role("button", name="重新登录")
        expect(renew.or_(again.get_by_text("照片 2/2"))).to_be_visible()
        if renew.is_visible():
            renew.click()
            again.get_by_label("密码", exact=True).fill(account(CADRE)["password"])
            again.get_by_role("button", name="登录", exact=True).click()
        accepted(again, 2)
        assert photos_at_server(account, live, record) == [True, True]
        assert wire.count(VISIT) == 1, "the words had their receipt before the browser died"
        context.close()

    @pytest.mark.parametrize(
        ("status", "body", "media_type", "word"),
        [
            (200, PORTAL, "text/html", "网络要求先认证"),
            (401, problem("token_expired"), "application/problem+json", "重新登录后自动上传"),
            (409, problem("attachment_conflict"), "application/problem+json", "不行"),
            (413, "too large", "text/plain", "单独存放"),
            (429, problem("rate_limited"), "application/problem+json", "服务器忙"),
            (503, "", "text/html", "服务器忙"),
        ],
    )
    def test_stay_on_the_phone_whatever_is_answered(
        self, wire: FaultyServer, page: Page, status: int, body: str, media_type: str, word: str
    ) -> None:
        wire.answers(PHOTO, status, body, media_type)
        write_visit_with_photos(page, 1)
        expect(standing(page)).to_contain_text(word)
        expect(standing(page)).to_contain_text("照片 0/1")
        expect(standing(page)).to_contain_text("回执号")
        expect(page.get_by_text("未上传 1 条")).to_be_visible()

    def test_of_a_full_phone_are_not_said_to_be_kept(self, page: Page) -> None:
        household(page)
        page.get_by_role("button", name="登记走访").click()
        page.get_by_role("button", name="有变化，逐项登记").click()
        page.evaluate(
            """() => {
              window.realPut = IDBObjectStore.prototype.put
              IDBObjectStore.prototype.put = function (...args) {
                const request = window.realPut.apply(this, args)
                if (this.name === 'photos') this.transaction.abort()
                return request
              }
            }"""
        )
        with pytest.raises(AssertionError):
            take_photo(page)
        expect(page.get_by_text("手机空间不足", exact=False)).to_be_visible()
        expect(page.locator(".pictures img")).to_have_count(0)

        page.evaluate("() => { IDBObjectStore.prototype.put = window.realPut }")
        take_photo(page)
        expect(page.get_by_text("已拍 1 张", exact=False)).to_be_visible()
