"""What is suggested for a household, and when it is late (MON-10, MON-12, MON-13)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_api.assistance import rules
from monitoring_api.look_backs import rules as look_backs

PACKAGES: dict[str, list[dict[str, Any]]] = {
    "illness": [
        {"type": "health", "title": "大病救治", "department": "卫生健康局"},
        {"type": "social_security", "title": "临时救助", "department": "民政局"},
    ],
    "accident": [{"type": "social_security", "title": "临时救助", "department": "民政局"}],
    "unstable_job": [{"type": "employment", "title": "公益性岗位", "department": "人社局"}],
    "no_labour": [{"type": "social_security", "title": "低保", "department": "民政局"}],
}


class TestSuggest:
    def test_names_each_measure_once_with_all_its_risks(self) -> None:
        found = rules.suggest(PACKAGES, ["illness", "accident"], has_labour=True)

        assert [(s.type, s.title, s.risks) for s in found] == [
            ("social_security", "临时救助", ("accident", "illness")),
            ("health", "大病救治", ("illness",)),
        ]

    def test_leaves_out_what_the_plan_has(self) -> None:
        found = rules.suggest(PACKAGES, ["illness"], has_labour=True, present={("health", "大病救治")})

        assert [s.title for s in found] == ["临时救助"]

    def test_gives_a_household_without_labour_the_backstop_and_no_job(self) -> None:
        found = rules.suggest(PACKAGES, ["unstable_job"], has_labour=False)

        assert [(s.type, s.title, s.backstop) for s in found] == [("social_security", "低保", True)]

    def test_has_nothing_for_a_risk_without_package(self) -> None:
        assert rules.suggest(PACKAGES, ["flood"], has_labour=True) == []


class TestUrgency:
    @pytest.mark.parametrize(("day", "urgency"), [(21, "overdue"), (22, "due_soon"), (25, "due_soon"), (26, "in_time")])
    def test_warns_before_and_after_the_limit(self, day: int, urgency: str) -> None:
        assert rules.urgency(date(2026, 11, day), date(2026, 11, 22)) == urgency


class TestTurns:
    def test_are_four_quarters_from_the_day_of_elimination(self) -> None:
        found = look_backs.turns(date(2026, 11, 30), count=4, months=3)

        assert [turn.due_on for turn in found] == [
            date(2027, 2, 28),
            date(2027, 5, 30),
            date(2027, 8, 30),
            date(2027, 11, 30),
        ]
        assert [turn.opens_on for turn in found][:2] == [date(2026, 12, 1), date(2027, 3, 1)]

    @given(st.dates(date(2021, 1, 1), date(2090, 1, 1)), st.integers(1, 12), st.integers(1, 12))
    def test_follow_one_another_without_gap_or_overlap(self, day: date, count: int, months: int) -> None:
        found = look_backs.turns(day, count=count, months=months)

        assert len(found) == count
        assert found[0].opens_on == day + timedelta(days=1)
        for before, after in pairwise(found):
            assert before.opens_on <= before.due_on < after.opens_on
            assert after.opens_on == before.due_on + timedelta(days=1)

    @pytest.mark.parametrize(
        ("day", "end"), [(date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 11, 22), date(2026, 12, 31))]
    )
    def test_know_the_end_of_a_quarter(self, day: date, end: date) -> None:
        assert look_backs.quarter_end(day) == end
