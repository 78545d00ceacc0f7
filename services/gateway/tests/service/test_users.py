"""Accounts and the three administrators (GW-1)."""

from __future__ import annotations

from typing import Any

import pytest
from gateway.identity import first_admin
from service_kit.ids import uuid7


def account(**changes: Any) -> dict[str, Any]:
    return {
        "username": f"u{uuid7().hex[-8:]}",
        "name": "王五",
        "role": "township",
        "region_code": "431081106",
        "password": "Zhoumensi-226",
    } | changes


class TestCreateUser:
    async def test_opens_an_account_that_waits_for_confirmation(self, gateway: Any) -> None:
        await gateway.person("security_admin")
        admin = await gateway.signed_in("system_admin")
        new = account()

        user = await admin.ok("PUT", f"/api/users/{uuid7()}", json=new)

        assert user["authorised"] is False
        assert user["role_name"] == "乡镇"
        assert user["region"] == {"code": "431081106", "name": "州门司镇", "level": "township"}
        await gateway.browser().refused(
            "POST", "/api/session", 401, json={"username": new["username"], "password": new["password"]}
        )
        assert (await gateway.audit_actions())[-2:] == ["user.created", "session.refused"]

    async def test_twice_is_once(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")
        user_id, new = uuid7(), account()

        first = await admin.ok("PUT", f"/api/users/{user_id}", json=new)
        second = await admin.ok("PUT", f"/api/users/{user_id}", json=new)

        assert first == second
        await admin.refused("PUT", f"/api/users/{user_id}", 409, "already_exists", json=new | {"name": "赵六"})
        await admin.refused(
            "PUT", f"/api/users/{user_id}", 409, "already_exists", json=new | {"password": "Other-2026"}
        )

    async def test_the_first_security_administrator_is_confirmed_at_once_and_nobody_after(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")
        first = account(role="security_admin", region_code="431081")

        assert (await admin.ok("PUT", f"/api/users/{uuid7()}", json=first))["authorised"] is True
        second = account(role="security_admin", region_code="431081")
        assert (await admin.ok("PUT", f"/api/users/{uuid7()}", json=second))["authorised"] is False

    async def test_is_not_for_the_security_administrator(self, gateway: Any) -> None:
        admin = await gateway.signed_in("security_admin")

        problem = await admin.refused("PUT", f"/api/users/{uuid7()}", 403, "separation_of_duties", json=account())

        assert problem["detail"] == "新建账号由系统管理员办理"

    @pytest.mark.parametrize("role", ["bureau", "township", "auditor", "audit_admin"])
    async def test_needs_the_permission(self, gateway: Any, role: str) -> None:
        browser = await gateway.signed_in(role)
        await browser.refused("PUT", f"/api/users/{uuid7()}", 403, "forbidden", json=account())

    @pytest.mark.parametrize("region_code", ["431027", "4310", "43", ""])
    async def test_outside_the_own_region_is_refused(self, gateway: Any, region_code: str) -> None:
        admin = await gateway.signed_in("system_admin")
        new = account(region_code=region_code)
        await admin.refused("PUT", f"/api/users/{uuid7()}", 403, "region_out_of_scope", json=new)

    async def test_a_taken_name_is_a_conflict(self, gateway: Any) -> None:
        await gateway.person(username="zhangsan")
        admin = await gateway.signed_in("system_admin")
        await admin.refused("PUT", f"/api/users/{uuid7()}", 409, "username_taken", json=account(username="ZhangSan"))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", "a"),
            ("username", "张三"),
            ("username", "a b"),
            ("username", "x\x00y"),
            ("name", ""),
            ("name", "王\x00五"),
            ("name", "x" * 41),
            ("role", "king"),
            ("role", None),
            ("region_code", "43108"),
            ("region_code", "abcdef"),
            ("password", "short1"),
            ("password", "x" * 129),
            ("password", 12345678),
            ("colour", "red"),
        ],
    )
    async def test_bad_input_is_named_by_field(self, gateway: Any, field: str, value: Any) -> None:
        admin = await gateway.signed_in("system_admin")

        problem = await admin.refused("PUT", f"/api/users/{uuid7()}", 422, json=account() | {field: value})

        assert problem["errors"][0]["path"] == f"body.{field}"
        assert any("\u4e00" <= c <= "\u9fff" for c in problem["errors"][0]["message"])


