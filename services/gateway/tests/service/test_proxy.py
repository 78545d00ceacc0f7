"""Calls that pass through to the services."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any

import pytest
from aiohttp import web
from gateway import clients
from service_kit.tokens import Verifier


class TestPassThrough:
    async def test_keeps_status_headers_and_body(self, gateway: Any, upstream: Any) -> None:
        upstream.get("monitoring", "/households/7").respond(
            200, headers={"etag": '"3"', "x-total": "1"}, json={"id": "7"}
        )
        browser = await gateway.signed_in()

        answer = await browser.get("/api/monitoring/households/7")

        assert answer.json() == {"id": "7"}
        assert answer.headers["etag"] == '"3"'
        assert answer.headers["x-total"] == "1"
        assert answer.headers["cache-control"] == "no-store"

    async def test_keeps_a_problem_as_it_is(self, gateway: Any, upstream: Any) -> None:
        body = b'{"status":422,"code":"industry_floor_broken","shortfall":"123.45"}'
        upstream.route("PUT", "funds", "/allocations/7").respond(
            422, content=body, headers={"content-type": "application/problem+json"}
        )
        browser = await gateway.signed_in("finance")

        answer = await browser.put("/api/funds/allocations/7", json={"amount": "1"})

        assert (answer.status_code, answer.content) == (422, body)
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_says_who_is_asking_by_a_signed_token(self, gateway: Any, upstream: Any) -> None:
        route = upstream.get("assets", "/assets").respond(200, json={})
        person = await gateway.person("asset_keeper", "431081106", name="王五")
        browser = await gateway.sign_in(person)

        await browser.ok("GET", "/api/assets/assets")
        await browser.ok("GET", "/api/assets/assets")

        first, second = (call.headers["authorization"] for call in route.calls)
        assert first == second, "the token is signed once in four minutes"
        verifier = Verifier.from_file(gateway.service.folder / "trusted.json")
        actor = verifier.verify(first.removeprefix("Bearer "))
        assert (actor.id, actor.role, actor.region, actor.name) == (person.id, "asset_keeper", "431081106", "王五")
        assert actor.issuer == "gateway"
        assert "assets.assets:write" in actor.permissions

    async def test_lets_through_only_headers_that_concern_the_service(self, gateway: Any, upstream: Any) -> None:
        route = upstream.route("PATCH", "monitoring", "/villages/1").respond(200, json={})
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

        sent = route.calls[0].headers
        assert sent["if-match"] == '"3"'
        assert sent["idempotency-key"] == "key-12345"
        assert sent["x-request-id"] == "request-12345"
        assert "forged" not in sent["authorization"]
        for name in ("cookie", "x-csrf-token", "x-forwarded-user", "te"):
            assert name not in sent
        assert sent["host"] == gateway.ctx.settings.peers["monitoring"].removeprefix("http://")

    async def test_lets_no_cookie_and_no_hop_by_hop_header_out(self, gateway: Any, upstream: Any) -> None:
        upstream.get("funds", "/pools").respond(
            200, json={}, headers={"set-cookie": "a=b", "keep-alive": "timeout=5", "server": "uvicorn"}
        )
        browser = await gateway.signed_in("finance")

        answer = await browser.get("/api/funds/pools")

        assert not {"set-cookie", "keep-alive", "server"} & set(answer.headers)

    async def test_passes_path_and_query_unchanged(self, gateway: Any, upstream: Any) -> None:
        route = upstream.route(service="monitoring").respond(200, json={})
        browser = await gateway.signed_in()

        await browser.get("/api/monitoring/villages/%E5%BC%A0?q=%E5%BC%A0%2B&risk=a&risk=b")

        assert route.calls[0].target == "/villages/%E5%BC%A0?q=%E5%BC%A0%2B&risk=a&risk=b"

    async def test_streams_what_is_large(self, gateway: Any, upstream: Any) -> None:
        large = b"0123456789" * 100_000
        upstream.get("assets", "/export").respond(200, content=large)
        browser = await gateway.signed_in()

        answer = await browser.get("/api/assets/export")

        assert answer.content == large

    async def test_compresses_long_json_once(self, gateway: Any, upstream: Any) -> None:
        route = upstream.get("monitoring", "/packs/1").respond(200, json={"rows": ["道塘村"] * 2000})
        browser = await gateway.signed_in()

        async with browser.stream("GET", "/api/monitoring/packs/1", headers={"accept-encoding": "gzip"}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])

        assert answer.headers["content-encoding"] == "gzip"
        assert len(raw) < 1000
        assert gzip.decompress(raw).startswith(b'{"rows"')
        assert route.calls[0].headers["accept-encoding"] == "identity"

    @pytest.mark.parametrize("path", ["events", "metrics", "health/ready", "openapi.json", "metrics/", "events/x"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_does_not_reach_internal_doors(self, gateway: Any, upstream: Any, path: str, method: str) -> None:
        browser = await gateway.signed_in()

        await browser.refused(method, f"/api/monitoring/{path}", 404, "not_found")

        assert not upstream.calls

    @pytest.mark.parametrize("path", ["x/%2e%2e/metrics", "%2e%2e/metrics", "x/../../metrics", "/metrics", "."])
    async def test_does_not_go_round_by_dots(self, gateway: Any, upstream: Any, path: str) -> None:
        browser = await gateway.signed_in()

        answer = await browser.get(f"/api/monitoring/{path}")

        assert answer.status_code in {404, 422}
        assert not upstream.calls

    async def test_knows_no_other_services(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        await browser.refused("GET", "/api/postgres/x", 404, "not_found")
        await browser.refused("GET", "/api/nowhere", 404, "not_found")

    async def test_needs_a_session(self, gateway: Any, upstream: Any) -> None:
        await gateway.browser().refused("GET", "/api/monitoring/households", 401, "unauthenticated")
        assert not upstream.calls

    async def test_needs_the_csrf_token_for_changes(self, gateway: Any, upstream: Any) -> None:
        browser = await gateway.signed_in()
        browser.headers["x-csrf-token"] = "wrong"

        for method in ("POST", "PUT", "PATCH", "DELETE"):
            await browser.refused(method, "/api/monitoring/households/7", 403, "csrf_failed")

        assert not upstream.calls

    async def test_refuses_an_oversize_body(self, gateway: Any, upstream: Any) -> None:
        browser = await gateway.signed_in()
        await browser.refused("PUT", "/api/monitoring/x", 413, "body_too_large", content=b"x" * 1_100_000)
        assert not upstream.calls


class TestFiles:
    """The doors that take a raw body of up to 8 MiB."""

    DOOR = "/api/monitoring/attachments/0197/content"

    async def test_pass_in_pieces_and_arrive_whole(self, gateway: Any, upstream: Any) -> None:
        content = bytes(range(256)) * 32 * 1024
        route = upstream.route("PUT", "monitoring", "/attachments/0197/content").respond(200, json={"receipt": {}})
        browser = await gateway.signed_in()

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(content), 65536):
                yield content[start : start + 65536]

        await browser.ok("PUT", self.DOOR, content=content, headers={"content-type": "image/jpeg"})
        await browser.ok("PUT", self.DOOR, content=pieces())

        assert [call.body for call in route.calls] == [content, content]
        assert route.calls[0].headers["content-length"] == str(len(content))
        assert route.calls[0].headers["content-type"] == "image/jpeg"

    async def test_reach_the_service_before_all_of_it_has_come(self, gateway: Any, upstream: Any) -> None:
        begun = asyncio.Event()

        async def answer(request: web.BaseRequest) -> web.Response:
            return web.json_response({"size": len(await request.read())})

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            begun.set()
            return await answer(request)

        upstream.answer_unread("PUT", "monitoring", "/attachments/0197/content", handle)
        browser = await gateway.signed_in()

        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.wait_for(begun.wait(), 5)
            yield b"second"

        assert await browser.ok("PUT", self.DOOR, content=pieces()) == {"size": 11}

    async def test_are_bounded_at_eight_mebibytes(self, gateway: Any, upstream: Any) -> None:
        browser = await gateway.signed_in()
        content = bytes(8 * 1024 * 1024 + 1)
        await browser.refused("PUT", self.DOOR, 413, "body_too_large", content=content)
        assert not upstream.calls

    async def test_need_the_csrf_token_like_any_change(self, gateway: Any, upstream: Any) -> None:
        browser = await gateway.signed_in()
        browser.headers["x-csrf-token"] = "wrong"
        await browser.refused("PUT", self.DOOR, 403, "csrf_failed", content=b"x")
        assert not upstream.calls

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/monitoring/attachments/0197/content"),
            ("PUT", "/api/monitoring/attachments/0197"),
            ("PUT", "/api/monitoring/households/0197/content"),
            ("PUT", "/api/monitoring/x/attachments/0197/content"),
        ],
    )
    async def test_are_no_way_round_the_limit_of_others(
        self, gateway: Any, upstream: Any, method: str, path: str
    ) -> None:
        browser = await gateway.signed_in()
        await browser.refused(method, path, 413, "body_too_large", content=bytes(1_100_000))
        assert not upstream.calls

    async def test_a_service_that_is_down_is_said_to_be_down(self, gateway: Any, upstream: Any) -> None:
        upstream.down("monitoring")
        browser = await gateway.signed_in()
        problem = await browser.refused("PUT", self.DOOR, 503, "service_unavailable", content=bytes(3_000_000))
        assert problem["service"] == "monitoring"


def is_refused(problem: dict[str, Any]) -> None:
    assert problem["service"] == "funds"
    assert "资金台账" in problem["detail"]


class TestNoAnswer:
    @pytest.fixture
    async def impatient(self, gateway: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
        """The gateway with a client that gives up soon."""
        monkeypatch.setattr(gateway.ctx.settings, "proxy_timeout_seconds", 0.3)
        monkeypatch.setattr(clients, "_CONNECT_SECONDS", 0.1)
        async with clients.opened(gateway.ctx) as upstreams:
            monkeypatch.setitem(gateway.ctx.extras, "upstreams", upstreams)
            yield

    async def test_because_nobody_listens(self, gateway: Any, upstream: Any) -> None:
        upstream.down("funds")
        browser = await gateway.signed_in("finance")
        is_refused(await browser.refused("GET", "/api/funds/pools", 503, "service_unavailable"))

    async def test_because_no_address_is_known(self, gateway: Any, upstream: Any) -> None:
        del gateway.ctx.settings.peers["funds"]
        browser = await gateway.signed_in("finance")
        is_refused(await browser.refused("GET", "/api/funds/pools", 503, "service_unavailable"))

    async def test_because_no_connection_is_made_in_time(self, gateway: Any, upstream: Any, impatient: None) -> None:
        with ExitStack() as stack:
            full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            for _ in range(4):  # more than wait in line: the next one gets no answer at all
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            upstream.at("funds", full)
            browser = await gateway.signed_in("finance")
            is_refused(await browser.refused("GET", "/api/funds/pools", 503, "service_unavailable"))

    async def test_because_it_is_slow(self, gateway: Any, upstream: Any, impatient: None, slow: Any) -> None:
        upstream.get("funds", "/pools").does(slow)
        browser = await gateway.signed_in("finance")
        is_refused(await browser.refused("GET", "/api/funds/pools", 504, "service_timeout"))

    @pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
    async def test_because_it_broke_off_and_is_not_asked_again(
        self, gateway: Any, upstream: Any, breaks_off: Any, method: str
    ) -> None:
        for name in ("monitoring", "assets", "funds"):
            upstream.get(name, "/health/ready").respond(200)
        route = upstream.route(method, "funds", "/pools").does(breaks_off)
        browser = await gateway.signed_in("finance")
        await browser.ok("GET", "/api/health")  # leaves a connection open, which the next call uses

        is_refused(await browser.refused(method, "/api/funds/pools", 503, "service_unavailable"))

        assert len(route.calls) == 1

    async def test_in_full(self, gateway: Any, upstream: Any) -> None:
        async def half(request: web.BaseRequest) -> web.StreamResponse:
            answer = web.StreamResponse(headers={"content-length": "100"})
            await answer.prepare(request)
            await answer.write(b"half")
            assert request.transport is not None
            request.transport.abort()
            return answer

        upstream.get("funds", "/pools").does(half)
        browser = await gateway.signed_in("finance")
        is_refused(await browser.refused("GET", "/api/funds/pools", 503, "service_unavailable"))
