"""What the loaders share: a transaction of a service's owner that sees the whole nation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from service_kit.scope import NATION

from linkage_local.context import SeedContext


@asynccontextmanager
async def owner_transaction(ctx: SeedContext, service: str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction as the owner of the service's schema; row-level security is forced on the owner too."""
    connection = await asyncpg.connect(ctx.owner_urls[service])
    try:
        async with connection.transaction():
            await connection.execute(NATION.statements())
            yield connection
    finally:
        await connection.close()


async def refresh_statistics(ctx: SeedContext, service: str, *tables: str) -> None:
    """VACUUM ANALYZE: after a bulk load the planner's statistics and the visibility map would come too late."""
    connection = await asyncpg.connect(ctx.owner_urls[service])
    try:
        for table in tables:
            await connection.execute(f'VACUUM (ANALYZE) "{table}"')
    finally:
        await connection.close()