class TestUpdateUser:
    async def change(self, admin: Any, person: Any, version: int = 1, **change: Any) -> Any:
        return await admin.request(
            "PATCH", f"/api/users/{person.id}", json=change, headers={"if-match": f'"{version}"'}
        )

    async def test_the_security_administrator_confirms_role_and_region(self, gateway: Any) -> None:
        person = await gateway.person("village_cadre", "431081106226", authorised=False)
        admin = await gateway.signed_in("security_admin")

        answer = await self.change(admin, person, role="township", region_code="431081106")

        assert answer.status_code == 200
        assert answer.headers["etag"] == '"2"'
        browser = await gateway.sign_in(person)
        assert (await browser.ok("GET", "/api/session"))["user"]["role"] == "township"

    async def test_a_change_of_role_signs_out_at_once(self, gateway: Any) -> None:
        person = await gateway.person("bureau")
        browser = await gateway.sign_in(person)
        await browser.ok("GET", "/api/session")
        admin = await gateway.signed_in("security_admin")

        await self.change(admin, person, role="auditor")

        await browser.refused("GET", "/api/session", 401, "token_expired")

    async def test_a_shut_account_cannot_sign_in(self, gateway: Any) -> None:
        person = await gateway.person()
        browser = await gateway.sign_in(person)
        admin = await gateway.signed_in("system_admin")

        assert (await self.change(admin, person, disabled=True)).json()["disabled"] is True

        await browser.refused("GET", "/api/session", 401)
        await browser.refused(
            "POST", "/api/session", 401, json={"username": person.username, "password": "Zixing-2026"}
        )

    @pytest.mark.parametrize(
        ("role", "change"),
        [
            ("system_admin", {"role": "bureau"}),
            ("system_admin", {"region_code": "431081106"}),
            ("system_admin", {"locked": False}),
            ("security_admin", {"password": "Other-2026"}),
            ("security_admin", {"name": "别人"}),
        ],
    )
    async def test_keeps_the_three_administrators_apart(self, gateway: Any, role: str, change: dict[str, Any]) -> None:
        person = await gateway.person()
        admin = await gateway.signed_in(role)

        answer = await self.change(admin, person, **change)

        assert answer.status_code == 403
        assert answer.json()["code"] == "separation_of_duties"

    async def test_nobody_changes_the_own_account(self, gateway: Any) -> None:
        me = await gateway.person("security_admin")
        browser = await gateway.sign_in(me)

        answer = await self.change(browser, me, role="bureau")

        assert answer.json()["code"] == "not_yourself"

    async def test_an_old_version_gets_both(self, gateway: Any) -> None:
        person = await gateway.person()
        admin = await gateway.signed_in("system_admin")
        await self.change(admin, person, name="新名")

        answer = await self.change(admin, person, name="旧名", password="Secret-2026")

        assert answer.status_code == 412
        assert answer.json()["current"]["name"] == "新名"
        assert answer.json()["yours"] == {"name": "旧名"}

    async def test_without_a_version_is_refused(self, gateway: Any) -> None:
        person = await gateway.person()
        admin = await gateway.signed_in("system_admin")
        await admin.refused("PATCH", f"/api/users/{person.id}", 428, "if_match_required", json={"name": "x"})

    async def test_a_person_elsewhere_is_not_found(self, gateway: Any) -> None:
        person = await gateway.person("bureau", "431027")
        admin = await gateway.signed_in("system_admin")

        assert (await self.change(admin, person, name="x")).status_code == 404


