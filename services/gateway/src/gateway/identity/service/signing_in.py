"""Signing in and out, and changing one's own password.

Signing in is the one act that does not run in the request's single transaction: a failure must leave its count and
its audit entry behind, and no connection may be held while a password is checked.
"""

from __future__ import annotations

import structlog
from service_kit import audit
from service_kit.clock import SHANGHAI, now
from service_kit.context import ServiceContext
from service_kit.db import system_session
from service_kit.errors import FieldError, TokenExpired, ValidationFailed
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity import passwords, repository, throttle
from gateway.identity.errors import InvalidCredentials
from gateway.identity.models import LoginSession, UserAccount
from gateway.identity.roles import permissions_of
from gateway.identity.schemas import Login, Password, Session
from gateway.identity.service.views import session_view
from gateway.identity.sessions import SignedIn, hash_token, new_token, sessions_of
from gateway.settings import settings_of

log = structlog.get_logger(__name__)


async def sign_in(ctx: ServiceContext, login: Login, address: str) -> tuple[Session, str]:
    """The new session and the token for its cookie (GW-1).

    Raises:
        LoginLocked: too many failures of this name or from this address.
        InvalidCredentials: no such user, wrong password, shut or not yet confirmed account: one answer, one duration.
    """
    username = login.username.strip().lower()
    attempt = await throttle.begin(ctx, username, address)
    user = await _find(ctx, username)
    password_hash = user.password_hash if user and not user.disabled and user.authorised_at else None
    if not await passwords.verify_password(password_hash, login.password) or user is None:
        await _note_failure(ctx, user)
        raise InvalidCredentials()
    await throttle.succeeded(ctx, attempt)
    fresh_hash = None
    if passwords.needs_rehash(user.password_hash):
        fresh_hash = await passwords.hash_in_thread(login.password)
    async with system_session(ctx) as session:
        return await open_session(ctx, session, user, fresh_hash)


async def open_session(
    ctx: ServiceContext, session: AsyncSession, user: UserAccount, fresh_hash: str | None = None
) -> tuple[Session, str]:
    """Start a session for a person who has shown who they are."""
    at = now()
    token = new_token()
    expires_at = at + settings_of(ctx).session_lifetime
    await repository.sweep_sessions(session, user.id, at)
    session.add(
        LoginSession(
            token_hash=hash_token(token), user_id=user.id, created_at=at, expires_at=expires_at, last_seen_at=at
        )
    )
    await session.flush()
    await repository.note_login(session, user.id, at, fresh_hash)
    await _record(session, user, "session.opened")
    return await session_view(session, user, token, expires_at), token


async def current(session: AsyncSession, signed_in: SignedIn, token: str) -> Session:
    """The session again, e.g. after the page was reloaded.

    Raises:
        TokenExpired: the person was removed meanwhile.
    """
    user = await repository.find_user(session, signed_in.actor.id)
    if user is None:
        raise TokenExpired()
    return await session_view(session, user, token, signed_in.expires_at.astimezone(SHANGHAI))


async def sign_out(ctx: ServiceContext, signed_in: SignedIn) -> None:
    """End this session; once it is committed, this process forgets it at once."""
    async with system_session(ctx) as session:
        await repository.end_session(session, signed_in.token_hash)
        await audit.record(
            session,
            signed_in.actor,
            action="session.closed",
            subject_type="user",
            subject_id=signed_in.actor.id,
            region_code=signed_in.actor.region,
        )
    sessions_of(ctx).forget(signed_in.token_hash)


async def change_own_password(ctx: ServiceContext, signed_in: SignedIn, change: Password, address: str) -> None:
    """A new password ends the person's other sessions; this one goes on.

    Raises:
        LoginLocked: too many wrong tries; they count like tries to sign in.
        ValidationFailed: the current password is wrong, or the new one too weak.
    """
    actor = signed_in.actor
    check_strength(change.new, actor.username, "body.new")
    attempt = await throttle.begin(ctx, actor.username, address)
    user = await _find(ctx, actor.username)
    if user is None or not await passwords.verify_password(user.password_hash, change.current):
        raise ValidationFailed(errors=[FieldError("body.current", "current_password_wrong", "当前密码不正确")])
    await throttle.succeeded(ctx, attempt)
    password_hash = await passwords.hash_in_thread(change.new)
    async with system_session(ctx) as session:
        account = await session.get_one(UserAccount, user.id)
        account.password_hash = password_hash
        await session.flush()
        await repository.end_sessions(session, user.id, keep=signed_in.token_hash)
        await _record(session, user, "user.password_changed")
    sessions_of(ctx).forget_user(user.id)


def check_strength(password: str, username: str, path: str) -> None:
    """Raises ValidationFailed with the reason."""
    if reason := passwords.weakness_of(password, username):
        raise ValidationFailed(errors=[FieldError(path, "password_weak", reason)])


async def _find(ctx: ServiceContext, username: str) -> UserAccount | None:
    if "\x00" in username or not username.isascii():
        return None
    async with system_session(ctx) as session:
        return await repository.find_by_username(session, username)


async def _note_failure(ctx: ServiceContext, user: UserAccount | None) -> None:
    async with system_session(ctx) as session:
        if user is None:
            # What was typed is not written down: it may be somebody's password.
            await audit.record(
                session, None, action="session.refused", subject_type="user", subject_id="", region_code=""
            )
        else:
            await _record(session, user, "session.refused")
    log.info("login_failed", known_user=user is not None)


async def _record(session: AsyncSession, user: UserAccount, action: str) -> None:
    actor = Actor(user.id, user.username, user.name, user.role, user.region_code, permissions_of(user.role), "gateway")
    await audit.record(
        session, actor, action=action, subject_type="user", subject_id=user.id, region_code=user.region_code
    )
