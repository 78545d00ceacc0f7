"""Sessions: from a cookie to the person, and to the short-lived token that the services trust.

The cookie holds a random token; the database holds its SHA-256. The CSRF token is derived from the session token, which
no other site and no script can read, so nothing needs to be stored for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from fastapi import Request, Response
from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.errors import TokenExpired, Unauthenticated
from service_kit.tokens import Actor

from gateway.identity.errors import CsrfFailed
from gateway.identity.roles import permissions_of
from gateway.settings import GatewaySettings, settings_of

V = TypeVar("V")

COOKIE = "linkage_session"
CSRF_HEADER = "x-csrf-token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CACHE_SECONDS = 5.0
"""How long another process may go on accepting a session that this one has ended."""
_CACHE_SIZE = 10_000
_TOKEN_SECONDS = 240.0
"""A token for the services is used this long of its five minutes."""
_TOUCH_AFTER = timedelta(minutes=1)

_FIND = """
SELECT s.token_hash, s.expires_at, s.last_seen_at, u.id, u.username, u.name, u.role, u.region_code, u.version
FROM login_session s JOIN user_account u ON u.id = s.user_id
WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3
  AND NOT u.disabled AND u.authorised_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session."""

    token_hash: bytes
    actor: Actor
    user_version: int
    expires_at: datetime
    last_seen_at: datetime


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """The CSRF token of a session."""
    digest = hmac.digest(token.encode(), b"linkage csrf", "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()


class Sessions:
    """This process's view of the sessions: found in the database, remembered for seconds."""

    def __init__(self, ctx: ServiceContext) -> None:
        self._ctx = ctx
        self._settings = settings_of(ctx)
        self._known: OrderedDict[bytes, tuple[SignedIn, float]] = OrderedDict()
        self._tokens: OrderedDict[bytes, tuple[str, float, int]] = OrderedDict()
        self._ended = 0

    async def find(self, token: str) -> SignedIn | None:
        """The live session of a cookie; one indexed query, or none within five seconds of the last."""
        digest = hash_token(token)
        known = self._known.get(digest)
        if known is not None and known[1] > time.monotonic() and known[0].expires_at > now():
            return known[0]
        ended_before = self._ended
        at = now()
        row = await self._ctx.read_pool.fetchrow(_FIND, digest, at, at - self._settings.session_idle)
        if row is None:
            self._known.pop(digest, None)
            return None
        session = SignedIn(
            token_hash=digest,
            actor=Actor(
                id=row["id"],
                username=row["username"],
                name=row["name"],
                role=row["role"],
                region=row["region_code"],
                permissions=permissions_of(row["role"]),
                issuer=self._ctx.spec.name,
            ),
            user_version=row["version"],
            expires_at=row["expires_at"],
            last_seen_at=row["last_seen_at"],
        )
        if at - session.last_seen_at > _TOUCH_AFTER:
            await self._ctx.read_pool.execute(
                "UPDATE login_session SET last_seen_at = $2 WHERE token_hash = $1", digest, at
            )
        if self._ended == ended_before:  # else it may have been ended while the database was asked
            _remember(self._known, digest, (session, time.monotonic() + _CACHE_SECONDS))
        return session

    def service_token(self, session: SignedIn) -> str:
        """The bearer token with which this person's calls go to the services; the same one for four minutes."""
        known = self._tokens.get(session.token_hash)
        if known is not None and known[1] > time.monotonic() and known[2] == session.user_version:
            return known[0]
        actor = session.actor
        token = self._ctx.signer.issue(
            subject=actor.id,
            username=actor.username,
            name=actor.name,
            role=actor.role,
            region=actor.region,
            permissions=actor.permissions,
        )
        _remember(self._tokens, session.token_hash, (token, time.monotonic() + _TOKEN_SECONDS, session.user_version))
        return token

    def forget(self, token_hash: bytes) -> None:
        """Make the end of a session hold in this process at once."""
        self._ended += 1
        self._known.pop(token_hash, None)
        self._tokens.pop(token_hash, None)

    def forget_user(self, user_id: UUID) -> None:
        for digest in [digest for digest, (session, _) in self._known.items() if session.actor.id == user_id]:
            self.forget(digest)
        self._ended += 1


def _remember(cache: OrderedDict[bytes, V], key: bytes, value: V) -> None:
    cache[key] = value
    cache.move_to_end(key)
    if len(cache) > _CACHE_SIZE:
        cache.popitem(last=False)


def sessions_of(ctx: ServiceContext) -> Sessions:
    sessions: Sessions = ctx.extras["sessions"]
    return sessions


async def authenticate(request: Request, ctx: ServiceContext) -> Actor:
    """Who is asking, by the session cookie. An Authorization header is never looked at.

    Raises:
        Unauthenticated: no cookie. TokenExpired: its session has ended.
        CsrfFailed: a change without the page's own token, or sent by another site.
    """
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated()
    session = await sessions_of(ctx).find(token)
    if session is None:
        raise TokenExpired()
    if request.method not in _SAFE:
        refuse_other_sites(request)
        sent = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode("latin-1", "replace"), csrf_of(token).encode()):
            raise CsrfFailed()
    request.state.session = session
    return session.actor


def session_of(request: Request) -> SignedIn:
    """The session of a request that ``authenticate`` has let in."""
    session: SignedIn = request.state.session
    return session


def refuse_other_sites(request: Request) -> None:
    """A browser says itself when another site's page sends the request; this protects signing in, too."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise CsrfFailed()


def set_cookie(response: Response, token: str, settings: GatewaySettings) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.session_lifetime.total_seconds()),
        path="/",
        httponly=True,
        secure=settings.cookie_secure,
        samesite="lax",
    )


def clear_cookie(response: Response, settings: GatewaySettings) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, secure=settings.cookie_secure, samesite="lax")
