"""The hot read path: raw asyncpg, JSON made by the database, the actor's scope in a read-only transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request

from service_kit.auth import Context
from service_kit.context import ServiceContext
from service_kit.db.session import server_settings
from service_kit.scope import NATION, Scope
from service_kit.settings import ServiceSettings
from service_kit.tokens import Actor


async def _keep(_: Any) -> None:
    """Instead of asyncpg's reset round trip: each use ends its own transaction, nothing outlives it."""


async def make_read_pool(settings: ServiceSettings, application_name: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        settings.dsn,
        min_size=0,
        max_size=settings.pool_size * 2,
        reset=_keep,
        timeout=10,
        server_settings=server_settings(f"{application_name}-read"),
    )


class ReadConnection:
    """A read-only transaction that sees one scope."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def json(self, sql: str, *args: Any) -> bytes | None:
        """The single JSON text value that ``sql`` returns, as bytes; None when there is no row."""
        text: str | None = await self._connection.fetchval(sql, *args)
        return None if text is None else text.encode()

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._connection.fetch(sql, *args)
        return rows

    async def row(self, sql: str, *args: Any) -> asyncpg.Record | None:
        return await self._connection.fetchrow(sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        return await self._connection.fetchval(sql, *args)


@asynccontextmanager
async def read_connection(ctx: ServiceContext, scope: Scope | None) -> AsyncIterator[ReadConnection]:
    """Open the transaction; ``scope`` None sees no row of any tenant table."""
    async with ctx.read_pool.acquire() as connection:
        await connection.execute("BEGIN READ ONLY" if scope is None else f"BEGIN READ ONLY; {scope.statements()}")
        try:
            yield ReadConnection(connection)
        finally:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")


async def get_read_db(request: Request, ctx: Context) -> AsyncIterator[ReadConnection]:
    actor: Actor | None = getattr(request.state, "actor", None)
    async with read_connection(ctx, actor.scope if actor else None) as connection:
        yield connection


async def get_public_read_db(ctx: Context) -> AsyncIterator[ReadConnection]:
    async with read_connection(ctx, NATION) as connection:
        yield connection


ReadDb = Annotated[ReadConnection, Depends(get_read_db, scope="function")]
PublicReadDb = Annotated[ReadConnection, Depends(get_public_read_db, scope="function")]
"""For doors without login: sees all regions, so its SQL must itself choose what is public."""
