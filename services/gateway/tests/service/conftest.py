"""The gateway under test: people who sign in like people, and services behind it that answer as told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import pytest
from aiohttp import web
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
SERVICES = ("monitoring", "assets", "funds")
REGIONS = {
    "43": "湖南省",
    "4310": "郴州市",
    "431081": "资兴市",
    "431081106": "州门司镇",
    "431081106226": "道塘村",
    "431081107": "黄草镇",
    "431027": "桂东县",
}

service = service_fixture(SPEC, COOKIE_SECURE="false", PAGE_DEADLINE_SECONDS="0.5")


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


Behaviour = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """What reached a service."""

    method: str
    service: str
    target: str
    """Path and query as they came over the wire."""
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Route:
    """What a stub answers to some calls, and the calls."""

    calls: list[Call] = field(default_factory=list)
    behaviour: Behaviour | None = None

    def respond(
        self,
        status: int = 200,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Route:
        body = orjson.dumps(json) if content is None else content
        sent = {"content-type": "application/json", **(headers or {})}

        async def answer(_: web.BaseRequest) -> web.Response:
            return web.Response(status=status, body=body, headers=sent)

        return self.does(answer)

    def does(self, behaviour: Behaviour) -> Route:
        self.behaviour = behaviour
        return self

    @property
    def called(self) -> bool:
        return bool(self.calls)


class Upstream:
    """The three services as local HTTP servers that answer as told; a call that no test expects fails the test."""

    def __init__(self, peers: dict[str, str]) -> None:
        self._peers = peers
        self._routes: dict[tuple[str | None, str | None, str | None], Route] = {}
        self._ports: dict[int, str] = {}
        self._unread: dict[tuple[str, str, str], Behaviour] = {}
        self.calls: list[Call] = []
        self.unexpected: list[Call] = []

    def listen(self, service: str) -> socket.socket:
        listening = socket.create_server(("127.0.0.1", 0))
        self._ports[listening.getsockname()[1]] = service
        self.at(service, listening)
        return listening

    def at(self, service: str, listening: socket.socket) -> None:
        self._peers[service] = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def down(self, service: str) -> None:
        """Nobody listens there any more."""
        with closing(socket.create_server(("127.0.0.1", 0))) as unused:
            self.at(service, unused)

    def route(self, method: str | None = None, service: str | None = None, path: str | None = None) -> Route:
        """Without a method, service or path: any. The more exact route wins, and a later one over the same."""
        return self._routes.setdefault((method, service, path), Route())

    def get(self, service: str, path: str) -> Route:
        return self.route("GET", service, path)

    def answer_unread(self, method: str, service: str, path: str, behaviour: Behaviour) -> None:
        """Hand the call over before its body has come."""
        self._unread[method, service, path] = behaviour

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        service = self._ports[request.transport.get_extra_info("sockname")[1]]
        if behaviour := self._unread.get((request.method, service, request.path)):
            return await behaviour(request)
        call = Call(
            request.method,
            service,
            request.raw_path,
            dict(request.query),
            request.headers,
            await request.content.read(),
        )
        self.calls.append(call)
        for key in ((call.method, service, request.path), (None, service, None), (None, None, None)):
            if (route := self._routes.get(key)) and route.behaviour:
                route.calls.append(call)
                return await route.behaviour(request)
        self.unexpected.append(call)
        return web.Response(status=500)


@pytest.fixture
async def upstream(service: ServiceUnderTest) -> AsyncIterator[Upstream]:
    stub = Upstream(service.ctx.settings.peers)
    runner = web.ServerRunner(web.Server(stub.answer), handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    for name in SERVICES:
        await web.SockSite(runner, stub.listen(name)).start()
    yield stub
    await runner.cleanup()
    assert stub.unexpected == []


@pytest.fixture
def slow() -> Behaviour:
    async def answer(_: web.BaseRequest) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    return answer


@pytest.fixture
def breaks_off() -> Behaviour:
    async def answer(request: web.BaseRequest) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return answer
