"""Composed pages (GW-2)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web
from service_kit.ids import uuid7

MONITORING = {
    "region": {"code": "431081", "name": "资兴市", "level": "county"},
    "population": {"people": 55633, "households": 18000},
    "lifted": {"households": 1659, "people": 4515},
    "monitored": {"households": 119, "people": 244, "by_class": {"marginal": 60}, "by_risk": {"illness": 80}},
    "villages": {"total": 37, "by_type": {"lifted": 20}},
    "children": [
        {
            "code": "431081106",
            "name": "州门司镇",
            "level": "township",
            "population": {"people": 9000, "households": 3000},
            "lifted": {"households": 300, "people": 900},
            "monitored": {"households": 20, "people": 40},
            "villages": {"total": 6, "by_type": {}},
        }
    ],
}
POOL = {"id": "p", "year": 2026, "source_level": "central", "received": "100.00"}
FUNDS = {
    "region": {"code": "431081"},
    "funds": {
        "year": 2026,
        "received": "100.00",
        "allocated": "60.00",
        "allocated_industry": "40.00",
        "allocated_other": "20.00",
        "industry_share_bp": 6667,
        "floor_bp": 5500,
        "headroom_other": "25.00",
        "headroom_total": "40.00",
        "by_source": [POOL],
    },
    "children": [
        {"code": "431081107", "name": "黄草镇", "funds": {"allocated": "60.00", "allocated_industry": "40.00"}}
    ],
}
ASSETS = {
    "region": {"code": "431081"},
    "assets": {"count": 3, "value": "9.00", "by_kind": {"operating": {"count": 3, "value": "9.00"}}},
    "children": [{"code": "431081106", "name": "州门司镇", "assets": {"count": 3, "value": "9.00"}}],
}


def overview_answers(upstream: Any, **changed: Any) -> dict[str, Any]:
    answers = {"monitoring": MONITORING, "funds": FUNDS, "assets": ASSETS}
    routes = {}
    for service, answer in answers.items():
        route = upstream.get(service, "/overview")
        change = changed.get(service)
        routes[service] = route.does(change) if change else route.respond(200, json=answer)
    return routes


class TestOverviewPage:
    async def test_puts_three_services_side_by_side(self, gateway: Any, upstream: Any) -> None:
        routes = overview_answers(upstream)
        browser = await gateway.signed_in("bureau")

        page = await browser.ok("GET", "/api/pages/overview?region=431081")

        assert page["region"]["name"] == "资兴市"
        assert [above["name"] for above in page["region"]["ancestors"]] == ["湖南省", "郴州市"]
        assert page["population"] == {"people": 55633, "households": 18000}
        assert page["lifted"] == {"households": 1659, "people": 4515}
        assert page["funds"]["industry_share"] == 0.6667
        assert page["funds"]["floor"] == 0.55
        assert page["funds"]["headroom"] == "25.00"
        assert page["funds"]["by_source"] == [POOL]
        assert page["assets"]["by_kind"]["operating"]["count"] == 3
        assert page["unavailable"] == []
        zhou, huang = page["children"]
        assert (zhou["name"], zhou["assets"]["count"], zhou["funds"]) == ("州门司镇", 3, None)
        assert (huang["name"], huang["level"], huang["population"]) == ("黄草镇", "township", None)
        assert huang["funds"]["allocated"] == "60.00"
        assert routes["funds"].calls[0].params["region"] == "431081"

    async def test_is_about_the_own_region_without_another(self, gateway: Any, upstream: Any) -> None:
        routes = overview_answers(upstream)
        browser = await gateway.signed_in("bureau", "431081106")

        assert (await browser.ok("GET", "/api/pages/overview"))["region"]["code"] == "431081106"
        assert routes["assets"].calls[0].params["region"] == "431081106"

    async def test_of_the_nation_asks_without_a_region(self, gateway: Any, upstream: Any) -> None:
        routes = overview_answers(upstream)
        browser = await gateway.signed_in("auditor", "")

        page = await browser.ok("GET", "/api/pages/overview")

        assert page["region"] == {"code": "", "name": "全国", "level": "nation", "ancestors": []}
        assert "region" not in routes["monitoring"].calls[0].params

    @pytest.mark.parametrize("down", ["monitoring", "funds", "assets"])
    async def test_serves_the_rest_when_a_service_is_down(self, gateway: Any, upstream: Any, down: str) -> None:
        overview_answers(upstream)
        upstream.down(down)
        browser = await gateway.signed_in("bureau")

        page = await browser.ok("GET", "/api/pages/overview?region=431081")

        missing = page["unavailable"]
        assert [(part["part"], part["service"], part["code"]) for part in missing] == [
            (down, down, "service_unavailable")
        ]
        assert "暂时连接不上" in missing[0]["reason"]
        assert (page["population"] is None) is (down == "monitoring")
        assert (page["funds"] is None) is (down == "funds")
        assert (page["assets"] is None) is (down == "assets")

    async def test_does_not_wait_for_a_slow_service(self, gateway: Any, upstream: Any, slow: Any) -> None:
        overview_answers(upstream, assets=slow)
        browser = await gateway.signed_in("bureau")
        started = time.perf_counter()

        page = await browser.ok("GET", "/api/pages/overview?region=431081")

        assert time.perf_counter() - started < 5
        assert page["unavailable"][0]["code"] == "service_timeout"
        assert page["population"]["people"] == 55633

    async def test_asks_all_at_the_same_time(self, gateway: Any, upstream: Any) -> None:
        together = asyncio.Barrier(3)

        def answering(body: Any) -> Any:
            async def answer(_: web.BaseRequest) -> web.Response:
                await together.wait()
                return web.json_response(body)

            return answer

        overview_answers(upstream, monitoring=answering(MONITORING), funds=answering(FUNDS), assets=answering(ASSETS))
        browser = await gateway.signed_in("bureau")

        assert (await browser.ok("GET", "/api/pages/overview?region=431081"))["unavailable"] == []

    async def test_asks_once_for_all_who_ask_at_the_same_time(self, gateway: Any, upstream: Any) -> None:
        routes = overview_answers(upstream)
        browser = await gateway.signed_in("bureau")
        await browser.ok("GET", "/api/pages/overview?region=431081")

        pages = await asyncio.gather(*(browser.ok("GET", "/api/pages/overview?region=431081") for _ in range(16)))

        assert all(page == pages[0] for page in pages)
        assert len(routes["monitoring"].calls) < 8

    async def test_is_never_shared_with_who_may_see_other_things(self, gateway: Any, upstream: Any) -> None:
        routes = overview_answers(upstream)
        bureau, township, keeper = [
            await gateway.signed_in(role, region)
            for role, region in (("bureau", "431081"), ("township", "431081106"), ("asset_keeper", "431081106"))
        ]

        county, own, kept = await asyncio.gather(
            *(browser.ok("GET", "/api/pages/overview?region=431081106") for browser in (bureau, township, keeper))
        )

        assert len(routes["monitoring"].calls) == 3
        assert county["unavailable"] == []
        assert [part["part"] for part in own["unavailable"]] == ["funds"]
        assert [part["part"] for part in kept["unavailable"]] == ["funds"]
        assert len({call.headers["authorization"] for call in routes["monitoring"].calls}) == 3

    async def test_leaves_out_what_the_person_may_not_see(self, gateway: Any, upstream: Any) -> None:
        routes = overview_answers(upstream)
        browser = await gateway.signed_in("village_cadre", "431081106226")

        page = await browser.ok("GET", "/api/pages/overview")

        assert [(part["part"], part["code"]) for part in page["unavailable"]] == [("funds", "forbidden")]
        assert not routes["funds"].called

    @pytest.mark.parametrize("region", ["431027", "43", "431081199"])
    async def test_of_elsewhere_or_nowhere_is_not_found(self, gateway: Any, upstream: Any, region: str) -> None:
        overview_answers(upstream)
        browser = await gateway.signed_in("bureau")
        await browser.refused("GET", f"/api/pages/overview?region={region}", 404, "not_found")

    @pytest.mark.parametrize("region", ["1", "abc", "", "4310810000000"])
    async def test_bad_input(self, gateway: Any, region: str) -> None:
        browser = await gateway.signed_in("bureau")
        await browser.refused("GET", "/api/pages/overview", 422, params={"region": region})


class TestVillagePage:
    def answers(self, upstream: Any) -> None:
        upstream.get("monitoring", "/villages/431081106226").respond(200, json={"code": "431081106226"})
        upstream.get("monitoring", "/households").respond(200, json={"items": [1], "next": None})
        upstream.get("monitoring", "/visits").respond(200, json={"items": [2]})
        upstream.get("assets", "/assets").respond(200, json={"items": [3]})
        upstream.get("funds", "/allocations").respond(200, json={"items": [4]})

    async def test_puts_the_services_answers_side_by_side(self, gateway: Any, upstream: Any) -> None:
        self.answers(upstream)
        browser = await gateway.signed_in("bureau")

        page = await browser.ok("GET", "/api/pages/villages/431081106226")

        assert page["region"]["name"] == "道塘村"
        assert page["village"] == {"code": "431081106226"}
        assert [page[part]["items"] for part in ("households", "visits", "assets", "funds")] == [[1], [2], [3], [4]]
        asked = [call for call in upstream.calls if call.target != "/villages/431081106226"]
        assert len(asked) == 4
        assert all(call.params["region"] == "431081106226" for call in asked)

    async def test_is_not_found_when_the_village_is_not(self, gateway: Any, upstream: Any) -> None:
        self.answers(upstream)
        upstream.get("monitoring", "/villages/431081106226").respond(404, json={})
        browser = await gateway.signed_in("bureau")

        await browser.refused("GET", "/api/pages/villages/431081106226", 404, "not_found")

    async def test_of_another_region_asks_nobody(self, gateway: Any, upstream: Any) -> None:
        browser = await gateway.signed_in("bureau", "431027")
        await browser.refused("GET", "/api/pages/villages/431081106226", 404, "not_found")
        assert not upstream.calls

    async def test_is_served_although_the_main_service_is_down(self, gateway: Any, upstream: Any) -> None:
        upstream.down("monitoring")
        upstream.get("assets", "/assets").respond(200, json={"items": []})
        upstream.get("funds", "/allocations").respond(500)
        browser = await gateway.signed_in("bureau")

        page = await browser.ok("GET", "/api/pages/villages/431081106226")

        assert page["village"] is None
        assert {part["part"]: part["code"] for part in page["unavailable"]} == {
            "village": "service_unavailable",
            "households": "service_unavailable",
            "visits": "service_unavailable",
            "funds": "service_failed",
        }


class TestHouseholdPage:
    async def test_puts_the_services_answers_side_by_side(self, gateway: Any, upstream: Any) -> None:
        household = str(uuid7())
        dossier = {"household": {"id": household}, "history": {"items": [1]}, "visits": {"items": [2]}}
        upstream.get("monitoring", f"/households/{household}/dossier").respond(200, json=dossier)
        assets = upstream.get("assets", "/assets").respond(200, json={"items": [3]})
        browser = await gateway.signed_in("township", "431081106")

        page = await browser.ok("GET", f"/api/pages/households/{household}")

        assert page == dossier | {"assets": {"items": [3]}, "unavailable": []}
        assert assets.calls[0].params["household_id"] == household

    async def test_is_served_although_the_main_service_is_down(self, gateway: Any, upstream: Any) -> None:
        upstream.down("monitoring")
        upstream.get("assets", "/assets").respond(200, json={"items": []})
        browser = await gateway.signed_in("bureau")

        page = await browser.ok("GET", f"/api/pages/households/{uuid7()}")

        assert (page["household"], page["history"], page["visits"]) == (None, None, None)
        assert page["assets"] == {"items": []}
        assert [(part["part"], part["code"]) for part in page["unavailable"]] == [
            (part, "service_unavailable") for part in ("household", "history", "visits")
        ]

    async def test_says_so_when_the_person_may_not_see_visits(
        self, gateway: Any, upstream: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        may = frozenset({"gateway.session:use", "monitoring.households:read"})
        monkeypatch.setattr("gateway.identity.sessions.permissions_of", lambda role: may)
        household = str(uuid7())
        dossier = {"household": {"id": household}, "history": {"items": []}, "visits": None}
        upstream.get("monitoring", f"/households/{household}/dossier").respond(200, json=dossier)
        browser = await gateway.signed_in("bureau")

        page = await browser.ok("GET", f"/api/pages/households/{household}")

        assert page["visits"] is None
        assert {part["part"]: part["code"] for part in page["unavailable"]} == {
            "visits": "forbidden",
            "assets": "forbidden",
        }

    async def test_is_not_found_when_the_household_is_not(self, gateway: Any, upstream: Any) -> None:
        upstream.route().respond(404, json={})
        browser = await gateway.signed_in("bureau")
        await browser.refused("GET", f"/api/pages/households/{uuid7()}", 404, "not_found")

    async def test_is_forbidden_without_the_permission(self, gateway: Any, upstream: Any) -> None:
        browser = await gateway.signed_in("department_officer")
        await browser.refused("GET", f"/api/pages/households/{uuid7()}", 403, "forbidden")
        assert not upstream.calls

    @pytest.mark.parametrize("household", ["7", "x", "00000000-0000-4000-8000-000000000000"])
    async def test_bad_input(self, gateway: Any, household: str) -> None:
        browser = await gateway.signed_in("bureau")
        await browser.refused("GET", f"/api/pages/households/{household}", 422)
