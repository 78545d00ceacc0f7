"""Doors without login: only to what a service calls public, in nobody's name, not too often, not too large."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

NOTICES = "/api/public/funds/notices"
OBJECT = "/api/public/funds/notices/7/objections"


def settings(gateway: Any, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(gateway.ctx.settings, name, value)


class TestPassing:
    async def test_needs_no_login(self, gateway: Any, upstream: Any) -> None:
        route = upstream.get("funds", "/public/notices").respond(200, json={"items": []})

        answer = await gateway.browser().get(f"{NOTICES}?region=431081")

        assert answer.json() == {"items": []}
        assert route.calls[0].target == "/public/notices?region=431081"

    async def test_carries_no_session_even_of_who_has_one(self, gateway: Any, upstream: Any) -> None:
        route = upstream.get("funds", "/public/notices").respond(200, json={}, headers={"set-cookie": "a=b"})
        browser = await gateway.signed_in("finance")

        answer = await browser.get(NOTICES, headers={"authorization": "Bearer stolen"})

        assert not {"authorization", "cookie", "x-csrf-token"} & set(route.calls[0].headers)
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize(
        "path",
        [
            "/api/public/funds/../documents",
            "/api/public/funds/%2e%2e/documents",
            "/api/public/funds/notices/../../documents",
            "/api/public/funds//documents",
            "/api/public/gateway/users",
            "/api/public/events",
            "/api/public/funds",
        ],
    )
    async def test_leads_nowhere_else(self, gateway: Any, upstream: Any, path: str) -> None:
        await gateway.browser().refused("GET", path, 404, "not_found")
        assert not upstream.calls

    async def test_never_reaches_a_door_that_is_not_public(self, gateway: Any, upstream: Any) -> None:
        route = upstream.route(service="funds").respond(404, json={})
        for path in ("documents", "events", "health/live", "metrics"):
            await gateway.browser().get(f"/api/public/funds/{path}")
        assert {call.target.split("/")[1] for call in route.calls} == {"public"}

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    async def test_takes_no_other_acts(self, gateway: Any, upstream: Any, method: str) -> None:
        assert (await gateway.browser().request(method, OBJECT)).status_code in {404, 405}
        assert not upstream.calls

    async def test_is_not_sent_by_another_sites_page(self, gateway: Any, upstream: Any) -> None:
        browser = gateway.browser(**{"sec-fetch-site": "cross-site"})
        await browser.refused("POST", OBJECT, 403, json={})
        assert not upstream.calls


class TestLimits:
    async def test_of_writing_from_one_address(self, gateway: Any, upstream: Any) -> None:
        settings(gateway, rate_limits={"public.write": 2})
        upstream.route("POST", "funds", "/public/notices/7/objections").respond(201, json={})
        for _ in range(2):
            await gateway.browser().ok("POST", OBJECT, 201, json={})

        answer = await gateway.browser().post(OBJECT, json={})

        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert 0 < int(answer.headers["retry-after"]) <= 3601

    async def test_of_reading_from_one_address(self, gateway: Any, upstream: Any) -> None:
        settings(gateway, rate_limits={"public.read": 1})
        upstream.get("funds", "/public/notices").respond(200, json={})
        await gateway.browser().ok("GET", NOTICES)
        await gateway.browser().refused("GET", NOTICES, 429, "rate_limited")

    async def test_are_not_escaped_by_a_forged_header(self, gateway: Any, upstream: Any) -> None:
        settings(gateway, rate_limits={"public.write": 1})
        upstream.route("POST", "funds", "/public/notices/7/objections").respond(201, json={})
        statuses = [
            (
                await gateway.browser(**{"x-forwarded-for": f"203.0.113.{n}", "x-real-ip": "1.1.1.1"}).post(
                    OBJECT, json={}
                )
            ).status_code
            for n in range(3)
        ]
        assert statuses == [201, 429, 429]

    async def test_are_of_the_address_that_a_known_proxy_names(self, gateway: Any, upstream: Any) -> None:
        settings(gateway, rate_limits={"public.write": 1}, trusted_proxies=(ip_network("127.0.0.1/32"),))
        upstream.route("POST", "funds", "/public/notices/7/objections").respond(201, json={})

        async def post(forwarded: str) -> int:
            answer = await gateway.browser(**{"x-forwarded-for": forwarded}).post(OBJECT, json={})
            return int(answer.status_code)

        assert await post("203.0.113.1") == 201
        assert await post("203.0.113.2") == 201
        assert await post("9.9.9.9, 203.0.113.2") == 429, "what the browser wrote itself does not count"

    async def test_of_size(self, gateway: Any, upstream: Any) -> None:
        settings(gateway, public_body_bytes=1024)
        await gateway.browser().refused("POST", OBJECT, 413, "body_too_large", content=b"x" * 1025)
        assert not upstream.calls

    async def test_of_signing_in_are_of_the_same_address(self, gateway: Any, upstream: Any) -> None:
        settings(gateway, address_attempts=1)
        body = {"username": "nobody", "password": "wrong-password"}
        await gateway.browser(**{"x-forwarded-for": "203.0.113.1"}).post("/api/session", json=body)
        answer = await gateway.browser(**{"x-forwarded-for": "203.0.113.2"}).post(
            "/api/session", json=body | {"username": "another"}
        )
        assert answer.status_code == 429
