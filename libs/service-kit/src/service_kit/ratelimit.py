"""How often something may be done: windows counted in PostgreSQL, so that they hold across processes and restarts.

A window begins with the first hit of a subject and ends after ``seconds``; beyond ``hits`` the subject is refused until
then, and its refused hits do not move the end. Subjects are stored as keyed hashes only. A hit is counted on its own,
not in the caller's transaction: what is refused later was tried all the same.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass

from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.errors import RateLimited

_COUNT = """
INSERT INTO rate_window AS w (name, subject, hits, ends_at) VALUES ($1, $2, 1, $4)
ON CONFLICT (name, subject) DO UPDATE SET
    hits = CASE WHEN w.ends_at <= $3 THEN 1 ELSE w.hits + 1 END,
    ends_at = CASE WHEN w.ends_at <= $3 THEN $4 ELSE w.ends_at END
RETURNING hits, ends_at
"""
_SPENT = "spent_windows"
_SPENT_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Limit:
    """``hits`` per ``seconds`` for each subject. The setting ``rate_limits`` replaces ``hits`` by ``name``."""

    name: str
    hits: int
    seconds: int


async def hit(ctx: ServiceContext, limit: Limit, subject: str) -> None:
    """Count one hit of a subject (an address, a phone number, a receipt number).

    Raises:
        RateLimited: too many before it; with Retry-After in seconds.
    """
    allowed = ctx.settings.rate_limits.get(limit.name, limit.hits)
    key = (limit.name, _hashed(ctx, subject))
    spent: OrderedDict[tuple[str, bytes], float] = ctx.extras.setdefault(_SPENT, OrderedDict())
    # What this process knows to be spent it refuses by itself: a flood costs the database nothing.
    if (until := spent.get(key, 0.0)) > time.time():
        raise refused(until - time.time())
    at = now()
    ends = at.timestamp() + limit.seconds
    row = await ctx.read_pool.fetchrow(_COUNT, *key, at, at.fromtimestamp(ends, at.tzinfo))
    if row["hits"] > allowed:
        spent[key] = row["ends_at"].timestamp()
        if len(spent) > _SPENT_SIZE:
            spent.popitem(last=False)
        raise refused((row["ends_at"] - at).total_seconds())


def refused(seconds: float) -> RateLimited:
    """The refusal, in words that say how long to wait."""
    wait = max(1, int(seconds) + 1)
    minutes = -(-wait // 60)
    words = f"{minutes} 分钟" if minutes < 120 else f"{-(-minutes // 60)} 小时"
    return RateLimited(
        f"操作过于频繁，请 {words}后再试",
        detail_en=f"Too many requests, try again in {minutes} minutes",
        headers={"Retry-After": str(wait)},
    )


def network_of(address: str) -> str:
    """The subject that an address stands for: itself, or the /64 of an IPv6 address, which is one connection."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


def _hashed(ctx: ServiceContext, subject: str) -> bytes:
    # Through a digest, because the blind index takes texts for equal that differ only in case or hyphens.
    return ctx.crypto.blind_index(hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest())
