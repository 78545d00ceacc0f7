"""Applying, asking how it stands, objecting: forms that work without a script (MON-5, GW-5)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from gateway.gongshi import forms
from service_kit.clock import now, today
from service_kit.ids import uuid7
from service_kit.receipts import make_number

from .test_gongshi import HOSTILE, full

VILLAGE = "431081106226"
FILLED = {
    "village_code": VILLAGE,
    "head_name": "张伟明",
    "id_number": "11010519491231002X",
    "phone": "13973500001",
    "risk": "illness",
    "difficulty": "住院花费很大",
}
RECEIPT = {"number": "104839571627", "received_at": now().isoformat(), "due_on": today().isoformat()}


@pytest.fixture(autouse=True)
def risks(upstream: Any) -> None:
    upstream.get("monitoring", "/public/risks").respond(200, json={"items": [{"code": "illness", "name": "因病"}]})


def mark_in(html: str) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', html)
    assert found
    return found[1]


async def marked(browser: Any, address: str = f"/gongshi/apply?region={VILLAGE}") -> dict[str, str]:
    return {"mark": mark_in((await browser.get(address)).text)}


def problem(*errors: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "status": 422,
        "code": "validation_failed",
        "title": "填写内容有误",
        "detail": "有几处需要更正",
        "errors": [{"path": path, "code": "x", "message": words} for path, words in errors],
    } | more


class TestApplying:
    async def test_leads_to_the_village_by_plain_links(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser()
        assert "/gongshi/apply?region=431081106" in (await browser.get("/gongshi/apply?region=431081")).text
        form = await browser.get(f"/gongshi/apply?region={VILLAGE}")
        assert "道塘村" in form.text
        assert form.headers["cache-control"] == "no-store"
        assert '<option value="illness">因病</option>' in form.text

    async def test_hands_in_and_shows_the_receipt(self, gateway: Any, upstream: Any) -> None:
        route = upstream.route("POST", "monitoring", "/public/applications").respond(201, json=RECEIPT)
        browser = gateway.browser()
        mark = await marked(browser)

        answer = await browser.post("/gongshi/apply", data=FILLED | mark)
        again = await browser.post("/gongshi/apply", data=FILLED | mark)

        assert answer.status_code == 201
        assert "1048 3957 1627" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        sent = route.calls[0]
        assert orjson.loads(sent.body) == FILLED
        assert "cookie" not in sent.headers
        keys = {call.headers["idempotency-key"] for call in route.calls}
        assert len(keys) == 1, "a second tap is the same application"
        assert again.text == answer.text

    async def test_for_another_says_who_applies(self, gateway: Any, upstream: Any) -> None:
        route = upstream.route("POST", "monitoring", "/public/applications").respond(201, json=RECEIPT)
        browser = gateway.browser()
        proxy = {"proxy_name": "张小伟", "proxy_relation": "子女"}
        await browser.post("/gongshi/apply", data=FILLED | proxy | await marked(browser))
        assert orjson.loads(route.calls[0].body) == FILLED | proxy

    async def test_shows_what_is_wrong_on_top_and_at_the_field_and_keeps_what_was_typed(
        self, gateway: Any, upstream: Any
    ) -> None:
        wrong = problem(("body.id_number", "身份证号校验位不符，请核对"), ("body.phone", "电话格式不对"))
        upstream.route("POST", "monitoring", "/public/applications").respond(422, json=wrong)
        browser = gateway.browser()

        answer = await browser.post("/gongshi/apply", data=FILLED | await marked(browser))

        assert answer.status_code == 422
        assert answer.text.count("身份证号校验位不符，请核对") == 2
        assert 'href="#id_number"' in answer.text
        assert 'role="alert"' in answer.text
        assert "张伟明" in answer.text
        assert "住院花费很大" in answer.text
        assert '<option value="illness" selected>' in answer.text
        assert FILLED["id_number"] not in answer.text, "an identity number is not written into a page"

    async def test_left_empty_is_told_without_asking_the_service(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser()
        answer = await browser.post("/gongshi/apply", data={"village_code": VILLAGE} | await marked(browser))
        assert answer.status_code == 422
        assert answer.text.count("请填写") >= 5
        assert not [call for call in upstream.calls if call.method == "POST"]

    async def test_escapes_what_was_typed(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser()
        body = {"village_code": VILLAGE, "head_name": HOSTILE, "difficulty": HOSTILE} | await marked(browser)
        html = (await browser.post("/gongshi/apply", data=body)).text
        assert "<script>alert" not in html

    async def test_says_so_when_the_service_is_away(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser()
        mark = await marked(browser)
        upstream.down("monitoring")
        answer = await browser.post("/gongshi/apply", data=FILLED | mark)
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("text/html")
        assert "retry-after" in answer.headers

    async def test_tells_who_comes_too_often_how_long_to_wait(self, gateway: Any, upstream: Any) -> None:
        gateway.ctx.settings.rate_limits["public.write"] = 0
        browser = gateway.browser()
        answer = await browser.post("/gongshi/apply", data=FILLED | await marked(browser))
        assert answer.status_code == 429
        assert "再试" in answer.text
        assert "retry-after" in answer.headers

    @pytest.mark.parametrize("region", ["1", "999999", "431081106999", "x" * 500])
    async def test_with_a_broken_address_is_a_page(self, gateway: Any, upstream: Any, region: str) -> None:
        answer = await gateway.browser().get(f"/gongshi/apply?region={region}")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


class TestProtection:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ],
    )
    async def test_takes_no_form_of_another_site(self, gateway: Any, upstream: Any, headers: dict[str, str]) -> None:
        browser = gateway.browser()
        answer = await browser.post("/gongshi/apply", data=FILLED | await marked(browser), headers=headers)
        assert answer.status_code == 403

    async def test_takes_forms_of_its_own(self, gateway: Any, upstream: Any) -> None:
        upstream.route("POST", "monitoring", "/public/applications").respond(201, json=RECEIPT)
        browser = gateway.browser()
        for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://gateway.test"}, {}):
            answer = await browser.post("/gongshi/apply", data=FILLED | await marked(browser), headers=headers)
            assert answer.status_code == 201

    @pytest.mark.parametrize("mark", ["", "x", "a.b.c", f"{uuid7().hex}.1700000000.{'0' * 64}", "..."])
    async def test_takes_no_form_without_our_mark(self, gateway: Any, upstream: Any, mark: str) -> None:
        answer = await gateway.browser().post("/gongshi/apply", data=FILLED | {"mark": mark})
        assert answer.status_code == 403

    async def test_gives_an_old_form_back_with_a_fresh_mark(
        self, gateway: Any, upstream: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = gateway.browser()
        mark = await marked(browser)
        monkeypatch.setattr(forms, "_LIFETIME_SECONDS", -1)
        answer = await browser.post("/gongshi/apply", data=FILLED | mark)
        assert answer.status_code == 422
        assert "张伟明" in answer.text
        assert mark_in(answer.text) != mark["mark"]

    async def test_takes_nothing_from_a_program_that_fills_in_everything(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser()
        body = FILLED | {"website": "https://spam.example"} | await marked(browser)
        assert (await browser.post("/gongshi/apply", data=body)).status_code == 403

    @pytest.mark.parametrize("content", [b"\xff\xfe", b"a=%ff", b"&".join(b"a=1" for _ in range(100)), b"{}"])
    async def test_survives_any_body(self, gateway: Any, upstream: Any, content: bytes) -> None:
        answer = await gateway.browser().post("/gongshi/apply", content=content)
        assert answer.status_code in {403, 404, 422}


class TestProgress:
    def progress(self, **changes: Any) -> dict[str, Any]:
        steps = [
            {"name": "提交申请", "state": "done", "on": "2026-11-20", "due_on": None},
            {"name": "村级入户核实", "state": "current", "on": None, "due_on": "2026-12-01"},
        ]
        return {
            "number": "104839571627",
            "received_at": now().isoformat(),
            "steps": steps,
            "result": None,
            "result_text": None,
            "reason": None,
            "may_withdraw": True,
        } | changes

    async def test_is_found_by_number_and_phone(self, gateway: Any, upstream: Any) -> None:
        route = upstream.route("POST", "monitoring", "/public/applications/progress").respond(200, json=self.progress())
        answer = await gateway.browser().post(
            "/gongshi/progress", data={"number": "1048 3957 1627", "phone_last4": "0001"}
        )
        assert orjson.loads(route.calls[0].body) == {"number": "104839571627", "phone_last4": "0001"}
        assert "2026年11月20日已完成" in answer.text
        assert "2026年12月1日前办完" in answer.text
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(("series", "asked"), [("2", "monitoring"), ("3", "assets"), ("4", "funds")])
    async def test_of_an_objection_is_asked_of_its_service(
        self, gateway: Any, upstream: Any, series: str, asked: str
    ) -> None:
        number = make_number(series)
        body = {
            "number": number,
            "received_at": now().isoformat(),
            "state": "rejected",
            "finding": "已经核实",
            "handled_at": now().isoformat(),
        }
        upstream.route("POST", asked, "/public/objections/progress").respond(200, json=body)
        answer = await gateway.browser().post("/gongshi/progress", data={"number": number, "phone_last4": "0001"})
        assert "异议不成立" in answer.text
        assert "已经核实" in answer.text

    async def test_not_found_looks_like_an_unknown_series(self, gateway: Any, upstream: Any) -> None:
        upstream.route("POST", "monitoring", "/public/applications/progress").respond(404, json={})
        browser = gateway.browser()
        number, nowhere = make_number("1"), make_number("9")
        first = await browser.post("/gongshi/progress", data={"number": number, "phone_last4": "0001"})
        second = await browser.post("/gongshi/progress", data={"number": nowhere, "phone_last4": "0001"})
        assert first.status_code == second.status_code == 404
        assert first.text.replace(number, "") == second.text.replace(nowhere, "")

    async def test_a_slip_in_the_number_is_told(self, gateway: Any, upstream: Any) -> None:
        answer = await gateway.browser().post("/gongshi/progress", data={"number": "1048", "phone_last4": "x"})
        assert answer.status_code == 422
        assert answer.text.count("回执号应为 12 位数字") == 2
        assert answer.text.count("请填写手机号的后 4 位数字") == 2

    async def test_takes_the_application_back(self, gateway: Any, upstream: Any) -> None:
        upstream.route("POST", "monitoring", "/public/applications/progress").respond(200, json=self.progress())
        ended = self.progress(result="withdrawn", result_text="申请已撤回，不再办理。", may_withdraw=False)
        route = upstream.route("POST", "monitoring", "/public/applications/withdrawal").respond(200, json=ended)
        browser = gateway.browser()
        query = {"number": "104839571627", "phone_last4": "0001"}
        shown = await browser.post("/gongshi/progress", data=query)

        answer = await browser.post("/gongshi/withdraw", data=query | {"mark": mark_in(shown.text), "reason": ""})

        assert "申请已撤回" in answer.text
        assert "确认撤回" not in answer.text
        assert orjson.loads(route.calls[0].body) == query | {"reason": ""}


class TestObjection:
    async def test_is_raised_from_the_notice(self, gateway: Any, upstream: Any) -> None:
        notice = full()
        upstream.get("funds", f"/public/notices/{notice['id']}").respond(200, json=notice)
        receipt = {"number": make_number("4"), "received_at": now().isoformat()}
        route = upstream.route("POST", "funds", f"/public/notices/{notice['id']}/objections").respond(201, json=receipt)
        browser = gateway.browser()
        page = await browser.get(f"/gongshi/funds/{notice['id']}?county=431081")
        href = re.search(r'href="(/gongshi/funds/[^"]+/objection[^"]*)"', page.text)
        assert href
        mark = await marked(browser, href[1])

        body = {"name": "王五", "phone": "13873500001", "statement": "面积不实"}
        answer = await browser.post(href[1], data=body | mark)

        assert answer.status_code == 201
        assert "异议已收到" in answer.text
        assert orjson.loads(route.calls[0].body) == body | {"county_code": "431081"}

    async def test_is_not_offered_after_the_period(self, gateway: Any, upstream: Any) -> None:
        old = (today() - timedelta(days=20)).isoformat()
        notice = full(starts_on=old, ends_on=(today() - timedelta(days=10)).isoformat())
        upstream.get("funds", f"/public/notices/{notice['id']}").respond(200, json=notice)
        page = await gateway.browser().get(f"/gongshi/funds/{notice['id']}")
        form = await gateway.browser().get(f"/gongshi/funds/{notice['id']}/objection")
        assert "提出异议</a>" not in page.text
        assert form.status_code == 409

    async def test_too_late_is_told_in_words(self, gateway: Any, upstream: Any) -> None:
        notice = full()
        upstream.get("funds", f"/public/notices/{notice['id']}").respond(200, json=notice)
        over = problem(title="公示期已过，或公示已结束", detail="公示期已过，或公示已结束", status=409)
        upstream.route("POST", "funds", f"/public/notices/{notice['id']}/objections").respond(409, json=over)
        browser, address = gateway.browser(), f"/gongshi/funds/{notice['id']}/objection"
        body = {"name": "王五", "phone": "13873500001", "statement": "面积不实"}
        answer = await browser.post(address, data=body | await marked(browser, address))
        assert answer.status_code == 422
        assert "公示期已过" in answer.text


class TestType:
    async def test_stays_large_once_chosen(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser()
        chosen = await browser.get("/gongshi/type?size=large&to=/gongshi/progress")
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/gongshi/progress")
        assert '<html lang="zh-CN" class="large">' in (await browser.get("/gongshi/progress")).text
        await browser.get("/gongshi/type?size=normal&to=/gongshi")
        assert 'class="large"' not in (await browser.get("/gongshi/progress")).text

    @pytest.mark.parametrize(
        "to",
        [
            "https://evil.example",
            "//evil.example",
            "/admin",
            "/gongshi/..//evil.example",
            "/gongshi\\@evil.example",
            "javascript:alert(1)",
            "/gongshievil",
            "/gongshi/%0d%0aset-cookie:a=b",
        ],
    )
    async def test_leads_nowhere_else(self, gateway: Any, upstream: Any, to: str) -> None:
        answer = await gateway.browser().get("/gongshi/type", params={"size": "large", "to": to})
        assert answer.headers["location"].startswith("/gongshi")
        assert "evil.example" not in answer.headers["location"] or answer.headers["location"].count("//") == 0
        assert answer.headers.get_list("set-cookie") == [answer.headers["set-cookie"]]


class TestFilters:
    async def test_by_year_and_words(self, gateway: Any, upstream: Any) -> None:
        empty = {"items": [], "next": None, "total": None, "total_capped": False}
        routes = [
            upstream.get(name, "/public/notices").respond(200, json=empty) for name in ("monitoring", "assets", "funds")
        ]
        answer = await gateway.browser().get("/gongshi?year=2026&q=水渠")
        assert all((r.calls[0].params["year"], r.calls[0].params["q"]) == ("2026", "水渠") for r in routes)
        assert "没有符合条件的公告" in answer.text
        assert "清除条件" in answer.text

    @pytest.mark.parametrize("query", ["year=26", "year=9999", "year=abcd", "q=%00"])
    async def test_that_cannot_be_understood_give_a_page(self, gateway: Any, upstream: Any, query: str) -> None:
        answer = await gateway.browser().get(f"/gongshi?{query}")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
