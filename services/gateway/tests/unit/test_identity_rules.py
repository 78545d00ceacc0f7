"""Roles, the three administrators, passwords and session tokens, without a database."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from argon2 import PasswordHasher
from gateway.identity import passwords, rules
from gateway.identity.errors import NotYourself, SeparationOfDuties
from gateway.identity.roles import EVERYONE, ROLES, permissions_of, role_name
from gateway.identity.schemas import RoleCode
from gateway.identity.sessions import csrf_of, hash_token, new_token
from service_kit.ids import uuid7


class TestRoles:
    def test_are_the_ones_that_the_api_takes(self) -> None:
        assert set(get_args(RoleCode)) == set(ROLES)

    def test_all_have_a_chinese_name(self) -> None:
        assert all(any("\u4e00" <= c <= "\u9fff" for c in role.name) for role in ROLES.values())

    def test_administrators_have_no_part_in_the_business(self) -> None:
        for role in ROLES.values():
            business = {p for p in role.permissions if not p.startswith("gateway.") and not p.endswith("audit:read")}
            assert bool(business) is not role.administrator

    def test_the_auditor_raises_clues_and_writes_nothing_else(self) -> None:
        # files:use opens the doors of files; to put one there takes the write permission of its record.
        harmless = (":read", ".files:use")
        writes = {p for p in permissions_of("auditor") if not p.endswith(harmless) and p != EVERYONE}
        assert writes == {"funds.clues:raise"}

    def test_only_bureau_and_township_reveal_numbers(self) -> None:
        revealing = {code for code, role in ROLES.items() if "monitoring.households:reveal" in role.permissions}
        assert revealing == {"bureau", "township"}

    def test_nobody_may_deliver_events(self) -> None:
        assert not any("events:deliver" in role.permissions for role in ROLES.values())

    def test_an_unknown_role_may_nothing(self) -> None:
        assert permissions_of("king") == frozenset()
        assert role_name("king") == "king"


class TestAdministrators:
    @pytest.mark.parametrize("role", [code for code in ROLES if code != "system_admin"])
    def test_only_the_system_administrator_opens_accounts(self, role: str) -> None:
        rules.check_creation("system_admin")
        with pytest.raises(SeparationOfDuties):
            rules.check_creation(role)

    def test_nobody_can_do_it_all(self) -> None:
        everything = {"name", "password", "disabled", "role", "region_code", "locked"}
        assert set.union(*map(set, rules.MAY_CHANGE.values())) == everything
        for role in ROLES:
            with pytest.raises(SeparationOfDuties):
                rules.check_change(role, uuid7(), uuid7(), everything)

    def test_nobody_changes_the_own_account(self) -> None:
        me = uuid7()
        with pytest.raises(NotYourself):
            rules.check_change("security_admin", me, me, {"role"})

    def test_only_the_first_security_administrator_needs_no_confirmation(self) -> None:
        assert rules.confirmed_at_once("security_admin", security_admin_exists=False)
        assert not rules.confirmed_at_once("security_admin", security_admin_exists=True)
        assert not any(rules.confirmed_at_once(r, security_admin_exists=False) for r in ROLES if r != "security_admin")


class TestPasswords:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys_hash.cache_clear()

    def test_are_hashed_with_argon2id_and_salt(self) -> None:
        first, second = passwords.hash_password("Zixing-2026"), passwords.hash_password("Zixing-2026")
        assert first.startswith("$argon2id$")
        assert first != second

    async def test_are_verified(self) -> None:
        stored = passwords.hash_password("Zixing-2026")
        assert await passwords.verify_password(stored, "Zixing-2026")
        assert not await passwords.verify_password(stored, "zixing-2026")
        assert not await passwords.verify_password("not a hash", "x")

    async def test_nobody_has_no_password(self) -> None:
        assert not await passwords.verify_password(None, "nobody has this password")

    async def test_hold_nobody_up(self) -> None:
        beats = 0

        async def heart() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(heart())
        await passwords.verify_password(None, "x")
        task.cancel()
        assert beats > 1

    @pytest.mark.parametrize("password", ["short1", "abcdefgh", "12345678", "xxZhangSan99"])
    def test_weak_ones_are_refused(self, password: str) -> None:
        assert passwords.weakness_of(password, "zhangsan")

    @pytest.mark.parametrize("password", ["Zixing-2026", "资兴市衔接2026a", "correct horse 1"])
    def test_good_ones_are_taken(self, password: str) -> None:
        assert passwords.weakness_of(password, "zhangsan") is None


class TestTokens:
    def test_are_long_and_all_different(self) -> None:
        tokens = {new_token() for _ in range(100)}
        assert len(tokens) == 100
        assert all(len(token) >= 43 for token in tokens)

    def test_csrf_follows_from_the_session_and_does_not_tell_it(self) -> None:
        token = new_token()
        assert csrf_of(token) == csrf_of(token) != csrf_of(new_token())
        assert token not in csrf_of(token)
        assert len(hash_token(token)) == 32
