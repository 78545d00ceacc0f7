"""Working days of the People's Republic, for time limits and notice periods.

The State Council names the holidays of a year, and the weekends worked in exchange, in the November before. Within
the years published so far the answer is exact. **Beyond them** a day counts as a working day when it is Monday to
Friday and not one of the holidays with a fixed date (1 January, 1–2 May, 1–3 October); the lunar holidays and the
exchanged weekends are then unknown, so a limit that reaches into such a year is provisional and may end some days
later once the calendar is published. Store the start and the number of days, not only the date that results.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

_FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}

EXACT_UNTIL: date = date(max(day.year for day in chinese_calendar.holidays), 12, 31)
"""Last day of the years for which the published calendar is known."""

_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """True on working days, including weekends worked in exchange for a holiday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # outside the years that the library knows
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS


def is_provisional(day: date) -> bool:
    """True when the working days up to ``day`` rest on the fallback (see the module)."""
    return day > EXACT_UNTIL


def add_working_days(start: date, days: int) -> date:
    """The day on which a limit of ``days`` working days ends; the day of the event does not count.

    Zero gives ``start`` itself when it is a working day, else the next working day.

    Raises:
        ValueError: ``days`` is negative.
    """
    if days < 0:
        raise ValueError("working days must not be negative")
    end = start
    while days > 0:
        end += _DAY
        days -= is_working_day(end)
    while not is_working_day(end):
        end += _DAY
    return end


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + _DAY * n) for n in range(1, (end - start).days + 1))
