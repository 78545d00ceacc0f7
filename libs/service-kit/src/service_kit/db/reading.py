"""The hot read path: JSON made by the database, the actor's scope in a read-only transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Protocol, TypeVar

import asyncpg
from fastapi import Depends, Request

from service_kit.auth import Context
from service_kit.context import ServiceContext
from service_kit.db.session import server_settings
from service_kit.exchange import Question, Reader, Row
from service_kit.scope import NATION, Scope
from service_kit.settings import ServiceSettings
from service_kit.tokens import Actor

T = TypeVar("T")


async def _keep(_: Any) -> None:
    """Instead of asyncpg's reset round trip: nothing that is run here leaves a trace in the session."""


async def make_read_pool(settings: ServiceSettings, application_name: str) -> asyncpg.Pool:
    """For statements on tables that belong to no county, which need no scope: each is a transaction of its own."""
    return await asyncpg.create_pool(
        settings.dsn,
        min_size=0,
        max_size=settings.pool_size,
        reset=_keep,
        timeout=10,
        server_settings=server_settings(f"{application_name}-own"),
    )


def make_reader(settings: ServiceSettings, application_name: str) -> Reader:
    return Reader(settings.dsn, settings.pool_size * 2, server_settings(f"{application_name}-read"))


class _Statements(Protocol):
    """What runs statements: an asyncpg connection inside a transaction, or ``_Scoped``."""

    async def fetch(self, sql: str, *args: Any) -> Any: ...


class _Scoped:
    """Statements in exchanges that see one scope. As always with READ COMMITTED, each sees what is committed when it
    begins."""

    def __init__(self, reader: Reader, scope: Scope | None) -> None:
        self._reader = reader
        self._scope = scope
        self._together: list[Question] | None = None
        self.plan_by_values = False

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        question = Question(sql, args)
        if self._together is not None:
            self._together.append(question)
        else:
            self._reader.ask(self._scope, (question,), plan_by_values=self.plan_by_values)
        return await question.answer

    async def at_once(self, *reads: Awaitable[Any]) -> list[Any]:
        """The first statement of each travels in one exchange, later ones by themselves."""
        self._together = []
        asked = asyncio.gather(*reads)
        await asyncio.sleep(0)  # each of them runs up to its first statement
        questions, self._together = self._together, None
        if questions:
            self._reader.ask(self._scope, questions, plan_by_values=self.plan_by_values)
        return await asked


class ReadConnection:
    """Reads one scope."""

    def __init__(self, statements: Any) -> None:
        self._statements: _Statements = statements

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        rows: list[Any] = await self._statements.fetch(sql, *args)
        return rows

    async def row(self, sql: str, *args: Any) -> Any | None:
        """The first row; None when there is none."""
        rows = await self._statements.fetch(sql, *args)
        return rows[0] if rows else None

    async def value(self, sql: str, *args: Any) -> Any:
        """The first value of the first row; None when there is none."""
        rows = await self._statements.fetch(sql, *args)
        return rows[0][0] if rows else None

    async def json(self, sql: str, *args: Any) -> bytes | None:
        """The single JSON text value that ``sql`` returns, as bytes; None when there is no row."""
        text: str | None = await self.value(sql, *args)
        return None if text is None else text.encode()

    async def plan_by_values(self) -> None:
        """Have the statements that follow planned anew for their values.

        After five runs PostgreSQL may settle on one plan for all values, which is right for a page of a list and wrong
        where the values decide the order of joins: a rare name across the nation went from 3 ms to 3.7 s.
        """
        if isinstance(self._statements, _Scoped):
            self._statements.plan_by_values = True
        else:
            await self._statements.fetch("SET LOCAL plan_cache_mode = force_custom_plan")

    async def at_once(self, *reads: Awaitable[Any]) -> list[Any]:
        """The results of several reads of this connection, asked for in one exchange where that can be."""
        if isinstance(self._statements, _Scoped):
            return await self._statements.at_once(*reads)
        return [await read for read in reads]


def reading(ctx: ServiceContext, scope: Scope | None) -> ReadConnection:
    """What ``scope`` may see; None sees no row of any tenant table."""
    return ReadConnection(_Scoped(ctx.reader, scope))


@asynccontextmanager
async def read_connection(ctx: ServiceContext, scope: Scope | None) -> AsyncIterator[ReadConnection]:
    """As ``reading``, for those who open it themselves."""
    yield reading(ctx, scope)


async def get_read_db(request: Request, ctx: Context) -> ReadConnection:
    actor: Actor | None = getattr(request.state, "actor", None)
    return reading(ctx, actor.scope if actor else None)


async def get_public_read_db(ctx: Context) -> ReadConnection:
    return reading(ctx, NATION)


ReadDb = Annotated[ReadConnection, Depends(get_read_db)]
PublicReadDb = Annotated[ReadConnection, Depends(get_public_read_db)]
"""For doors without login: sees all regions, so its SQL must itself choose what is public."""
