"""Who sees and changes what, and what happens to bad input at every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.app import api_routes, permission_of
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

Make = Callable[..., Any]

UNKNOWN = "01930000-0000-7000-8000-0000000000aa"
IF_MATCH = {"If-Match": "1"}
MEMBER = {
    "name": "李四",
    "relation": "child",
    "sex": "male",
    "birth_date": "2001-02-03",
    "labour_ability": "ordinary",
    "health": "healthy",
    "education": "senior",
    "schooling": "none",
    "employment": "farming",
    "insured": True,
}
HOUSEHOLD = {
    "village_code": "431081106226",
    "household_no": "0001",
    "members": [MEMBER | {"id": UNKNOWN, "relation": "head"}],
}
VISIT = {
    "household_id": UNKNOWN,
    "visited_at": "2026-11-20T09:30:00+08:00",
    "device_clock": {"sent_at": "2026-11-20T18:00:00+08:00", "offset_ms": 0},
    "form_version": 1,
    "findings": {
        "income_changed": False,
        "guarantees_ok": dict.fromkeys(("food", "clothing", "education", "medical", "dwelling", "water"), True),
    },
    "payload_hash": "0" * 64,
}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "register": ("PUT", f"/households/{UNKNOWN}", HOUSEHOLD),
    "correct": ("PATCH", f"/households/{UNKNOWN}", {"address": "新屋"}),
    "add_member": ("PUT", f"/households/{UNKNOWN}/members/{UNKNOWN}", MEMBER),
    "correct_member": ("PATCH", f"/households/{UNKNOWN}/members/{UNKNOWN}", {"name": "李五"}),
    "monitoring": ("PUT", f"/households/{UNKNOWN}/monitoring", {"monitored": False, "reason": "更正"}),
    "reveal": ("POST", f"/households/{UNKNOWN}/reveal", {"member_id": UNKNOWN, "field": "phone", "reason": "核实"}),
    "search": ("POST", "/households/search", {"q": "张伟"}),
    "village": ("PUT", "/villages/431081106226", {"types": ["lifted"]}),
    "correct_village": ("PATCH", "/villages/431081106226", {"types": ["lifted"]}),
    "visit": ("PUT", f"/visits/{UNKNOWN}", VISIT),
}
READS = [
    "/households",
    f"/households/{UNKNOWN}",
    f"/households/{UNKNOWN}/history",
    "/villages",
    "/villages/431081106226",
    "/visits",
    f"/visits/{UNKNOWN}",
    "/packs/431081106226",
    "/overview",
    "/catalogue",
    "/audit",
]

BAD_QUERIES = [
    "region=4310810",
    "region=abc",
    "region=%00",
    "limit=0",
    "limit=51",
    "limit=99999999999999999999",
    "limit=x",
    "cursor=!!!",
    "cursor=bnVsbA",
    "cursor=WzEsMl0",
    "cursor=" + "A" * 600,
    "with_total=maybe",
]
BAD_FILTERS = ["class=%00", "class=Robert'--", "risk=" + "x" * 99, "status=rich", "q=" + "x" * 51, "q=%00%00"]
BAD_ADDRESSES = [
    ("GET", "/households/not-an-id"),
    ("GET", "/households/00000000-0000-0000-0000-000000000000%00"),
    ("PUT", "/households/6d0bd2c4-5c7f-4a8e-9f3b-1f3c0a9f8a11"),
    ("PUT", f"/households/{UNKNOWN}/members/1"),
    ("GET", "/villages/431081"),
    ("GET", "/packs/x"),
    ("PUT", "/visits/6d0bd2c4-5c7f-4a8e-9f3b-1f3c0a9f8a11"),
    ("GET", "/overview?region=1"),
]
FIRST = MEMBER | {"id": UNKNOWN}
BAD_REGISTRATIONS: list[tuple[dict[str, Any], str]] = [
    ({"members": []}, "body.members"),
    ({"members": [FIRST]}, "body.members"),
    ({"members": [FIRST | {"relation": "head", "sex": None}]}, "body.members.0"),
    ({"members": [FIRST | {"id_number": "431081198005061230"}]}, "body.members.0.id_number"),
    ({"members": [FIRST | {"phone": "123"}]}, "body.members.0.phone"),
    ({"members": [FIRST | {"birth_date": "2999-01-01"}]}, "body.members.0.birth_date"),
    ({"members": [FIRST | {"name": "<b>"}]}, "body.members.0.name"),
    ({"incomes": [{"year": 2025, "wage": 5}]}, "body.incomes.0.wage"),
    ({"incomes": [{"year": 99999}]}, "body.incomes.0.year"),
    ({"village_code": "431081"}, "body.village_code"),
    ({"household_no": "一号"}, "body.household_no"),
]


class TestAnotherRegion:
    async def test_is_not_found_by_a_village_cadre(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, visit_id = await register(village_code="431081106217"), uuid7()
        await service.api().ok("PUT", f"/visits/{visit_id}", 201, json=visit_body(card["id"]))
        await service.api().ok("PUT", "/villages/431081106217", 201, json={"types": ["lifted"]})
        cadre = service.api("431081106226")
        member = f"/households/{card['id']}/members/{card['members'][1]['id']}"
        reveal = {"member_id": card["members"][0]["id"], "field": "phone", "reason": "核实"}

        for method, url, body in (
            ("GET", f"/households/{card['id']}", None),
            ("GET", f"/households/{card['id']}/history", None),
            ("PATCH", f"/households/{card['id']}", {"address": "新屋"}),
            ("PATCH", member, {"health": "chronic"}),
            ("PUT", f"/households/{card['id']}/members/{uuid7()}", MEMBER),
            ("PUT", f"/households/{card['id']}/monitoring", {"monitored": False, "reason": "更正"}),
            ("POST", f"/households/{card['id']}/reveal", reveal),
            ("PUT", f"/visits/{uuid7()}", visit_body(card["id"])),
            ("GET", f"/visits/{visit_id}", None),
            ("GET", "/villages/431081106217", None),
            ("PATCH", "/villages/431081106217", {"types": []}),
            ("GET", "/packs/431081106217", None),
        ):
            problem = await cadre.refused(method, url, 404, "not_found", json=body, headers=IF_MATCH)
            unknown = url.replace(card["id"], UNKNOWN).replace(str(visit_id), UNKNOWN).replace("106217", "106288")
            if body is None or "household_id" not in body:
                other = await cadre.refused(method, unknown, 404, "not_found", json=body, headers=IF_MATCH)
                assert {**problem, "request_id": ""} == {**other, "request_id": ""}

    async def test_does_not_show_in_a_cadres_lists(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card = await register(village_code="431081106217")
        await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"]))
        await service.api().ok("PUT", "/villages/431081106217", 201, json={"types": ["lifted"]})
        cadre = service.api("431081106226")

        for url in ("/households", "/villages", "/visits", "/audit"):
            for params in ({}, {"region": "431081"}):
                page = await cadre.ok("GET", url, params=params)
                assert page["items"] == [], url
        overview = await cadre.ok("GET", "/overview")
        assert overview["population"]["people"] == 0

    async def test_asked_for_by_name_is_not_found(self, service: ServiceUnderTest) -> None:
        cadre = service.api("431081106226")

        for url in ("/households", "/villages", "/visits"):
            await cadre.refused("GET", url, 404, "not_found", params={"region": "431081106217"})

    async def test_cannot_be_written_into(self, service: ServiceUnderTest, household_body: Make) -> None:
        for region in ("431081106217", "431081105", "431003"):
            api = service.api(region)
            await api.refused("PUT", f"/households/{uuid7()}", 403, "region_out_of_scope", json=household_body())
            await api.refused("PUT", "/villages/431081106226", 403, "region_out_of_scope", json={"types": []})


class TestEveryDoor:
    def test_declares_a_permission(self, service: ServiceUnderTest) -> None:
        undeclared = [route.path for route in api_routes(service.app) if permission_of(route) is None]

        assert undeclared == []

    async def test_asks_for_a_token(self, service: ServiceUnderTest) -> None:
        doors = [("GET", url) for url in READS] + [(method, url) for method, url, _ in WRITES.values()]

        for method, url in doors:
            await service.anonymous().refused(method, url, 401, "unauthenticated")

    async def test_refuses_an_expired_token(self, service: ServiceUnderTest) -> None:
        stale = service.api(lifetime=-1)

        for url in READS:
            await stale.refused("GET", url, 401, "token_expired")

    async def test_refuses_who_may_do_nothing(self, service: ServiceUnderTest) -> None:
        nobody = service.api(permissions=[])

        for url in READS:
            await nobody.refused("GET", url, 403, "forbidden")
        for method, url, body in WRITES.values():
            await nobody.refused(method, url, 403, "forbidden", json=body, headers=IF_MATCH)


class TestBadInput:
    @pytest.mark.parametrize("door", sorted(WRITES))
    async def test_in_a_body_is_named_and_never_a_server_error(self, service: ServiceUnderTest, door: str) -> None:
        method, url, good = WRITES[door]
        api = service.api()

        async def refused(content: bytes, status: int, code: str) -> dict[str, Any]:
            headers = IF_MATCH | {"Content-Type": "application/json"}
            return await api.refused(method, url, status, code, content=content, headers=headers)

        await refused(b"{", 400, "bad_json")
        await refused(b"\xff\xfe", 400, "bad_json")
        await refused(b"x" * (1024 * 1024 + 1), 413, "body_too_large")
        await refused(b"[]", 422, "validation_failed")
        await refused(b"null", 422, "validation_failed")
        problem = await refused(json.dumps(good | {"surprise": 1}).encode(), 422, "validation_failed")
        assert any(error["path"] == "body.surprise" for error in problem["errors"])
        for field in good:
            for wrong in ({"x": [1]}, 10**400, "字" * 100_000, [[[]]], 1e308, "\ud800"):
                body = json.dumps(good | {field: wrong}).encode()
                answer = await api.request(
                    method, url, content=body, headers=IF_MATCH | {"Content-Type": "application/json"}
                )
                assert 400 <= answer.status_code < 500, (field, wrong, answer.text)
                assert answer.headers["content-type"].startswith("application/problem+json")

    @pytest.mark.parametrize(
        ("door", "change"),
        [
            ("register", {"group_name": "第\x00组"}),
            ("register", {"members": [MEMBER | {"id": UNKNOWN, "relation": "head", "name": "李\x00"}]}),
            ("correct", {"address": "\x00"}),
            ("add_member", {"name": "\x00"}),
            ("village", {"published": {"source": "\x00", "population": 1}}),
            ("search", {"q": "张\x00"}),
        ],
    )
    async def test_with_a_nul_character_is_refused(
        self, service: ServiceUnderTest, register: Make, door: str, change: dict[str, Any]
    ) -> None:
        card = await register()
        method, url, good = WRITES[door]
        if door in ("correct", "add_member"):
            url = url.replace(UNKNOWN, card["id"], 1)

        await service.api().refused(method, url, 422, json=good | change, headers=IF_MATCH)

    @pytest.mark.parametrize("text", ["\x00", "张\x00"])
    async def test_with_a_nul_character_in_a_visit_is_refused(
        self, service: ServiceUnderTest, register: Make, visit_body: Make, text: str
    ) -> None:
        card = await register()
        findings = visit_body(card["id"])["findings"] | {"note": text}

        await service.api().refused("PUT", f"/visits/{uuid7()}", 422, json=visit_body(card["id"], findings=findings))

    async def test_in_a_query_is_named(self, service: ServiceUnderTest) -> None:
        for url in ("/households", "/villages", "/visits"):
            for query in BAD_QUERIES:
                await service.api().refused("GET", f"{url}?{query}", 422, "validation_failed")

    async def test_in_the_filters_of_households_is_named(self, service: ServiceUnderTest) -> None:
        for query in BAD_FILTERS:
            await service.api().refused("GET", f"/households?{query}", 422, "validation_failed")

    async def test_in_an_address_is_named(self, service: ServiceUnderTest) -> None:
        for method, url in BAD_ADDRESSES:
            body = VISIT if "visits" in url else MEMBER if "members" in url else HOUSEHOLD
            sent = None if method == "GET" else body
            await service.api().refused(method, url, 422, "validation_failed", json=sent)

    async def test_in_a_registration_is_named_by_its_path(self, service: ServiceUnderTest) -> None:
        for change, path in BAD_REGISTRATIONS:
            problem = await service.api().refused(
                "PUT", f"/households/{uuid7()}", 422, "validation_failed", json=HOUSEHOLD | change
            )
            assert path in [error["path"] for error in problem["errors"]]

    async def test_lifted_year_without_lifted_is_refused(self, service: ServiceUnderTest) -> None:
        await service.api().refused(
            "PUT", f"/households/{uuid7()}", 422, "validation_failed", json=HOUSEHOLD | {"lifted_year": 2018}
        )
