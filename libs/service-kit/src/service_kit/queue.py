"""Access to the job queue: where its tables are, and putting a job in within the caller's transaction."""

from __future__ import annotations

from functools import cache
from typing import Any

from pgqueuer import AsyncpgDriver, Queries
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@cache
def queue_settings(service: str) -> DBSettings:
    """Names of the queue's objects. Tables are found by the search_path; the notification channel belongs to the
    whole database, so it carries the service's name."""
    return DBSettings(channel=Channel(f"ch_jobs_{service}"))


def queries(driver: Driver, service: str) -> Queries:
    """The queue's commands on one connection or pool."""
    settings = queue_settings(service)
    return Queries(
        driver,
        qbe=QueryBuilderEnvironment(settings),
        qbq=QueryQueueBuilder(settings),
        qbs=QuerySchedulerBuilder(settings),
    )


async def raw_connection(session: AsyncSession) -> Any:
    """The asyncpg connection of the session's open transaction.

    SQLAlchemy begins the transaction in the database only with the first statement; without one, what runs on the
    raw connection would commit by itself. So a statement always goes first.
    """
    connection = await session.connection()
    await connection.execute(text("SELECT 1"))
    return (await connection.get_raw_connection()).driver_connection


async def enqueue(session: AsyncSession, entrypoint: str, payload: bytes, *, service: str = "") -> None:
    """Add a job that exists if and only if the session's transaction commits."""
    raw = await raw_connection(session)
    await queries(AsyncpgDriver(raw), service).enqueue(entrypoint, payload)
