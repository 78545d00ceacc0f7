"""The hot write path: statements in one exchange, and transactions of few statements (ADR 0014)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import asyncpg
import psycopg
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.auth import Context
from service_kit.context import ServiceContext
from service_kit.db.session import server_settings, system_session
from service_kit.errors import Unavailable
from service_kit.exchange import Question, Row, Writer
from service_kit.scope import Scope
from service_kit.settings import ServiceSettings
from service_kit.tokens import Actor

_REFUSALS = ("22", "23", "40", "42")
"""Classes of SQLSTATE in which the database has judged the statement: nothing of it was kept."""


_PLANNING = {"plan_cache_mode": "force_generic_plan"}
"""The statements reach every row by its key, so one plan serves all values; planning them costs more than they do."""

_LONGEST_WAIT = "2s"
"""For a row that another transaction has locked."""


def make_writer(settings: ServiceSettings, application_name: str) -> Writer:
    return Writer(settings.dsn, settings.pool_size * 2, server_settings(f"{application_name}-write") | _PLANNING)


async def _keep(_: Any) -> None:
    """Instead of asyncpg's reset round trip: ``transaction`` leaves nothing behind."""


async def make_write_pool(settings: ServiceSettings, application_name: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        settings.dsn,
        min_size=0,
        max_size=settings.pool_size,
        reset=_keep,
        timeout=10,
        server_settings=server_settings(f"{application_name}-batch") | _PLANNING,
    )


@asynccontextmanager
async def transaction(ctx: ServiceContext, scope: Scope) -> AsyncIterator[asyncpg.Connection]:
    """A raw transaction in ``scope``, committed at the end of the block; begun with its scope in one round trip.

    Raises:
        asyncpg.LockNotAvailableError: a row stayed locked for two seconds.
    """
    async with ctx.write_pool.acquire() as connection:
        await connection.execute(f"BEGIN; {scope.statements()}; SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
        try:
            yield connection
            done = await connection.execute("COMMIT")
        except BaseException:
            try:
                await connection.execute("ROLLBACK")
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                connection.terminate()
            raise
        if done != "COMMIT":
            raise Unavailable()


class Writing:
    """Writes in one scope."""

    def __init__(self, ctx: ServiceContext, scope: Scope) -> None:
        self.ctx = ctx
        self.scope = scope

    async def attempt_together(self, *statements: tuple[str, Sequence[Any]]) -> list[list[Row]] | None:
        """The rows of statements that need no decision between them, each with its arguments, committed together.

        None when the database refused one of them: then nothing was changed, and a ``session`` may find out why.

        Raises:
            psycopg.Error: the database is gone; nobody knows whether the statements took effect.
        """
        questions = [Question(sql, arguments) for sql, arguments in statements]
        self.ctx.writer.ask(self.scope, questions)
        try:
            return await asyncio.gather(*(question.answer for question in questions))
        except psycopg.Error as error:
            if (error.sqlstate or "").startswith(_REFUSALS):
                return None
            raise

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction of several statements, committed at the end of the block."""
        return system_session(self.ctx, self.scope)


async def get_writing(request: Request, ctx: Context) -> Writing:
    actor: Actor = request.state.actor
    return Writing(ctx, actor.scope)


WriteDb = Annotated[Writing, Depends(get_writing)]
"""For doors with a permission; nothing is open until it is used, so the door goes the straight way."""
