"""Working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.calendar import (
    EXACT_UNTIL,
    add_working_days,
    is_provisional,
    is_working_day,
    working_days_between,
)

DAYS = st.dates(date(2021, 1, 1), date(2030, 12, 31))


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        ("day", "works"),
        [
            (date(2025, 10, 1), False),  # National Day
            (date(2025, 9, 28), True),  # a Sunday worked in exchange
            (date(2026, 11, 22), False),  # a plain Sunday
            (date(2026, 11, 23), True),
        ],
    )
    def test_follows_the_published_calendar(self, day: date, works: bool) -> None:
        assert is_working_day(day) is works

    def test_beyond_it_knows_weekends_and_fixed_holidays(self) -> None:
        year = EXACT_UNTIL.year + 2
        assert not is_working_day(date(year, 1, 1))
        assert not is_working_day(date(year, 10, 2))
        first_of_july = date(year, 7, 1)
        assert is_working_day(first_of_july) is (first_of_july.weekday() < 5)
        assert is_provisional(first_of_july)
        assert not is_provisional(EXACT_UNTIL)


class TestAddWorkingDays:
    def test_leaves_out_the_day_of_the_event_and_the_holiday(self) -> None:
        assert add_working_days(date(2025, 9, 29), 2) == date(2025, 10, 9)

    @given(DAYS, st.integers(1, 30))
    def test_ends_on_a_working_day_that_many_later(self, start: date, days: int) -> None:
        end = add_working_days(start, days)
        assert is_working_day(end)
        assert working_days_between(start, end) == days

    @given(DAYS)
    def test_zero_is_the_next_working_day_at_the_latest(self, start: date) -> None:
        end = add_working_days(start, 0)
        assert is_working_day(end)
        assert not any(is_working_day(start + timedelta(days=n)) for n in range((end - start).days))

    def test_refuses_to_go_back(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            add_working_days(date(2026, 1, 1), -1)


@given(DAYS, DAYS)
def test_counting_back_is_counting_forth_with_a_minus(start: date, end: date) -> None:
    assert working_days_between(start, end) == -working_days_between(end, start)
