"""One transaction per request, opened by one dependency, scoped to the actor (ARCHITECTURE rules 1 and 3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from service_kit.auth import Context
from service_kit.context import ServiceContext
from service_kit.scope import NATION, Scope
from service_kit.settings import ServiceSettings
from service_kit.tokens import Actor


def server_settings(application_name: str) -> dict[str, str]:
    """Settings of each connection: Chinese time, whatever the server's own zone is."""
    return {"application_name": application_name, "timezone": "Asia/Shanghai"}


def make_engine(settings: ServiceSettings, application_name: str) -> AsyncEngine:
    engine = create_async_engine(
        settings.sqlalchemy_url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={"server_settings": server_settings(application_name), "timeout": 10},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, *_: Any) -> None:
    """Have the pool replace a connection whose server went away while it lay idle; costs no round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def make_sessionmaker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


async def apply_scope(session: AsyncSession, scope: Scope) -> None:
    """Let the rest of this transaction see ``scope`` and nothing else."""
    connection = await session.connection()
    for statement in scope.statements().split("; "):
        await connection.exec_driver_sql(statement)


async def get_session(request: Request, ctx: Context) -> AsyncIterator[AsyncSession]:
    """The request's transaction: committed before the response leaves, rolled back on any error.

    Without an actor (a public route) no scope is set, and the database shows no row of any tenant table.
    """
    actor: Actor | None = getattr(request.state, "actor", None)
    async with ctx.sessionmaker() as session, session.begin():
        if actor is not None:
            await apply_scope(session, actor.scope)
        yield session


DbSession = Annotated[AsyncSession, Depends(get_session, scope="function")]
"""With FastAPI's default scope the response would leave before the commit."""


@asynccontextmanager
async def system_session(ctx: ServiceContext, scope: Scope = NATION) -> AsyncIterator[AsyncSession]:
    """A transaction for consumers and jobs, which act for the service itself."""
    async with ctx.sessionmaker() as session, session.begin():
        await apply_scope(session, scope)
        yield session
