"""What each service's ``migrations/env.py`` calls."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service_kit.kit_tables import kit_metadata
from service_kit.spec import ServiceSpec

QUEUE_PREFIX = "pgqueuer"
"""Tables of the job queue are made and upgraded by its own scripts."""


def run(spec: ServiceSpec) -> None:
    """Run the command that Alembic was called for, on the URL in its configuration."""
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection, spec)
        return
    asyncio.run(_connect(spec, str(context.config.get_main_option("sqlalchemy.url"))))


async def _connect(spec: ServiceSpec, url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, spec)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, spec: ServiceSpec) -> None:
    context.configure(
        connection=connection,
        target_metadata=[spec.metadata, kit_metadata],
        include_object=_ours,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _ours(_: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    del reflected, compare_to
    return not (kind == "table" and name is not None and name.startswith(QUEUE_PREFIX))
