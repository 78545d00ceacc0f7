"""Public notices (GW-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from service_kit.clock import now, today
from service_kit.ids import uuid7

HOSTILE = "<script>alert(1)</script>\"'&公告"


def notice(minutes_ago: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "county_code": "431081",
        "region_code": "431081106",
        "region_name": "州门司镇",
        "kind": "funds.allocation",
        "title": "资金分配公告",
        "document_number": "资财农〔2026〕1号",
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=10)).isoformat(),
        "published_at": (now() - timedelta(minutes=minutes_ago)).isoformat(),
    } | changes


def full(**changes: Any) -> dict[str, Any]:
    return notice() | {"paragraphs": ["第一段"], "table": None, "subject_type": "x", "subject_id": "y"} | changes


def lists(upstream: Any, **items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        service: upstream.get(service, "/public/notices").respond(
            200, json={"items": items.get(service, []), "next": None, "total": None, "total_capped": False}
        )
        for service in ("monitoring", "assets", "funds")
    }


class TestList:
    async def test_shows_the_newest_of_all_services_first(self, gateway: Any, upstream: Any) -> None:
        lists(
            upstream,
            funds=[notice(5, title="其二"), notice(50, title="其四")],
            assets=[notice(1, title="其一", kind="assets.registered")],
            monitoring=[notice(20, title="其三", kind="monitoring.x")],
        )

        answer = await gateway.browser().get("/gongshi")

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        places = [answer.text.index(title) for title in ("其一", "其二", "其三", "其四")]
        assert places == sorted(places)
        assert "公示中" in answer.text

    async def test_goes_on_where_the_page_before_ended(self, gateway: Any, upstream: Any) -> None:
        rows = {
            "funds": [notice(2 * n, title=f"资金{n:02}") for n in range(20)],
            "assets": [notice(2 * n + 1, title=f"资产{n:02}") for n in range(20)],
        }
        routes = lists(upstream, **rows)
        first = await gateway.browser().get("/gongshi")

        href = first.text.split('rel="next"')[0].rpartition('href="')[2].rstrip('" ').replace("&amp;", "&")
        await gateway.browser().get(href)

        assert first.text.count('<a class="title"') == 20
        cursors = {route.calls[1].params["cursor"] for route in routes.values()}
        assert len(cursors) == 1

    async def test_is_filtered_by_region_and_kind(self, gateway: Any, upstream: Any) -> None:
        routes = lists(upstream, funds=[notice()])

        answer = await gateway.browser().get("/gongshi?region=431081106&kind=funds.allocation")

        asked = routes["funds"].calls[0].params
        assert (asked["region"], asked["kind"]) == ("431081106", "funds.allocation")
        assert not routes["assets"].called
        assert "州门司镇公告公示" in answer.text
        assert 'value="funds.allocation" selected' in answer.text

    async def test_leads_down_through_the_regions(self, gateway: Any, upstream: Any) -> None:
        lists(upstream)

        answer = await gateway.browser().get("/gongshi?region=431081")

        assert "/gongshi?region=431081106" in answer.text
        assert "/gongshi?region=4310" in answer.text

    async def test_says_which_service_is_missing(self, gateway: Any, upstream: Any) -> None:
        lists(upstream, funds=[notice(title="还在的公告")])
        upstream.down("assets")

        answer = await gateway.browser().get("/gongshi")

        assert answer.status_code == 200
        assert "“资产登记”的公告暂时取不到" in answer.text
        assert "还在的公告" in answer.text
        assert answer.headers["cache-control"] == "no-store"

    async def test_says_that_there_is_nothing_yet(self, gateway: Any, upstream: Any) -> None:
        lists(upstream)
        assert "这里还没有公告" in (await gateway.browser().get("/gongshi")).text

    async def test_escapes_what_services_send(self, gateway: Any, upstream: Any) -> None:
        lists(upstream, funds=[notice(title=HOSTILE, region_name=HOSTILE, document_number=HOSTILE, kind=HOSTILE)])

        html = (await gateway.browser().get("/gongshi")).text

        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html

    @pytest.mark.parametrize(
        "query", ["region=1", "region=abc", "region=999999", "kind=<x>", "cursor=x", "region=431081&cursor=WzFd"]
    )
    async def test_answers_a_broken_address_with_a_page(self, gateway: Any, upstream: Any, query: str) -> None:
        lists(upstream)

        answer = await gateway.browser().get(f"/gongshi?{query}")

        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert "从公告首页" in answer.text


class TestPage:
    def shows(self, upstream: Any, body: dict[str, Any]) -> str:
        upstream.get("funds", f"/public/notices/{body['id']}").respond(200, json=body)
        return f"/gongshi/funds/{body['id']}?county=431081"

    async def test_shows_text_and_table(self, gateway: Any, upstream: Any) -> None:
        table = {"columns": ["地区", "金额（元）"], "rows": [["州门司镇", "1234.50"]]}
        address = self.shows(upstream, full(paragraphs=["现将结果公告如下。"], table=table))

        answer = await gateway.browser().get(address)

        assert "现将结果公告如下。" in answer.text
        assert '<td class="n">1234.50</td>' in answer.text
        assert '<th scope="col">地区</th>' in answer.text
        assert "年" in answer.text

    async def test_escapes_what_services_send(self, gateway: Any, upstream: Any) -> None:
        table = {"columns": [HOSTILE], "rows": [[HOSTILE]]}
        address = self.shows(upstream, full(title=HOSTILE, paragraphs=[HOSTILE], table=table))

        html = (await gateway.browser().get(address)).text

        assert "<script>alert" not in html

    async def test_runs_nothing_but_its_own_script(self, gateway: Any, upstream: Any) -> None:
        answer = await gateway.browser().get(self.shows(upstream, full()))

        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy

    async def test_is_small_and_says_its_language(self, gateway: Any, upstream: Any) -> None:
        answer = await gateway.browser().get(self.shows(upstream, full()))

        assert len(answer.content) < 15_000
        assert '<html lang="zh-CN">' in answer.text

    @pytest.mark.parametrize("address", ["funds/x", "postgres/1", "funds/00000000-0000-7000-8000-000000000000"])
    async def test_that_is_not_there(self, gateway: Any, upstream: Any, address: str) -> None:
        upstream.route(service="funds").respond(404, json={})

        answer = await gateway.browser().get(f"/gongshi/{address}")

        assert answer.status_code == 404
        assert "没有这条公告" in answer.text

    async def test_says_when_the_service_is_down(self, gateway: Any, upstream: Any) -> None:
        upstream.down("funds")

        answer = await gateway.browser().get(f"/gongshi/funds/{uuid7()}")

        assert answer.status_code == 503
        assert "“资金台账”暂时连接不上" in answer.text
