"""Liveness: the process answers. Readiness: it can reach its database."""

from __future__ import annotations

import asyncpg
import structlog
from fastapi import APIRouter

from service_kit.auth import Context, Public
from service_kit.errors import Unavailable

router = APIRouter(prefix="/health", tags=["health"], dependencies=[Public], include_in_schema=False)
log = structlog.get_logger(__name__)


class DatabaseUnreachable(Unavailable):
    code = "database_unreachable"
    title, title_en = "数据库连接不上", "The database cannot be reached"


@router.get("/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/ready")
async def ready(ctx: Context) -> dict[str, str]:
    """Raises DatabaseUnreachable (503) while the database does not answer within two seconds."""
    try:
        async with ctx.read_pool.acquire(timeout=2) as connection:
            await connection.fetchval("SELECT 1", timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("not_ready", error=type(error).__name__)
        raise DatabaseUnreachable(headers={"Retry-After": "2"}) from None
    return {"status": "ready", "service": ctx.spec.name}
