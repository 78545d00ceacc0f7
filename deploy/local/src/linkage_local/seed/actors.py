"""Use cases of a service, run for demo data by a demo user through the service's own functions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.identity.roles import permissions_of
from service_kit.db.session import apply_scope, make_sessionmaker
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from linkage_local.context import SeedContext
from linkage_local.seed.account_loader import DEMO_USERS, user_ids
from linkage_local.seed.counties import CountySeed


def demo_actor(username: str, county: CountySeed) -> Actor:
    """The demo user as a service sees it after sign-in."""
    user = next(user for user in DEMO_USERS if user.username == username)
    return Actor(
        id=user_ids(county)[username],
        username=user.username,
        name=user.name,
        role=user.role,
        region=user.region,
        permissions=permissions_of(user.role),
        issuer="gateway",
    )


@asynccontextmanager
async def service_session(ctx: SeedContext, service: str, actor: Actor) -> AsyncIterator[AsyncSession]:
    """One transaction of the running service's role that sees what the actor may see; committed at the end."""
    url = ctx.service_urls[service].replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with make_sessionmaker(engine)() as session, session.begin():
            await apply_scope(session, actor.scope)
            yield session
    finally:
        await engine.dispose()
