"""The gateway under test: people who sign in like people, and services behind it that answer as told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import respx
from argon2 import PasswordHasher
from gateway.identity import passwords
from gateway.identity.models import UserAccount
from gateway.main import SPEC
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.kit_tables import region
from service_kit.pinyin import initials
from service_kit.region import level_of, parent_of
from service_kit.testing import Api, ServiceUnderTest, service_fixture
from sqlalchemy import insert

PASSWORD = "Zixing-2026"
PEERS = {name: f"http://{name}.test" for name in ("monitoring", "assets", "funds")}
REGIONS = {
    "43": "湖南省",
    "4310": "郴州市",
    "431081": "资兴市",
    "431081106": "州门司镇",
    "431081106226": "道塘村",
    "431081107": "黄草镇",
    "431027": "桂东县",
}

service = service_fixture(SPEC, PEERS=orjson.dumps(PEERS).decode(), COOKIE_SECURE="false", PAGE_DEADLINE_SECONDS="0.5")


@dataclass
class Person:
    id: UUID
    username: str
    role: str
    region: str


class GatewayUnderTest:
    """``person`` makes one, ``signed_in`` gives a browser in which that person is signed in."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.ctx = service.ctx
        self.app = service.app

    def browser(self, **headers: str) -> Api:
        return self.service._client({"accept-language": "zh-CN", **headers})

    async def person(
        self, role: str = "bureau", region_code: str = "431081", *, authorised: bool = True, **columns: Any
    ) -> Person:
        username = columns.pop("username", None) or f"{role.replace('_', '-')}-{uuid7().hex[-6:]}"
        user = UserAccount(
            username=username,
            name=columns.pop("name", "张三"),
            role=role,
            region_code=region_code,
            password_hash=await asyncio.to_thread(passwords.hash_password, PASSWORD),
            authorised_at=now() if authorised else None,
            **columns,
        )
        async with self.service.session() as session:
            session.add(user)
        return Person(user.id, username, role, region_code)

    async def sign_in(self, person: Person | str, password: str = PASSWORD, browser: Api | None = None) -> Api:
        browser = browser or self.browser()
        username = person if isinstance(person, str) else person.username
        session = await browser.ok("POST", "/api/session", json={"username": username, "password": password})
        browser.headers["x-csrf-token"] = session["csrf"]
        return browser

    async def signed_in(self, role: str = "bureau", region_code: str = "431081") -> Api:
        return await self.sign_in(await self.person(role, region_code))

    async def audit_actions(self) -> list[str]:
        async with self.service.connection() as connection:
            rows = await connection.fetch("SELECT action FROM audit_entry ORDER BY id")
        return [row["action"] for row in rows]


@pytest.fixture(autouse=True)
def quick_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with the least work, so that a test does not wait for it."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
async def gateway(service: ServiceUnderTest) -> GatewayUnderTest:
    rows = [
        {
            "code": code,
            "name": name,
            "level": level_of(code),
            "parent_code": parent_of(code),
            "initials": initials(name),
            "updated_at": now(),
        }
        for code, name in REGIONS.items()
    ]
    async with service.session() as session:
        await session.execute(insert(region), rows)
    return GatewayUnderTest(service)


@pytest.fixture
def upstream() -> Any:
    """The three services: nothing is mounted, and a call that no test expects fails."""
    with respx.mock(assert_all_called=False) as router:
        yield router


Slow = Callable[[httpx.Request], Awaitable[httpx.Response]]


@pytest.fixture
def slow() -> Slow:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200, json={})

    return answer