class TestListUsers:
    async def test_shows_the_own_region_page_by_page(self, gateway: Any) -> None:
        for number in range(5):
            await gateway.person("township", "431081106", username=f"town{number}")
        await gateway.person("bureau", "431027", username="elsewhere")
        await gateway.person("bureau", "43", username="above")
        admin = await gateway.signed_in("system_admin")

        first = await admin.ok("GET", "/api/users", params={"limit": 3, "with_total": True})
        second = await admin.ok("GET", "/api/users", params={"limit": 3, "cursor": first["next"]})

        names = [user["username"] for user in first["items"] + second["items"]]
        assert names[1:] == [f"town{number}" for number in range(5)]
        assert first["total"] == 6
        assert second["next"] is None

    async def test_is_searched_by_name_role_and_region(self, gateway: Any) -> None:
        await gateway.person("township", "431081106", username="zhou", name="周一%")
        await gateway.person("bureau", "431081", username="wu", name="吴二")
        admin = await gateway.signed_in("system_admin")

        for params, expected in (
            ({"q": "%"}, ["zhou"]),
            ({"q": "吴"}, ["wu"]),
            ({"role": "township"}, ["zhou"]),
            ({"region": "431081106"}, ["zhou"]),
            ({"region": "431027"}, []),
        ):
            page = await admin.ok("GET", "/api/users", params=params)
            assert [user["username"] for user in page["items"]] == expected

    async def test_a_nation_wide_administrator_sees_everybody(self, gateway: Any) -> None:
        await gateway.person("bureau", "43")
        admin = await gateway.signed_in("audit_admin", "")

        page = await admin.ok("GET", "/api/users")

        assert [user["region"]["name"] for user in page["items"]] == ["全国", "湖南省"]

    async def test_is_not_for_everybody(self, gateway: Any) -> None:
        browser = await gateway.signed_in("village_cadre", "431081106226")
        await browser.refused("GET", "/api/users", 403, "forbidden")

    @pytest.mark.parametrize(
        "params",
        [{"limit": 0}, {"limit": 51}, {"cursor": "x"}, {"q": "x" * 51}, {"region": "1"}, {"role": "x"}],
    )
    async def test_bad_input(self, gateway: Any, params: dict[str, Any]) -> None:
        admin = await gateway.signed_in("system_admin")
        await admin.refused("GET", "/api/users", 422, "validation_failed", params=params)

    async def test_a_nul_character_is_refused(self, gateway: Any) -> None:
        admin = await gateway.signed_in("system_admin")
        await admin.refused("GET", "/api/users", 422, params={"q": "a\x00"})


class TestRoles:
    async def test_are_listed_with_what_they_may_do(self, gateway: Any) -> None:
        browser = await gateway.signed_in("village_cadre", "431081106226")

        roles = {role["code"]: role for role in (await browser.ok("GET", "/api/roles"))["items"]}

        assert len(roles) == 10
        assert roles["village_cadre"]["name"] == "村干部"
        assert "monitoring.households:reveal" not in roles["village_cadre"]["permissions"]
        assert "monitoring.households:reveal" in roles["township"]["permissions"]


class TestFirstAdministrator:
    async def test_link_makes_one_administrator_and_signs_in(self, gateway: Any) -> None:
        token = await first_admin.issue_link(gateway.service.owner_url)
        browser = gateway.browser()
        body = {"link_token": token, "username": "root.admin", "name": "首位管理员", "password": "Linkage-2026"}

        session = await browser.ok("POST", "/api/first-administrator", json=body)

        assert session["user"]["role"] == "system_admin"
        assert session["user"]["region"] == {"code": "", "name": "全国", "level": "nation"}
        await browser.ok("GET", "/api/users")
        await gateway.browser().refused(
            "POST", "/api/first-administrator", 422, "link_invalid", json=body | {"username": "second"}
        )
        assert await first_admin.issue_link(gateway.service.owner_url) is None

    async def test_a_wrong_link_makes_nobody(self, gateway: Any) -> None:
        await first_admin.issue_link(gateway.service.owner_url)
        body = {"link_token": "guess", "username": "root.admin", "name": "某人", "password": "Linkage-2026"}

        await gateway.browser().refused("POST", "/api/first-administrator", 422, "link_invalid", json=body)

        assert await gateway.audit_actions() == []

    async def test_a_refused_account_leaves_the_link_good(self, gateway: Any) -> None:
        await gateway.person(username="taken")
        token = await first_admin.issue_link(gateway.service.owner_url)
        body = {"link_token": token, "username": "taken", "name": "某人", "password": "Linkage-2026"}
        await gateway.browser().refused("POST", "/api/first-administrator", 409, "username_taken", json=body)

        await gateway.browser().ok("POST", "/api/first-administrator", json=body | {"username": "free"})

    async def test_is_made_on_the_spot_by_the_owner_of_the_database(self, gateway: Any) -> None:
        await first_admin.create_administrator(
            gateway.service.owner_url, "Boss", "管理员", "Linkage-2026", region="431081"
        )

        browser = await gateway.sign_in("boss", "Linkage-2026")
        assert (await browser.ok("GET", "/api/session"))["user"]["region"]["code"] == "431081"

    @pytest.mark.parametrize(
        ("username", "password", "region"),
        [("x", "Linkage-2026", ""), ("boss", "weak", ""), ("boss", "Linkage-2026", "12345")],
    )
    async def test_says_what_is_wrong(self, gateway: Any, username: str, password: str, region: str) -> None:
        with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
            await first_admin.create_administrator(gateway.service.owner_url, username, "管理员", password, region)
