"""Calls that pass through to the services."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest
import respx
from service_kit.tokens import Verifier


class TestPassThrough:
    async def test_keeps_status_headers_and_body(self, gateway: Any, upstream: respx.MockRouter) -> None:
        upstream.get("http://monitoring.test/households/7").respond(
            200, headers={"etag": '"3"', "x-total": "1"}, json={"id": "7"}
        )
        browser = await gateway.signed_in()

        answer = await browser.get("/api/monitoring/households/7")

        assert answer.json() == {"id": "7"}
        assert answer.headers["etag"] == '"3"'
        assert answer.headers["x-total"] == "1"
        assert answer.headers["cache-control"] == "no-store"

    async def test_keeps_a_problem_as_it_is(self, gateway: Any, upstream: respx.MockRouter) -> None:
        body = b'{"status":422,"code":"industry_floor_broken","shortfall":"123.45"}'
        upstream.put("http://funds.test/allocations/7").respond(
            422, content=body, headers={"content-type": "application/problem+json"}
        )
        browser = await gateway.signed_in("finance")

        answer = await browser.put("/api/funds/allocations/7", json={"amount": "1"})

        assert (answer.status_code, answer.content) == (422, body)
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_says_who_is_asking_by_a_signed_token(self, gateway: Any, upstream: respx.MockRouter) -> None:
        route = upstream.get("http://assets.test/assets").respond(200, json={})
        person = await gateway.person("asset_keeper", "431081106", name="王五")
        browser = await gateway.sign_in(person)

        await browser.ok("GET", "/api/assets/assets")
        await browser.ok("GET", "/api/assets/assets")

        first, second = (call.request.headers["authorization"] for call in route.calls)
        assert first == second, "the token is signed once in four minutes"
        verifier = Verifier.from_file(gateway.service.folder / "trusted.json")
        actor = verifier.verify(first.removeprefix("Bearer "))
        assert (actor.id, actor.role, actor.region, actor.name) == (person.id, "asset_keeper", "431081106", "王五")
        assert actor.issuer == "gateway"
        assert "assets.assets:write" in actor.permissions

    async def test_lets_through_only_headers_that_concern_the_service(
        self, gateway: Any, upstream: respx.MockRouter
    ) -> None:
        route = upstream.patch("http://monitoring.test/villages/1").respond(200, json={})
        browser = await gateway.signed_in()

        await browser.patch(
            "/api/monitoring/villages/1",
            json={},
            headers={
                "if-match": '"3"',
                "idempotency-key": "key-12345",
                "authorization": "Bearer forged",
                "connection": "close, x-forwarded-user",
                "x-forwarded-user": "admin",
                "te": "trailers",
                "x-request-id": "request-12345",
            },
        )

        sent = route.calls[0].request.headers
        assert sent["if-match"] == '"3"'
        assert sent["idempotency-key"] == "key-12345"
        assert sent["x-request-id"] == "request-12345"
        assert "forged" not in sent["authorization"]
        for name in ("cookie", "x-csrf-token", "x-forwarded-user", "te"):
            assert name not in sent
        assert sent["host"] == "monitoring.test"

    async def test_lets_no_cookie_and_no_hop_by_hop_header_out(self, gateway: Any, upstream: respx.MockRouter) -> None:
        upstream.get("http://funds.test/pools").respond(
            200, json={}, headers={"set-cookie": "a=b", "keep-alive": "timeout=5", "server": "uvicorn"}
        )
        browser = await gateway.signed_in("finance")

        answer = await browser.get("/api/funds/pools")

        assert not {"set-cookie", "keep-alive", "server"} & set(answer.headers)

    async def test_passes_path_and_query_unchanged(self, gateway: Any, upstream: respx.MockRouter) -> None:
        route = upstream.route(host="monitoring.test").respond(200, json={})
        browser = await gateway.signed_in()

        await browser.get("/api/monitoring/villages/%E5%BC%A0?q=%E5%BC%A0%2B&risk=a&risk=b")

        assert route.calls[0].request.url.raw_path == b"/villages/%E5%BC%A0?q=%E5%BC%A0%2B&risk=a&risk=b"

    async def test_streams_what_is_large(self, gateway: Any, upstream: respx.MockRouter) -> None:
        large = b"0123456789" * 100_000
        upstream.get("http://assets.test/export").respond(200, content=large)
        browser = await gateway.signed_in()

        answer = await browser.get("/api/assets/export")

        assert answer.content == large

    async def test_compresses_long_json_once(self, gateway: Any, upstream: respx.MockRouter) -> None:
        route = upstream.get("http://monitoring.test/packs/1").respond(200, json={"rows": ["道塘村"] * 2000})
        browser = await gateway.signed_in()

        async with browser.stream("GET", "/api/monitoring/packs/1", headers={"accept-encoding": "gzip"}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])

        assert answer.headers["content-encoding"] == "gzip"
        assert len(raw) < 1000
        assert gzip.decompress(raw).startswith(b'{"rows"')
        assert route.calls[0].request.headers["accept-encoding"] == "identity"

    @pytest.mark.parametrize("path", ["events", "metrics", "health/ready", "openapi.json", "metrics/", "events/x"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_does_not_reach_internal_doors(
        self, gateway: Any, upstream: respx.MockRouter, path: str, method: str
    ) -> None:
        browser = await gateway.signed_in()

        await browser.refused(method, f"/api/monitoring/{path}", 404, "not_found")

        assert not upstream.calls

    @pytest.mark.parametrize("path", ["x/%2e%2e/metrics", "%2e%2e/metrics", "x/../../metrics", "/metrics", "."])
    async def test_does_not_go_round_by_dots(self, gateway: Any, upstream: respx.MockRouter, path: str) -> None:
        browser = await gateway.signed_in()

        answer = await browser.get(f"/api/monitoring/{path}")

        assert answer.status_code in {404, 422}
        assert not upstream.calls

    async def test_knows_no_other_services(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        await browser.refused("GET", "/api/postgres/x", 404, "not_found")
        await browser.refused("GET", "/api/nowhere", 404, "not_found")

    async def test_needs_a_session(self, gateway: Any, upstream: respx.MockRouter) -> None:
        await gateway.browser().refused("GET", "/api/monitoring/households", 401, "unauthenticated")
        assert not upstream.calls

    async def test_needs_the_csrf_token_for_changes(self, gateway: Any, upstream: respx.MockRouter) -> None:
        browser = await gateway.signed_in()
        browser.headers["x-csrf-token"] = "wrong"

        for method in ("POST", "PUT", "PATCH", "DELETE"):
            await browser.refused(method, "/api/monitoring/households/7", 403, "csrf_failed")

        assert not upstream.calls

    async def test_refuses_an_oversize_body(self, gateway: Any, upstream: respx.MockRouter) -> None:
        browser = await gateway.signed_in()
        await browser.refused("PUT", "/api/monitoring/x", 413, "body_too_large", content=b"x" * 1_100_000)
        assert not upstream.calls

    @pytest.mark.parametrize(
        ("failure", "status", "code"),
        [
            (httpx.ConnectError("down"), 503, "service_unavailable"),
            (httpx.ConnectTimeout("down"), 503, "service_unavailable"),
            (httpx.RemoteProtocolError("broken"), 503, "service_unavailable"),
            (httpx.ReadTimeout("slow"), 504, "service_timeout"),
        ],
    )
    async def test_says_when_a_service_does_not_answer(
        self, gateway: Any, upstream: respx.MockRouter, failure: Exception, status: int, code: str
    ) -> None:
        upstream.get("http://funds.test/pools").mock(side_effect=failure)
        browser = await gateway.signed_in("finance")

        problem = await browser.refused("GET", "/api/funds/pools", status, code)

        assert problem["service"] == "funds"
        assert "资金台账" in problem["detail"]
