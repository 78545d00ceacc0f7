"""Acts that touch a region outside the actor's own, and may.

A move has two sides, and a person may be registered under two townships: the service then writes, for exactly the
rows that the act is about, where the actor's scope does not reach. The scope is widened for that step only; whoever
calls has checked that the other side agreed (an accepted relocation) or that nothing of the other side is shown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service_kit.db import apply_scope
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession


@asynccontextmanager
async def reaching(session: AsyncSession, actor: Actor, region: str) -> AsyncIterator[None]:
    """Let the session see ``region`` inside the block and the actor's own again after it; flushes at both ends."""
    await session.flush()
    await apply_scope(session, Scope(region))
    yield
    await session.flush()
    await apply_scope(session, actor.scope)
