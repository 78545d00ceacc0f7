"""The cadre's phone loses nothing: every failure of the network, the browser or a person, in a real browser.

The promises are those of the phone's offline rules: a record is "已保存" only when it is on the disk, leaves the phone
only with a receipt that names it, is sent once however often it is tapped, and never under another person's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from phone import (
    CADRE,
    PHONE,
    VISIT,
    Account,
    household,
    kill_browser,
    on_disk,
    open_village,
    send_now,
    sign_in_as,
    standing,
    visits_at_server,
    write_visit,
)
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect


@pytest.fixture
def context(browser: Browser, live: dict[str, Any]) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live["url"], **PHONE)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, account: Account) -> Page:
    """A phone with the cadre's village on it."""
    page = context.new_page()
    open_village(page, account(CADRE))
    return page


def problem(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "status": status,
        "content_type": "application/problem+json",
        "json": {
            "type": "about:blank",
            "status": status,
            "code": code,
            "title": detail,
            "detail": detail,
            "errors": [],
        },
    }


class TestWithoutANetwork:
    def test_an_unchanged_household_takes_five_taps_at_most(self, context: BrowserContext, page: Page) -> None:
        context.set_offline(True)
        page.evaluate("window.taps = 0; addEventListener('click', (e) => { if (e.isTrusted) window.taps++ }, true)")

        household(page)
        write_visit(page)

        expect(standing(page)).to_contain_text("已保存在手机上")
        assert page.evaluate("window.taps") <= 5

    def test_a_visit_survives_the_closed_tab_and_gets_its_receipt_when_the_signal_is_back(
        self, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        context.set_offline(True)
        house = household(page)
        record = write_visit(page)
        expect(standing(page)).to_contain_text("待上传")

        page.close(run_before_unload=False)
        again = context.new_page()
        again.goto("/m")
        expect(again.get_by_text("未上传 1 条")).to_be_visible()
        assert record not in visits_at_server(account, live, house)

        again.goto(f"/m#/records/{record}")
        context.set_offline(False)
        expect(standing(again)).to_contain_text("已受理")
        expect(standing(again)).to_contain_text("回执号")
        assert visits_at_server(account, live, house).count(record) == 1

    def test_a_visit_survives_the_browser_killed_right_after_saved(
        self, browser: Browser, account: Account, live: dict[str, Any], tmp_path: Path
    ) -> None:
        profile = tmp_path / "profile"
        context = on_disk(browser, profile, live["url"])
        page = context.new_page()
        open_village(page, account(CADRE))
        context.set_offline(True)
        household(page)
        record = write_visit(page)
        expect(standing(page)).to_contain_text("已保存在手机上")
        kill_browser(profile)

        context = on_disk(browser, profile, live["url"])
        context.set_offline(True)
        page = context.new_page()
        page.goto(f"/m#/records/{record}")
        expect(standing(page)).to_contain_text("待上传")
        # A browser that is killed may forget its cookies: the person signs in again.
        context.clear_cookies()
        context.set_offline(False)
        page.get_by_role("button", name="重新登录").click()
        page.get_by_label("密码", exact=True).fill(account(CADRE)["password"])
        page.get_by_role("button", name="登录", exact=True).click()
        expect(standing(page)).to_contain_text("已受理")
        context.close()

    def test_a_draft_half_written_is_there_again(self, context: BrowserContext, page: Page) -> None:
        context.set_offline(True)
        house = household(page)
        page.get_by_role("button", name="登记走访").click()
        page.get_by_role("button", name="有变化，逐项登记").click()
        page.get_by_label("情况说明").fill("老人在县医院住院")
        expect(page.get_by_text("草稿已保存")).to_be_visible()

        page.close()
        again = context.new_page()
        again.goto(f"/m#/households/{house}")
        again.get_by_role("button", name="继续填写草稿").click()
        expect(again.get_by_label("情况说明")).to_have_value("老人在县医院住院")

    def test_every_screen_opens(self, context: BrowserContext, page: Page) -> None:
        context.set_offline(True)
        for path, heading in (("settings", "设置"), ("records", "我的记录"), ("villages", "我的村")):
            page.goto(f"/m#/{path}")
            page.reload()
            expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()


class TestOnTheWay:
    def test_a_captive_portal_is_no_receipt(self, context: BrowserContext, page: Page) -> None:
        portal = "<html><body>欢迎使用免费上网,请先登录</body></html>"
        context.route(VISIT, lambda route: route.fulfill(status=200, content_type="text/html", body=portal))
        household(page)
        write_visit(page)
        expect(standing(page)).to_contain_text("网络要求先认证")
        expect(standing(page)).to_contain_text("待上传")

        context.unroute(VISIT)
        send_now(page)
        expect(page.get_by_text("已受理").first).to_be_visible()

    def test_a_connection_cut_before_the_body_is_tried_again(self, context: BrowserContext, page: Page) -> None:
        context.route(VISIT, lambda route: route.abort("connectionreset"))
        household(page)
        write_visit(page)
        expect(standing(page)).to_contain_text("连不上服务器")

        context.unroute(VISIT)
        send_now(page)
        expect(page.get_by_text("已受理").first).to_be_visible()

    def test_a_receipt_lost_on_the_way_does_not_make_a_second_visit(
        self, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        def deliver_and_cut(route: Route) -> None:
            assert route.fetch().status in (200, 201)
            route.abort("connectionreset")

        context.route(VISIT, deliver_and_cut)
        house = household(page)
        record = write_visit(page)
        expect(standing(page)).to_contain_text("服务器可能已经收到")
        assert visits_at_server(account, live, house).count(record) == 1

        context.unroute(VISIT)
        send_now(page)
        expect(page.get_by_text("已受理").first).to_be_visible()
        assert visits_at_server(account, live, house).count(record) == 1

    @pytest.mark.parametrize(
        ("answer", "state", "word"),
        [
            (problem(401, "token_expired", "登录已过期"), "待上传", "重新登录后自动上传"),
            (problem(403, "region_out_of_scope", "不在您的管辖范围"), "隔离", "不在您的管辖范围"),
            (problem(404, "not_found", "没有找到这一户"), "隔离", "没有找到这一户"),
            (problem(409, "visit_conflict", "同一编号已有不同内容"), "冲突", "同一编号已有不同内容"),
            (problem(413, "body_too_large", "内容太大"), "需修改", "内容太大"),
            (problem(422, "validation_failed", "请补充情况说明"), "需修改", "请补充情况说明"),
            (problem(429, "rate_limited", "请稍后再试") | {"headers": {"Retry-After": "60"}}, "待上传", "服务器忙"),
            (problem(503, "unavailable", "正在维护") | {"headers": {"Retry-After": "60"}}, "待上传", "服务器忙"),
            (problem(500, "internal_error", "出错了"), "待上传", "已保存在手机上"),
            ({"status": 502, "content_type": "text/html", "body": "bad gateway"}, "待上传", "服务器暂时出错"),
        ],
        ids=lambda value: str(value["status"]) if isinstance(value, dict) else None,
    )
    def test_a_refusal_is_told_in_words_and_the_record_stays(
        self, context: BrowserContext, page: Page, answer: dict[str, Any], state: str, word: str
    ) -> None:
        context.route(
            VISIT, lambda route: route.fulfill(**answer) if route.request.method == "PUT" else route.continue_()
        )
        household(page)
        record = write_visit(page)

        expect(standing(page).locator(".standing-word")).to_have_text(state)
        expect(standing(page)).to_contain_text(word)
        page.reload()
        page.goto(f"/m#/records/{record}")
        expect(standing(page).locator(".standing-word")).to_have_text(state)
        expect(page.get_by_text("未上传 1 条")).to_be_visible()

    def test_a_record_sent_back_is_mended_and_accepted_under_its_id(
        self, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        context.route(VISIT, lambda route: route.fulfill(**problem(422, "validation_failed", "请补充情况说明")))
        house = household(page)
        record = write_visit(page)
        expect(standing(page)).to_contain_text("需修改")
        context.unroute(VISIT)

        page.get_by_role("button", name="修改", exact=True).click()
        expect(page.get_by_text("请补充情况说明")).to_be_visible()
        page.get_by_label("情况说明").fill("已补充：低保按月发放")
        page.get_by_role("button", name="填好了，去核对").click()
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_contain_text("已受理")
        assert visits_at_server(account, live, house).count(record) == 1

    def test_both_sides_of_a_conflict_can_be_kept(
        self, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        sent: list[str] = []

        def conflict_once(route: Route) -> None:
            if route.request.method != "PUT" or sent:
                return route.continue_()
            sent.append(route.request.url)
            return route.fulfill(**problem(409, "visit_conflict", "同一编号已有不同内容"))

        context.route(VISIT, conflict_once)
        house = household(page)
        before = len(visits_at_server(account, live, house))
        write_visit(page)
        expect(standing(page)).to_contain_text("冲突")
        expect(page.get_by_role("heading", name="服务器上的")).to_be_visible()

        page.get_by_role("button", name="两份都留").click()
        expect(standing(page)).to_contain_text("已受理")
        assert len(visits_at_server(account, live, house)) == before + 1


class TestHandsAndTabs:
    def test_a_double_tap_makes_one_record(
        self, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        house = household(page)
        before = len(visits_at_server(account, live, house))
        page.get_by_role("button", name="登记走访").click()
        page.get_by_role("button", name="一切正常，没有变化").click()
        page.get_by_role("button", name="确认保存").evaluate(
            "(button) => { button.click(); button.click(); button.click() }"
        )
        expect(standing(page)).to_contain_text("已受理")
        page.goto("/m#/records")
        expect(page.locator(".row")).to_have_count(1)
        assert len(visits_at_server(account, live, house)) == before + 1

    def test_two_tabs_upload_each_record_once(self, context: BrowserContext, page: Page) -> None:
        puts: list[str] = []

        def count(request: Request) -> None:
            if request.method == "PUT":
                puts.append(request.url)

        context.on("request", count)
        other = context.new_page()
        other.goto("/m#/records")
        context.set_offline(True)
        for place in range(3):
            page.goto("/m#/")
            household(page, place)
            write_visit(page)
        expect(other.locator(".row")).to_have_count(3)

        context.set_offline(False)
        page.goto("/m#/records")
        for tab in (page, other):
            expect(tab.locator(".state[data-state=accepted]")).to_have_count(3)
        assert len(puts) == len(set(puts)) == 3

    def test_another_person_neither_sees_nor_sends_what_the_first_left(
        self, context: BrowserContext, page: Page, account: Account, live: dict[str, Any]
    ) -> None:
        context.set_offline(True)
        house = household(page)
        record = write_visit(page)
        context.clear_cookies()
        context.set_offline(False)
        expect(page.get_by_text("登录已过期", exact=False).first).to_be_visible()
        page.goto("/m#/settings")
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_text("只有您重新登录才会上传", exact=False)).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
        expect(page.get_by_text("这台手机上有 1 条未上传的记录", exact=False)).to_be_visible()

        sign_in_as(page, account("township"))
        expect(page.get_by_role("heading", name="下载我的村")).to_be_visible()
        page.goto("/m#/records")
        expect(page.get_by_text("还没有走访记录", exact=False)).to_be_visible()
        assert record not in visits_at_server(account, live, house)

        page.goto("/m#/settings")
        page.get_by_role("button", name="退出登录").click()
        page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
        sign_in_as(page, account(CADRE))
        page.goto(f"/m#/records/{record}")
        expect(standing(page)).to_contain_text("已受理")
        assert visits_at_server(account, live, house).count(record) == 1

    def test_signing_out_leaves_nothing_to_read(self, page: Page) -> None:
        page.goto("/m#/settings")
        page.get_by_role("button", name="退出登录").click()
        page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
        expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
        left = page.evaluate(
            """async () => {
              const db = await new Promise((done) => {
                const open = indexedDB.open('linkage-m'); open.onsuccess = () => done(open.result)
              })
              const stores = ['packs', 'receipts', 'drafts', 'outbox', 'keys']
              const tx = db.transaction(stores)
              return Promise.all(stores.map((name) => new Promise((done) => {
                const count = tx.objectStore(name).count(); count.onsuccess = () => done(count.result)
              })))
            }"""
        )
        assert left == [0, 0, 0, 0, 0]


class TestTheDevice:
    def test_a_full_phone_says_so_and_keeps_the_page(self, page: Page) -> None:
        # A full phone shows as an aborted transaction. (A real quota is read by Chromium only every 30 s.)
        household(page)
        page.get_by_role("button", name="登记走访").click()
        page.get_by_role("button", name="一切正常，没有变化").click()
        page.evaluate(
            """() => {
              window.realPut = IDBObjectStore.prototype.put
              IDBObjectStore.prototype.put = function (...args) {
                const request = window.realPut.apply(this, args)
                if (this.name === 'outbox') this.transaction.abort()
                return request
              }
            }"""
        )
        page.get_by_role("button", name="确认保存").click()
        expect(page.get_by_text("手机空间不足", exact=False)).to_be_visible()
        expect(page.get_by_text("已保存在手机上")).to_have_count(0)

        page.evaluate("() => { IDBObjectStore.prototype.put = window.realPut }")
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_contain_text("已受理")

    @pytest.mark.parametrize(("days", "word"), [(2, "快"), (-2, "慢")])
    def test_a_clock_two_days_off_is_pointed_out_and_the_visit_still_accepted(
        self, context: BrowserContext, account: Account, days: int, word: str
    ) -> None:
        context.add_init_script(
            f"""{{ const off = {days} * 86400000, Real = Date
              globalThis.Date = class extends Real {{
                constructor(...a) {{ if (a.length) super(...a); else super(Real.now() + off) }}
                static now() {{ return Real.now() + off }}
              }} }}"""
        )
        page = context.new_page()
        open_village(page, account(CADRE))
        page.reload()
        expect(page.get_by_text(f"手机时间比服务器{word}了约 2 天", exact=False)).to_be_visible()
        household(page)
        write_visit(page)
        expect(standing(page)).to_contain_text("已受理")

    def test_unsent_records_can_be_taken_away_as_a_file(self, context: BrowserContext, page: Page) -> None:
        context.set_offline(True)
        house = household(page)
        record = write_visit(page)
        page.goto("/m#/settings")
        with page.expect_download() as download:
            page.get_by_role("button", name="导出未上传的 1 条记录").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert record in text
        assert house in text
