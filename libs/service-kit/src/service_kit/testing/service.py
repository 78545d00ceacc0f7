"""A service under test: its app in this process, on its own fresh database, spoken to over HTTP."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.app import api_routes, build_app, permission_of
from service_kit.context import ServiceContext
from service_kit.db.session import system_session
from service_kit.ids import uuid7
from service_kit.scope import NATION, Scope
from service_kit.spec import ServiceSpec
from service_kit.testing import database, keys, stock
from service_kit.tokens import Signer


class Api(httpx.AsyncClient):
    """HTTP client with a token; ``ok`` fails loudly with the problem that came back."""

    def as_key(self) -> dict[str, str]:
        """Headers with a fresh Idempotency-Key."""
        return {"Idempotency-Key": str(uuid7())}

    async def ok(self, method: str, url: str, status: int | tuple[int, ...] = (200, 201, 204), **kw: Any) -> Any:
        response = await self.request(method, url, **kw)
        wanted = (status,) if isinstance(status, int) else status
        assert response.status_code in wanted, f"{method} {url}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    async def refused(self, method: str, url: str, status: int, code: str | None = None, **kw: Any) -> dict[str, Any]:
        """Expect a problem with ``status`` and ``code``; returns it."""
        response = await self.request(method, url, **kw)
        assert response.status_code == status, f"{method} {url}: {response.status_code} {response.text}"
        assert response.headers["content-type"].startswith("application/problem+json")
        problem: dict[str, Any] = response.json()
        assert code is None or problem["code"] == code, problem
        return problem


class ServiceUnderTest:
    def __init__(self, app: FastAPI, spec: ServiceSpec, database_name: str, admin_url: str, folder: Path) -> None:
        self.app = app
        self.spec = spec
        self.folder = folder
        self._admin_url = admin_url
        self.owner_url = database.with_database(admin_url, database_name, f"{spec.name}_owner")
        self.service_url = database.with_database(admin_url, database_name, f"{spec.name}_svc")
        self.superuser_url = database.with_database(admin_url, database_name)
        self._clients: list[Api] = []

    @property
    def ctx(self) -> ServiceContext:
        ctx: ServiceContext = self.app.state.ctx
        return ctx

    def all_permissions(self) -> frozenset[str]:
        found = {permission_of(route) for route in api_routes(self.app)}
        return frozenset(p for p in found if p and p != "public")

    def token(
        self,
        region: str = "431081",
        permissions: Iterable[str] | None = None,
        *,
        role: str = "bureau",
        name: str = "测试员",
        user_id: UUID | None = None,
        issuer: str = "gateway",
        lifetime: int = 300,
    ) -> str:
        signer = Signer.from_file(issuer, self.folder / f"{issuer}.pem")
        return signer.issue(
            subject=user_id or uuid7(),
            username=role,
            name=name,
            role=role,
            region=region,
            permissions=self.all_permissions() if permissions is None else permissions,
            service=issuer != "gateway",
            lifetime=lifetime,
        )

    def api(self, region: str = "431081", permissions: Iterable[str] | None = None, **token: Any) -> Api:
        """A client acting in ``region`` with ``permissions`` (all of this service's by default)."""
        return self._client({"Authorization": f"Bearer {self.token(region, permissions, **token)}"})

    def anonymous(self) -> Api:
        return self._client({})

    def _client(self, headers: dict[str, str]) -> Api:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = Api(transport=transport, base_url=f"http://{self.spec.name}.test", headers=headers)
        self._clients.append(client)
        return client

    @asynccontextmanager
    async def session(self, scope: str = "") -> AsyncIterator[AsyncSession]:
        """A committed transaction as the service's role, to arrange or to look."""
        async with system_session(self.ctx, Scope(scope) if scope else NATION) as session:
            yield session

    @asynccontextmanager
    async def connection(self, url: str | None = None) -> AsyncIterator[asyncpg.Connection]:
        """A raw connection, as the service's role by default."""
        connection = await asyncpg.connect(url or self.service_url)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def counted_queries(self) -> AsyncIterator[list[str]]:
        """Collects every SQL statement that the app sends, on both database paths."""
        statements: list[str] = []

        def on_execute(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        engine = self.ctx.engine.sync_engine
        event.listen(engine, "before_cursor_execute", on_execute)
        pool = self.ctx.read_pool
        self.ctx.read_pool = _WatchedPool(pool, statements)
        self.ctx.reader.watch = self.ctx.writer.watch = statements.append
        try:
            yield statements
        finally:
            self.ctx.read_pool = pool
            self.ctx.reader.watch = self.ctx.writer.watch = None
            event.remove(engine, "before_cursor_execute", on_execute)

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


class _WatchedPool:
    def __init__(self, pool: asyncpg.Pool, statements: list[str]) -> None:
        self._pool = pool
        self._statements = statements

    def acquire(self, *args: Any, **kw: Any) -> Any:
        return _Watched(self._pool.acquire(*args, **kw), self._statements)


class _Watched:
    def __init__(self, context: Any, statements: list[str]) -> None:
        self._context = context
        self._statements = statements

    async def __aenter__(self) -> Any:
        connection = await self._context.__aenter__()
        self._log = lambda record: self._statements.append(record.query)
        connection.add_query_logger(self._log)
        self._connection = connection
        return connection

    async def __aexit__(self, *error: Any) -> None:
        self._connection.remove_query_logger(self._log)
        await self._context.__aexit__(*error)


_apps: dict[int, FastAPI] = {}


def _app_of(spec: ServiceSpec) -> FastAPI:
    """One app per process: all that belongs to one test, settings and connections, is made when the app starts."""
    if id(spec) not in _apps:  # the app keeps its spec alive, so that the number stays its own
        _apps[id(spec)] = build_app(spec)
    return _apps[id(spec)]


def service_fixture(spec: ServiceSpec, **settings: str) -> Callable[..., Any]:
    """A fixture that gives each test its own running ``ServiceUnderTest``, on a database as fresh from the migrations.

    In a service's ``tests/service/conftest.py``: ``service = service_fixture(SPEC)``. Needs the session fixture
    ``pg_admin_url`` of the project's root conftest.
    """

    @pytest.fixture
    async def service(
        pg_admin_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[ServiceUnderTest]:
        template = await asyncio.to_thread(database.make_template, pg_admin_url, spec)
        name = await stock.take(pg_admin_url, template)
        keys.write_keys(tmp_path, spec.name)
        environment = {
            "ENV": "test",
            "DATABASE_URL": database.with_database(pg_admin_url, name, f"{spec.name}_svc"),
            "SIGNING_KEY_FILE": str(tmp_path / f"{spec.name}.pem"),
            "TRUSTED_KEYS_FILE": str(tmp_path / "trusted.json"),
            "FIELD_KEYS_FILE": str(tmp_path / "field.json"),
            "FILES_DIR": str(tmp_path / "files"),
            "PEERS": "{}",
            "POOL_SIZE": "5",
        } | settings
        for key in [key for key in os.environ if key.startswith("LINKAGE_")]:
            if key != "LINKAGE_TEST_ADMIN_URL":
                monkeypatch.delenv(key)
        for key, value in environment.items():
            monkeypatch.setenv(f"LINKAGE_{key}", value)
        app = _app_of(spec)
        try:
            async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
                under_test = ServiceUnderTest(app, spec, name, pg_admin_url, tmp_path)
                yield under_test
                await under_test.close()
        finally:
            await stock.give_back(pg_admin_url, template, name)

    return service
