"""Demo data made on the days it would have been made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from service_kit import clock


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """This process lives some days back; only one loader at a time may do so."""
    before = clock.offset_days()
    clock.travel(before - days)
    try:
        yield
    finally:
        clock.travel(before)


@contextmanager
def on(day: date) -> Iterator[None]:
    """This process lives on ``day``; today when that is still to come."""
    with days_ago(max((clock.today() - day).days, 0)):
        yield
