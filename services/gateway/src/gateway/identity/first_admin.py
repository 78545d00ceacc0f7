"""The first administrator of an empty system: made by whoever owns the database, on the spot or by a one-time link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from service_kit import audit
from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.db import system_session
from service_kit.db.session import make_sessionmaker
from service_kit.ids import uuid7
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from gateway.identity import passwords, repository, throttle
from gateway.identity.errors import LinkUsed
from gateway.identity.models import AdministratorLink, UserAccount
from gateway.identity.rules import CREATOR
from gateway.identity.schemas import FirstAdministrator, PersonName, Session, Username, UserRegion
from gateway.identity.service.signing_in import check_strength, open_session
from gateway.identity.sessions import hash_token, new_token

LINK_LIFETIME = timedelta(hours=24)


async def issue_link(owner_url: str, region: str = "") -> str | None:
    """A token that makes one system administrator of ``region`` ("" = nation) within 24 hours; None when there is a
    system administrator already.

    The link is ``<address>/admin/first?token=<token>``; only a hash of it is kept.
    """
    token = new_token()
    at = now()
    async with _owner_session(owner_url) as session:
        if await repository.active_role_exists(session, CREATOR):
            return None
        await session.execute(
            insert(AdministratorLink).values(
                token_hash=hash_token(token),
                region_code=_region(region),
                created_at=at,
                expires_at=at + LINK_LIFETIME,
            )
        )
    return token


async def create_administrator(owner_url: str, username: str, name: str, password: str, region: str = "") -> UUID:
    """Make a system administrator at once; returns the id.

    Raises:
        ValueError: a name, password or region that is not good enough, in Chinese words.
        sqlalchemy.exc.IntegrityError: the user name is taken (constraint ``uq_user_account_username``).
    """
    try:
        username = TypeAdapter[str](Username).validate_python(username)
        name = TypeAdapter[str](PersonName).validate_python(name.strip())
    except ValidationError as error:
        raise ValueError("用户名或姓名的格式不对：" + error.errors()[0]["msg"]) from None
    if reason := passwords.weakness_of(password, username):
        raise ValueError(reason)
    async with _owner_session(owner_url) as session:
        user = await _add(session, username, name, password, _region(region))
        return user.id


async def redeem(ctx: ServiceContext, new: FirstAdministrator, address: str) -> tuple[Session, str]:
    """Use the link up, make the administrator, sign them in.

    Raises:
        LinkUsed, ValidationFailed (weak password), UsernameTaken
        LoginLocked: too many wrong links from one address.
    """
    check_strength(new.password, new.username, "body.password")
    attempt = await throttle.begin(ctx, f"link:{new.link_token}", address)
    async with system_session(ctx) as session:
        region_code = await repository.use_link(session, hash_token(new.link_token), now())
        if region_code is None:
            raise LinkUsed()
        user = await _add(session, new.username, new.name, new.password, region_code)
        opened = await open_session(ctx, session, user)
    await throttle.succeeded(ctx, attempt)
    return opened


async def _add(session: AsyncSession, username: str, name: str, password: str, region: str) -> UserAccount:
    user = UserAccount(
        id=uuid7(),
        username=username,
        name=name,
        role=CREATOR,
        region_code=region,
        password_hash=await passwords.hash_in_thread(password),
        authorised_at=now(),
    )
    session.add(user)
    await session.flush()
    await audit.record(
        session,
        None,
        action="user.created",
        subject_type="user",
        subject_id=user.id,
        region_code=region,
        detail={"role": CREATOR, "confirmed": True, "first": True},
    )
    return user


def _region(code: str) -> str:
    try:
        return TypeAdapter[str](UserRegion).validate_python(code)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"]) from None


@asynccontextmanager
async def _owner_session(owner_url: str) -> AsyncIterator[AsyncSession]:
    url = f"postgresql+asyncpg://{owner_url.partition('://')[2]}"
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with make_sessionmaker(engine)() as session, session.begin():
            yield session
    finally:
        await engine.dispose()
