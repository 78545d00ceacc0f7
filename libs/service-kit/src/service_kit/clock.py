"""The time as the services see it: one place to ask, so that tests can travel."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one offset without summer time, so no time zone database is needed on the machine."""


def now() -> datetime:
    """The present instant, with the offset +08:00."""
    return datetime.now(SHANGHAI)


def today() -> date:
    """The present calendar day in China."""
    return now().date()
