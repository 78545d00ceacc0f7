"""How often one may try to sign in (GW-1): counted in the database, so that a restart forgives nothing.

An attempt is counted *before* the password is checked and taken back when it was right. So a hundred attempts at the
same time are a hundred attempts, and the sixth is refused whoever is sixth.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from service_kit.clock import now
from service_kit.context import ServiceContext

from gateway.identity.errors import LoginLocked
from gateway.settings import settings_of

Kind = Literal["username", "address"]

# Beyond the limit the end does not move any more: it is 15 minutes after the last attempt that was allowed.
_COUNT = """
INSERT INTO login_throttle AS t (kind, subject, attempts, ends_at) VALUES ($1, $2, 1, $4)
ON CONFLICT (kind, subject) DO UPDATE SET
    attempts = CASE WHEN t.ends_at <= $3 THEN 1 ELSE t.attempts + 1 END,
    ends_at = CASE WHEN t.ends_at <= $3 OR t.attempts < $5 THEN $4 ELSE t.ends_at END
RETURNING attempts, ends_at
"""
_TAKE_BACK = "UPDATE login_throttle SET attempts = greatest(attempts - 1, 0) WHERE kind = $1 AND subject = $2"
_CLEAR = "DELETE FROM login_throttle WHERE kind = $1 AND subject = $2"
_SWEEP = "DELETE FROM login_throttle WHERE ends_at <= $1"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted attempt: of a user name, from an address."""

    username: bytes
    address: bytes


def username_subject(ctx: ServiceContext, username: str) -> bytes:
    return _subject(ctx, username.strip().lower())


def _subject(ctx: ServiceContext, text: str) -> bytes:
    # Through a digest, because the blind index takes texts for equal that differ only in case or hyphens.
    return ctx.crypto.blind_index(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


async def begin(ctx: ServiceContext, username: str, address: str) -> Attempt:
    """Count an attempt.

    Raises:
        LoginLocked: too many before it; with Retry-After in seconds.
    """
    settings = settings_of(ctx)
    attempt = Attempt(username_subject(ctx, username), _subject(ctx, address))
    await _count(ctx, "address", attempt.address, settings.address_attempts)
    await _count(ctx, "username", attempt.username, settings.login_attempts)
    return attempt


async def succeeded(ctx: ServiceContext, attempt: Attempt) -> None:
    """Take the attempt back: the name starts afresh, the address has one attempt less."""
    await ctx.read_pool.execute(_CLEAR, "username", attempt.username)
    await ctx.read_pool.execute(_TAKE_BACK, "address", attempt.address)


async def unlock(ctx: ServiceContext, username: str) -> None:
    await ctx.read_pool.execute(_CLEAR, "username", username_subject(ctx, username))


async def locked_among(ctx: ServiceContext, usernames: list[str]) -> set[str]:
    """Which of these names are locked now."""
    subjects = {username_subject(ctx, name): name for name in usernames}
    rows = await ctx.read_pool.fetch(
        "SELECT subject FROM login_throttle WHERE kind = 'username' AND subject = ANY($1)"
        " AND attempts >= $2 AND ends_at > $3",
        list(subjects),
        settings_of(ctx).login_attempts,
        now(),
    )
    return {subjects[row["subject"]] for row in rows}


async def sweep(ctx: ServiceContext) -> None:
    """Drop what no longer counts."""
    await ctx.read_pool.execute(_SWEEP, now())


async def _count(ctx: ServiceContext, kind: Kind, subject: bytes, limit: int) -> None:
    at = now()
    ends = at + settings_of(ctx).login_lock
    row = await ctx.read_pool.fetchrow(_COUNT, kind, subject, at, ends, limit)
    if row["attempts"] > limit:
        raise _locked(row["ends_at"] - at)


def _locked(remaining: timedelta) -> LoginLocked:
    seconds = max(1, int(remaining.total_seconds()) + 1)
    minutes = -(-seconds // 60)
    return LoginLocked(f"登录失败次数过多，请 {minutes} 分钟后再试", headers={"Retry-After": str(seconds)})
