"""All SQL around people and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.kit_tables import region
from service_kit.pagination import TOTAL_CAP, PageParams
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy import Select, delete, exists, func, or_, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.models import AdministratorLink, LoginSession, UserAccount


def readable(actor: Actor) -> Select[UserAccount]:
    """People of the actor's region and below. Every read for an administrator starts here."""
    return select(UserAccount).where(_within(actor.region))


def _within(code: str) -> Any:
    if not code:
        return true()
    scope = Scope(code)
    return (UserAccount.region_code >= scope.lo) & (UserAccount.region_code < scope.hi)


async def list_users(
    session: AsyncSession, actor: Actor, paging: PageParams, *, q: str | None, region_code: str | None, role: str | None
) -> tuple[Sequence[UserAccount], int | None]:
    """Up to ``limit + 1`` people ordered by region and user name, and the count when asked for."""
    query = readable(actor)
    if q:
        needle = q.lower()
        query = query.where(
            or_(func.strpos(UserAccount.username, needle) > 0, func.strpos(func.lower(UserAccount.name), needle) > 0)
        )
    if region_code:
        query = query.where(_within(region_code))
    if role:
        query = query.where(UserAccount.role == role)
    total = None
    if paging.with_total:
        counted = select(func.count()).select_from(query.limit(TOTAL_CAP + 1).subquery())
        total = (await session.execute(counted)).scalar_one()
    if key := paging.after(str, str):
        query = query.where(tuple_(UserAccount.region_code, UserAccount.username) > tuple_(*key))
    query = query.order_by(UserAccount.region_code, UserAccount.username).limit(paging.limit + 1)
    return (await session.execute(query)).scalars().all(), total


async def list_people(session: AsyncSession, region_code: str, q: str, limit: int) -> Sequence[UserAccount]:
    """People at work in a region whose name or user name holds ``q``, by name."""
    needle = q.lower()
    query = (
        select(UserAccount)
        .where(
            _within(region_code),
            UserAccount.disabled.is_(False),
            UserAccount.authorised_at.is_not(None),
            or_(func.strpos(UserAccount.username, needle) > 0, func.strpos(func.lower(UserAccount.name), needle) > 0),
        )
        .order_by(UserAccount.name, UserAccount.id)
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def get_user(session: AsyncSession, actor: Actor, user_id: UUID, *, lock: bool = False) -> UserAccount:
    """Raises NotFound, also for people outside the actor's region."""
    query = readable(actor).where(UserAccount.id == user_id)
    user = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if user is None:
        raise NotFound()
    return user


async def find_user(session: AsyncSession, user_id: UUID) -> UserAccount | None:
    return await session.get(UserAccount, user_id)


async def find_by_username(session: AsyncSession, username: str) -> UserAccount | None:
    query = select(UserAccount).where(UserAccount.username == username)
    return (await session.execute(query)).scalar_one_or_none()


async def active_role_exists(session: AsyncSession, role: str) -> bool:
    """Whether anybody who can sign in has the role."""
    query = select(
        exists().where(
            UserAccount.role == role, UserAccount.authorised_at.is_not(None), UserAccount.disabled.is_(False)
        )
    )
    return bool((await session.execute(query)).scalar_one())


async def end_sessions(session: AsyncSession, user_id: UUID, *, keep: bytes | None = None) -> None:
    """Sign a person out everywhere, but for the session ``keep``."""
    query = delete(LoginSession).where(LoginSession.user_id == user_id)
    await session.execute(query.where(LoginSession.token_hash != keep) if keep else query)


async def end_session(session: AsyncSession, token_hash: bytes) -> None:
    await session.execute(delete(LoginSession).where(LoginSession.token_hash == token_hash))


async def sweep_sessions(session: AsyncSession, user_id: UUID, at: datetime) -> None:
    """Drop a person's sessions that have run out."""
    await session.execute(delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.expires_at <= at))


async def note_login(session: AsyncSession, user_id: UUID, at: datetime, new_hash: str | None) -> None:
    """Not a change of the account: its version stays."""
    values: dict[str, Any] = {"last_login_at": at} | ({"password_hash": new_hash} if new_hash else {})
    await session.execute(update(UserAccount).where(UserAccount.id == user_id).values(**values))


async def use_link(session: AsyncSession, token_hash: bytes, at: datetime) -> str | None:
    """Use up a link for the first administrator; its region, or None when it is no good (any more)."""
    used = await session.execute(
        update(AdministratorLink)
        .where(
            AdministratorLink.token_hash == token_hash,
            AdministratorLink.used_at.is_(None),
            AdministratorLink.expires_at > at,
        )
        .values(used_at=at)
        .returning(AdministratorLink.region_code)
    )
    return used.scalar_one_or_none()


async def region_names(session: AsyncSession, codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    rows = await session.execute(select(region.c.code, region.c.name).where(region.c.code.in_(codes)))
    return {row.code: row.name for row in rows}
