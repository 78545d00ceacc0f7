"""The catalogue of regions."""

from __future__ import annotations

from typing import Any

import orjson
import pytest


def codes(answer: Any) -> list[str]:
    return [node["code"] for node in answer["items"]]


class TestListRegions:
    async def test_starts_at_the_own_region(self, gateway: Any) -> None:
        browser = await gateway.signed_in("township", "431081106")

        answer = await browser.ok("GET", "/api/regions")

        assert answer["items"] == [
            {
                "code": "431081106",
                "name": "州门司镇",
                "level": "township",
                "parent_code": "431081",
                "initials": "zmsz",
                "has_children": True,
            }
        ]

    async def test_goes_down_level_by_level(self, gateway: Any) -> None:
        browser = await gateway.signed_in("bureau", "431081")

        assert codes(await browser.ok("GET", "/api/regions?parent=431081")) == ["431081106", "431081107"]
        village = (await browser.ok("GET", "/api/regions?parent=431081106"))["items"][0]
        assert (village["code"], village["has_children"]) == ("431081106226", False)

    async def test_starts_with_provinces_for_the_nation(self, gateway: Any) -> None:
        browser = await gateway.signed_in("auditor", "")
        assert codes(await browser.ok("GET", "/api/regions")) == ["43"]

    @pytest.mark.parametrize("parent", ["431027", "43", "999999"])
    async def test_shows_nothing_outside_the_own_region(self, gateway: Any, parent: str) -> None:
        browser = await gateway.signed_in("township", "431081106")
        assert codes(await browser.ok("GET", f"/api/regions?parent={parent}")) == []

    @pytest.mark.parametrize("parent", ["1", "abc", "43108\u0661", "4310811"])
    async def test_bad_input(self, gateway: Any, parent: str) -> None:
        browser = await gateway.signed_in()
        await browser.refused("GET", "/api/regions", 422, params={"parent": parent})


class TestGetRegion:
    async def test_names_the_way_up(self, gateway: Any) -> None:
        browser = await gateway.signed_in("village_cadre", "431081106226")

        region = await browser.ok("GET", "/api/regions/431081106226")

        assert [ancestor["name"] for ancestor in region["ancestors"]] == ["湖南省", "郴州市", "资兴市", "州门司镇"]

    @pytest.mark.parametrize("code", ["431027", "431081199"])
    async def test_elsewhere_and_nowhere_look_alike(self, gateway: Any, code: str) -> None:
        browser = await gateway.signed_in("bureau", "431081")
        await browser.refused("GET", f"/api/regions/{code}", 404, "not_found")


class TestSearchRegions:
    @pytest.mark.parametrize("q", ["道塘", "dtc", "DTC", "431081106226"])
    async def test_finds_by_name_initials_and_code(self, gateway: Any, q: str) -> None:
        browser = await gateway.signed_in("bureau", "431081")
        assert codes(await browser.ok("GET", "/api/regions/search", params={"q": q})) == ["431081106226"]

    async def test_takes_wildcards_for_what_they_are(self, gateway: Any) -> None:
        browser = await gateway.signed_in("bureau", "431081")
        assert codes(await browser.ok("GET", "/api/regions/search", params={"q": "%"})) == []

    async def test_finds_nothing_outside_the_own_region(self, gateway: Any) -> None:
        browser = await gateway.signed_in("bureau", "431027")
        assert codes(await browser.ok("GET", "/api/regions/search", params={"q": "村"})) == []

    @pytest.mark.parametrize("q", ["", "x" * 51, "\x00"])
    async def test_bad_input(self, gateway: Any, q: str) -> None:
        browser = await gateway.signed_in()
        await browser.refused("GET", "/api/regions/search", 422, params={"q": q})


class TestPutRegion:
    async def test_adds_a_region_and_tells_the_services(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")

        region = await admin.ok("PUT", "/api/regions/431081107201", json={"name": "新建村"})

        assert region == {"code": "431081107201", "name": "新建村", "level": "village"}
        assert (await admin.ok("GET", "/api/regions/search?q=xjc"))["items"][0]["name"] == "新建村"
        async with gateway.service.connection() as connection:
            event = await connection.fetchrow("SELECT type, subject, data FROM outbox_event")
        assert (event["type"], event["subject"]) == ("region.changed", "431081107201")
        assert orjson.loads(event["data"])["name"] == "新建村"
        assert set(gateway.service.spec.subscribers["region.changed"]) == {"monitoring", "assets", "funds"}

    async def test_twice_tells_once(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")
        for _ in range(2):
            await admin.ok("PUT", "/api/regions/431081107", json={"name": "黄草新镇"})

        async with gateway.service.connection() as connection:
            assert await connection.fetchval("SELECT count(*) FROM outbox_event") == 1

    async def test_needs_the_region_above(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")
        problem = await admin.refused("PUT", "/api/regions/431081999001", 422, json={"name": "孤村"})
        assert problem["errors"][0]["code"] == "parent_missing"

    async def test_elsewhere_is_refused(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")
        await admin.refused("PUT", "/api/regions/431027", 403, "region_out_of_scope", json={"name": "x"})

    async def test_needs_the_permission(self, gateway: Any) -> None:
        browser = await gateway.signed_in("bureau")
        await browser.refused("PUT", "/api/regions/431081107", 403, "forbidden", json={"name": "x"})

    @pytest.mark.parametrize(
        "body", [{}, {"name": ""}, {"name": "x" * 61}, {"name": "\x00"}, {"name": 1}, {"nom": "x"}]
    )
    async def test_bad_input(self, gateway: Any, body: dict[str, Any]) -> None:
        admin = await gateway.signed_in("system_admin")
        await admin.refused("PUT", "/api/regions/431081107", 422, "validation_failed", json=body)
