"""Which rule holds on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_api.policy.rules import effective, income_window, profile_on


@dataclass(frozen=True)
class Profile:
    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Setting:
    key: str
    value: dict[str, Any]
    valid_from: date
    revision: int = 1


OLD = Profile("old", date(2021, 1, 1), date(2025, 12, 31))
NEW = Profile("new", date(2026, 1, 1), None)


class TestProfileOn:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2020, 12, 31), None),
            (date(2021, 1, 1), OLD),
            (date(2025, 12, 31), OLD),
            (date(2026, 1, 1), NEW),
            (date(2040, 1, 1), NEW),
        ],
    )
    def test_is_the_one_whose_period_covers_the_day(self, day: date, expected: Profile | None) -> None:
        assert profile_on([NEW, OLD], day) is expected


class TestEffective:
    def test_is_the_default_until_the_county_sets_its_own(self) -> None:
        setting = Setting("income_line", {"fen": 2}, date(2026, 3, 1))

        before = effective(NEW, {"income_line": {"fen": 1}}, [setting], date(2026, 2, 28))
        after = effective(NEW, {"income_line": {"fen": 1}}, [setting], date(2026, 3, 1))

        assert before["income_line"].value == {"fen": 1}
        assert after["income_line"].value == {"fen": 2}
        assert after["income_line"].since == date(2026, 3, 1)

    def test_of_one_day_takes_the_last_revision(self) -> None:
        day = date(2026, 3, 1)
        settings = [Setting("notice_days", {"days": n}, day, n) for n in (7, 5, 6)]

        assert effective(NEW, {}, settings, day)["notice_days"].value == {"days": 7}

    def test_keeps_a_line_across_profiles_but_not_the_words(self) -> None:
        settings = [
            Setting("income_line", {"fen": 2}, date(2025, 1, 1)),
            Setting("class_names", {"marginal": "旧称"}, date(2025, 1, 1)),
        ]

        found = effective(NEW, {"class_names": {"marginal": "新称"}}, settings, date(2026, 5, 1))

        assert found["income_line"].value == {"fen": 2}
        assert found["class_names"].value == {"marginal": "新称"}

    @given(st.lists(st.dates(date(2021, 1, 1), date(2027, 1, 1)), unique=True), st.dates(date(2026, 1, 1)))
    def test_is_never_a_setting_of_the_future(self, starts: list[date], day: date) -> None:
        settings = [Setting("notice_days", {"days": 5}, start) for start in starts]
        found = effective(NEW, {}, settings, day).get("notice_days")

        begun = [start for start in starts if start <= day]
        assert (found.since if found else None) == max(begun, default=None)


class TestIncomeWindow:
    @pytest.mark.parametrize(
        ("day", "ends", "expected"),
        [
            (date(2026, 11, 22), "month_before", (date(2025, 11, 1), date(2026, 10, 31))),
            (date(2026, 1, 1), "month_before", (date(2025, 1, 1), date(2025, 12, 31))),
            (date(2026, 9, 30), "september", (date(2024, 10, 1), date(2025, 9, 30))),
            (date(2026, 10, 1), "september", (date(2025, 10, 1), date(2026, 9, 30))),
        ],
    )
    def test_ends_before_the_case(self, day: date, ends: str, expected: tuple[date, date]) -> None:
        assert income_window(day, months=12, ends=ends) == expected

    @given(st.dates(date(2021, 1, 1), date(2099, 1, 1)), st.integers(1, 24))
    def test_has_as_many_months_as_the_rule_says(self, day: date, months: int) -> None:
        first, last = income_window(day, months=months, ends="month_before")
        assert (last.year - first.year) * 12 + last.month - first.month + 1 == months
        assert first.day == 1
        assert last < day
