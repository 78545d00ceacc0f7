"""The built front end, the headers of every answer, and the state of the whole."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from gateway.static.files import Dist

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36"


@pytest.fixture
def dist(gateway: Any, tmp_path: Path) -> Path:
    root = tmp_path / "dist"
    (root / "static" / "admin").mkdir(parents=True)
    (root / "m").mkdir()
    (root / "admin.html").write_text("<title>管理</title>")
    (root / "m.html").write_text("<title>走访</title>")
    (root / "m" / "sw.js").write_text("// worker")
    script = root / "static" / "admin" / "main-AbCd1234.js"
    script.write_text("let a = 1;\n" * 500)
    (root / "static" / "admin" / "main-AbCd1234.js.br").write_bytes(b"as the build made it")
    (root / "static" / "admin" / "plain.js").write_text("let b")
    (tmp_path / "secret.txt").write_text("secret")
    gateway.ctx.extras["dist"] = Dist(root)
    return root


class TestPages:
    @pytest.mark.parametrize(
        ("agent", "hint", "place"),
        [
            ("Mozilla/5.0 (Windows NT 10.0)", None, "/admin"),
            (PHONE, None, "/m"),
            (PHONE, "?0", "/admin"),
            ("", "?1", "/m"),
        ],
    )
    async def test_home_leads_by_device(self, gateway: Any, agent: str, hint: str | None, place: str) -> None:
        headers = {"user-agent": agent} | ({"sec-ch-ua-mobile": hint} if hint else {})

        answer = await gateway.browser().get("/", headers=headers)

        assert (answer.status_code, answer.headers["location"]) == (302, place)

    @pytest.mark.parametrize("path", ["/admin", "/admin/funds/pools?year=2026"])
    async def test_every_address_of_the_desk_is_its_page(self, gateway: Any, dist: Path, path: str) -> None:
        answer = await gateway.browser().get(path)
        assert "管理" in answer.text
        assert answer.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/m", "/m/households/7"])
    async def test_every_address_of_the_phone_is_its_page(self, gateway: Any, dist: Path, path: str) -> None:
        assert "走访" in (await gateway.browser().get(path)).text

    async def test_the_service_worker_controls_all_of_the_phones_pages(self, gateway: Any, dist: Path) -> None:
        answer = await gateway.browser().get("/m/sw.js")
        assert answer.headers["service-worker-allowed"] == "/m"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"].startswith("text/javascript")

    async def test_says_so_when_the_front_end_is_not_built(self, gateway: Any) -> None:
        answer = await gateway.browser().get("/admin")
        assert answer.status_code == 503
        assert "界面尚未构建" in answer.text


class TestFiles:
    async def test_hashed_ones_are_kept_for_good(self, gateway: Any, dist: Path) -> None:
        answer = await gateway.browser().get("/static/admin/main-AbCd1234.js")
        assert "immutable" in answer.headers["cache-control"]
        plain = await gateway.browser().get("/static/admin/plain.js")
        assert plain.headers["cache-control"] == "no-cache"

    async def test_come_as_the_build_compressed_them(self, gateway: Any, dist: Path) -> None:
        browser = gateway.browser()
        path = "/static/admin/main-AbCd1234.js"
        for accepted, coding in (("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0", None)):
            async with browser.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
                raw = b"".join([chunk async for chunk in answer.aiter_raw()])
            assert answer.headers.get("content-encoding") == coding
            assert answer.headers["vary"] == "Accept-Encoding"
            if coding == "br":
                assert raw == b"as the build made it"
            if coding == "gzip":
                assert gzip.decompress(raw).startswith(b"let a")

    async def test_are_not_sent_again_when_unchanged(self, gateway: Any, dist: Path) -> None:
        browser = gateway.browser()
        etag = (await browser.get("/admin")).headers["etag"]
        assert (await browser.get("/admin", headers={"if-none-match": etag})).status_code == 304

    @pytest.mark.parametrize(
        "path",
        ["/static/../../secret.txt", "/static/%2e%2e/%2e%2e/secret.txt", "/m/..%2f..%2fsecret.txt", "/static/x.js"],
    )
    async def test_outside_the_folder_are_not_found(self, gateway: Any, dist: Path, path: str) -> None:
        answer = await gateway.browser().get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text


class TestSecurityHeaders:
    @pytest.mark.parametrize("path", ["/admin", "/api/session", "/api/nowhere", "/gongshi/x/y", "/", "/health/live"])
    async def test_are_on_every_answer(self, gateway: Any, path: str) -> None:
        answer = await gateway.browser().get(path)

        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        if path.startswith("/api/"):
            assert answer.headers["cache-control"] == "no-store"

    async def test_are_on_refusals_of_outer_layers(self, gateway: Any) -> None:
        answer = await gateway.browser().post("/api/session", content=b"x" * 1_100_000)
        assert answer.status_code == 413
        assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_insist_on_https_where_cookies_do(self, gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "strict-transport-security" not in (await gateway.browser().get("/health/live")).headers
        monkeypatch.setattr(gateway.ctx.settings, "cookie_secure", True)
        assert "strict-transport-security" in (await gateway.browser().get("/health/live")).headers
        person = await gateway.person()
        answer = await gateway.browser().post(
            "/api/session", json={"username": person.username, "password": "Zixing-2026"}
        )
        assert "Secure" in answer.headers["set-cookie"]


class TestHealth:
    async def test_tells_of_every_service(self, gateway: Any, upstream: Any) -> None:
        upstream.get("monitoring", "/health/ready").respond(200, json={})
        upstream.get("assets", "/health/ready").respond(503, json={})
        upstream.down("funds")

        health = await gateway.browser().ok("GET", "/api/health")

        assert health["status"] == "degraded"
        assert {service["name"]: (service["up"], service["reason"]) for service in health["services"]} == {
            "gateway": (True, None),
            "monitoring": (True, None),
            "assets": (False, "数据库连接不上"),
            "funds": (False, "连接不上"),
        }


class TestOpenApi:
    async def test_merges_what_the_services_say(self, gateway: Any, upstream: Any) -> None:
        document = {
            "openapi": "3.1.0",
            "paths": {"/pools": {"get": {"operationId": "list_pools", "responses": {}}}},
            "components": {"schemas": {}},
        }
        upstream.get("funds", "/openapi.json").respond(200, json=document)
        upstream.get("assets", "/openapi.json").respond(500)
        upstream.down("monitoring")

        merged = await gateway.browser().ok("GET", "/api/openapi.json")

        assert merged["paths"]["/api/funds/pools"]["get"]["operationId"] == "funds_list_pools"
        assert "/api/session" in merged["paths"]
        assert merged["x-unavailable"] == ["monitoring", "assets"]
        calls = len(upstream.calls)
        await gateway.browser().ok("GET", "/api/openapi.json")
        assert len(upstream.calls) == calls


class TestAudit:
    async def test_is_read_by_the_audit_administrator(self, gateway: Any) -> None:
        browser = await gateway.signed_in("audit_admin")
        page = await browser.ok("GET", "/api/gateway/audit")
        assert page["items"][0]["action"] == "session.opened"

    async def test_is_not_read_by_the_other_administrators(self, gateway: Any) -> None:
        browser = await gateway.signed_in("system_admin")
        await browser.refused("GET", "/api/gateway/audit", 403, "forbidden")
