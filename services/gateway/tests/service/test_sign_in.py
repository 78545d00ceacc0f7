"""Signing in (GW-1)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from service_kit.clock import now


class TestSignIn:
    async def test_tells_who_is_signed_in_and_sets_a_cookie_that_no_script_can_read(self, gateway: Any) -> None:
        person = await gateway.person("bureau", "431081", name="李四")
        browser = gateway.browser()

        answer = await browser.post("/api/session", json={"username": person.username, "password": "Zixing-2026"})

        assert answer.status_code == 200
        session = answer.json()
        assert session["user"] == {
            "id": str(person.id),
            "username": person.username,
            "name": "李四",
            "role": "bureau",
            "role_name": "业务主管部门",
            "region": {"code": "431081", "name": "资兴市", "level": "county"},
        }
        assert "monitoring.households:write" in session["permissions"]
        assert "funds.allocations:write" not in session["permissions"]
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert session["expires_at"].endswith("+08:00")

    async def test_takes_the_user_name_however_it_is_typed(self, gateway: Any) -> None:
        person = await gateway.person(username="zhang.san")

        await gateway.sign_in(" Zhang.San ")

        assert person.username == "zhang.san"

    async def test_keeps_only_a_hash_of_the_cookie(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        token = browser.cookies["linkage_session"]

        async with gateway.service.connection() as connection:
            stored = await connection.fetchval("SELECT token_hash FROM login_session")

        assert token.encode() not in stored
        assert len(stored) == 32

    @pytest.mark.parametrize("case", ["unknown", "wrong password", "disabled", "not authorised", "name with NUL"])
    async def test_gives_the_same_answer_whatever_is_wrong(self, gateway: Any, case: str) -> None:
        username = "nobody"
        if case in {"wrong password", "disabled", "not authorised"}:
            person = await gateway.person(disabled=case == "disabled", authorised=case != "not authorised")
            username = person.username
        if case == "name with NUL":
            username = "a\x00b"
        password = "Wrong-2026" if case == "wrong password" else "Zixing-2026"

        problem = await gateway.browser().refused(
            "POST", "/api/session", 401, json={"username": username, "password": password}
        )

        assert problem["code"] == "invalid_credentials"
        assert problem["detail"] == "用户名或密码不正确"

    async def test_is_refused_when_another_site_sends_it(self, gateway: Any) -> None:
        person = await gateway.person()

        await gateway.browser().refused(
            "POST",
            "/api/session",
            403,
            "csrf_failed",
            json={"username": person.username, "password": "Zixing-2026"},
            headers={"sec-fetch-site": "cross-site"},
        )

    async def test_works_although_an_old_cookie_is_sent(self, gateway: Any) -> None:
        person = await gateway.person()
        browser = gateway.browser()
        browser.cookies.set("linkage_session", "long-gone")

        await gateway.sign_in(person, browser=browser)

        await browser.ok("GET", "/api/session")

    async def test_leaves_audit_entries_without_what_was_typed(self, gateway: Any) -> None:
        person = await gateway.person()
        await gateway.browser().refused("POST", "/api/session", 401, json={"username": "MyPassword1", "password": "x"})
        await gateway.browser().refused(
            "POST", "/api/session", 401, json={"username": person.username, "password": "wrong"}
        )
        await gateway.sign_in(person)

        assert await gateway.audit_actions() == ["session.refused", "session.refused", "session.opened"]
        async with gateway.service.connection() as connection:
            text = await connection.fetchval("SELECT string_agg(e::text, ' ') FROM audit_entry e")
        assert "mypassword1" not in text.lower()


class TestLockout:
    async def test_after_five_failures_even_the_right_password_is_refused(self, gateway: Any) -> None:
        person = await gateway.person()
        wrong = {"username": person.username, "password": "wrong"}
        for _ in range(5):
            await gateway.browser().refused("POST", "/api/session", 401, json=wrong)

        answer = await gateway.browser().post(
            "/api/session", json={"username": person.username, "password": "Zixing-2026"}
        )

        assert answer.status_code == 429
        assert answer.json()["code"] == "login_locked"
        assert 800 < int(answer.headers["retry-after"]) <= 901

    async def test_does_not_tell_whether_the_user_exists(self, gateway: Any) -> None:
        for _ in range(5):
            await gateway.browser().refused("POST", "/api/session", 401, json={"username": "ghost", "password": "x"})

        await gateway.browser().refused(
            "POST", "/api/session", 429, "login_locked", json={"username": "ghost", "password": "x"}
        )

    async def test_ends_after_fifteen_minutes(self, gateway: Any) -> None:
        person = await gateway.person()
        for _ in range(6):
            await gateway.browser().post("/api/session", json={"username": person.username, "password": "x"})

        with time_machine.travel(now() + timedelta(minutes=15, seconds=2)):
            await gateway.sign_in(person)

    async def test_trying_while_locked_does_not_prolong_it(self, gateway: Any) -> None:
        person = await gateway.person()
        start = now()
        for _ in range(5):
            await gateway.browser().post("/api/session", json={"username": person.username, "password": "x"})
        with time_machine.travel(start + timedelta(minutes=14)):
            await gateway.browser().refused(
                "POST", "/api/session", 429, json={"username": person.username, "password": "x"}
            )

        with time_machine.travel(start + timedelta(minutes=15, seconds=5)):
            await gateway.sign_in(person)

    async def test_success_forgives_earlier_failures(self, gateway: Any) -> None:
        person = await gateway.person()
        for _ in range(2):
            for _ in range(4):
                await gateway.browser().refused(
                    "POST", "/api/session", 401, json={"username": person.username, "password": "x"}
                )
            await gateway.sign_in(person)

    async def test_of_an_address_stops_trying_many_names(self, gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gateway.ctx.settings, "address_attempts", 3)
        for number in range(3):
            await gateway.browser().refused(
                "POST", "/api/session", 401, json={"username": f"user{number}", "password": "x"}
            )

        await gateway.browser().refused(
            "POST", "/api/session", 429, "login_locked", json={"username": "user9", "password": "x"}
        )

    async def test_counts_attempts_made_at_the_same_time(self, gateway: Any) -> None:
        person = await gateway.person()
        body = {"username": person.username, "password": "x"}

        answers = await asyncio.gather(*(gateway.browser().post("/api/session", json=body) for _ in range(12)))

        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7

    async def test_is_lifted_by_the_security_administrator(self, gateway: Any) -> None:
        person = await gateway.person()
        for _ in range(6):
            await gateway.browser().post("/api/session", json={"username": person.username, "password": "x"})
        admin = await gateway.signed_in("security_admin")
        assert (await admin.ok("GET", f"/api/users/{person.id}"))["locked"] is True

        await admin.ok("PATCH", f"/api/users/{person.id}", json={"locked": False}, headers={"if-match": '"1"'})

        await gateway.sign_in(person)


async def cookie_of(gateway: Any) -> str:
    """The cookie header of a signed-in person; a browser would drop it itself when time passes."""
    browser = await gateway.signed_in()
    return f"linkage_session={browser.cookies['linkage_session']}"


class TestSession:
    async def test_answers_who_is_signed_in(self, gateway: Any) -> None:
        browser = await gateway.signed_in("finance")

        session = await browser.ok("GET", "/api/session")

        assert session["user"]["role_name"] == "财政资金"
        assert session["csrf"] == browser.headers["x-csrf-token"]

    async def test_without_a_cookie_there_is_none(self, gateway: Any) -> None:
        await gateway.browser().refused("GET", "/api/session", 401, "unauthenticated")

    async def test_with_an_invented_cookie_it_has_expired(self, gateway: Any) -> None:
        browser = gateway.browser()
        browser.cookies.set("linkage_session", "invented")
        await browser.refused("GET", "/api/session", 401, "token_expired")

    async def test_a_bearer_token_opens_nothing(self, gateway: Any) -> None:
        token = gateway.service.token()
        browser = gateway.browser(authorization=f"Bearer {token}")

        await browser.refused("GET", "/api/session", 401, "unauthenticated")
        await browser.refused("GET", "/api/gateway/audit", 401, "unauthenticated")

    async def test_ends_after_twelve_hours_in_any_case(self, gateway: Any) -> None:
        start = now()
        cookie = await cookie_of(gateway)
        for hours in range(1, 12):
            with time_machine.travel(start + timedelta(hours=hours), tick=False):
                gateway.ctx.extras["sessions"]._known.clear()
                await gateway.browser(cookie=cookie).ok("GET", "/api/session")

        with time_machine.travel(start + timedelta(hours=12, seconds=5), tick=False):
            await gateway.browser(cookie=cookie).refused("GET", "/api/session", 401, "token_expired")

    async def test_ends_after_two_hours_without_use(self, gateway: Any) -> None:
        start = now()
        cookie = await cookie_of(gateway)
        gateway.ctx.extras["sessions"]._known.clear()

        with time_machine.travel(start + timedelta(hours=2, seconds=5), tick=False):
            await gateway.browser(cookie=cookie).refused("GET", "/api/session", 401, "token_expired")

    async def test_asks_the_database_once_in_five_seconds(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        await browser.ok("GET", "/api/roles")

        async with gateway.service.counted_queries() as statements:
            for _ in range(3):
                await browser.ok("GET", "/api/roles")

        assert not [statement for statement in statements if "login_session" in statement]


class TestSignOut:
    async def test_ends_the_session_at_once(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        token = browser.cookies["linkage_session"]
        await browser.ok("GET", "/api/session")

        await browser.ok("DELETE", "/api/session", status=204)

        again = gateway.browser()
        again.cookies.set("linkage_session", token)
        await again.refused("GET", "/api/session", 401, "token_expired")
        assert "linkage_session" not in browser.cookies
        assert (await gateway.audit_actions())[-1] == "session.closed"

    async def test_leaves_the_persons_other_sessions_alone(self, gateway: Any) -> None:
        person = await gateway.person()
        desk, phone = await gateway.sign_in(person), await gateway.sign_in(person)

        await desk.ok("DELETE", "/api/session", status=204)

        await phone.ok("GET", "/api/session")


class TestCsrf:
    @pytest.mark.parametrize("token", [None, "", "wrong", "错误"])
    async def test_a_change_needs_the_pages_own_token(self, gateway: Any, token: str | None) -> None:
        browser = await gateway.signed_in()
        browser.headers.pop("x-csrf-token")
        headers = {} if token is None else {"x-csrf-token": token.encode()}

        await browser.refused("DELETE", "/api/session", 403, "csrf_failed", headers=headers)

    async def test_another_sessions_token_does_not_do(self, gateway: Any) -> None:
        mine, other = await gateway.signed_in(), await gateway.signed_in()
        mine.headers["x-csrf-token"] = other.headers["x-csrf-token"]

        await mine.refused("DELETE", "/api/session", 403, "csrf_failed")

    async def test_reading_needs_none(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        browser.headers.pop("x-csrf-token")

        await browser.ok("GET", "/api/session")


class TestChangeOwnPassword:
    async def test_signs_out_everywhere_else(self, gateway: Any) -> None:
        person = await gateway.person()
        here, elsewhere = await gateway.sign_in(person), await gateway.sign_in(person)

        await here.ok(
            "POST", "/api/session/password", json={"current": "Zixing-2026", "new": "Chenzhou-431"}, status=204
        )

        await here.ok("GET", "/api/session")
        await elsewhere.refused("GET", "/api/session", 401, "token_expired")
        await gateway.browser().refused(
            "POST", "/api/session", 401, json={"username": person.username, "password": "Zixing-2026"}
        )
        await gateway.sign_in(person, "Chenzhou-431")
        assert "user.password_changed" in await gateway.audit_actions()

    async def test_needs_the_current_one(self, gateway: Any) -> None:
        browser = await gateway.signed_in()

        problem = await browser.refused(
            "POST", "/api/session/password", 422, json={"current": "wrong", "new": "Chenzhou-431"}
        )

        assert problem["errors"][0]["path"] == "body.current"

    async def test_counts_wrong_tries_like_signing_in(self, gateway: Any) -> None:
        browser = await gateway.signed_in()
        for _ in range(5):
            await browser.refused("POST", "/api/session/password", 422, json={"current": "x", "new": "Chenzhou-431"})

        await browser.refused("POST", "/api/session/password", 429, json={"current": "x", "new": "Chenzhou-431"})

    @pytest.mark.parametrize("new", ["short1", "onlyletters", "1234567890"])
    async def test_refuses_a_weak_one(self, gateway: Any, new: str) -> None:
        browser = await gateway.signed_in()

        problem = await browser.refused(
            "POST", "/api/session/password", 422, json={"current": "Zixing-2026", "new": new}
        )

        assert problem["errors"][0] == {
            "path": "body.new",
            "code": "password_weak",
            "message": problem["errors"][0]["message"],
        }
