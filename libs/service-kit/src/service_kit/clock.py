"""The time as the services see it: one place to ask, so that tests can travel."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one offset without summer time, so no time zone database is needed on the machine."""


_offset = timedelta(0)


def travel(days: int) -> None:
    """Let this process live some days ahead, so that a notice can end while somebody tries the system out.

    Only ``ServiceSettings.clock_offset_days`` calls this, which refuses it outside a local system.
    """
    global _offset
    _offset = timedelta(days=days)


def offset_days() -> int:
    """How many days this process lives ahead of the machine's clock; zero in earnest."""
    return _offset.days


def now() -> datetime:
    """The present instant, with the offset +08:00."""
    return datetime.now(SHANGHAI) + _offset


def today() -> date:
    """The present calendar day in China."""
    return now().date()
