"""The lifecycle, checkpoints and the score of allocation speed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from funds_ledger.payments.rules import (
    CHANGES,
    LIFECYCLE,
    Brought,
    Given,
    Portion,
    SpeedRule,
    checkpoints_of,
    missing,
    month_by_month,
    portions,
    rule_on,
    speed,
)
from hypothesis import given
from hypothesis import strategies as st

RULE = SpeedRule(25, 50)


class TestLifecycle:
    def test_every_state_is_reached_once_at_most(self):
        assert not {before for before, _ in CHANGES} & {"returned", "withdrawn", "refunded"}
        assert all(step.by_another for action, step in LIFECYCLE.items() if action in ("approve", "return"))


class TestMonths:
    def test_are_whole_and_add_up_over_a_turn_of_the_year(self):
        found = month_by_month({"2025-11": 5, "2026-02": -2}, "2026-03")
        assert [month for month, _, _ in found] == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
        assert [(paid, total) for _, paid, total in found] == [(5, 5), (0, 5), (0, 5), (-2, 3), (0, 3)]
        assert month_by_month({}, "2026-03") == []


class TestScore:
    @pytest.mark.parametrize(
        ("days", "score"), [(0, 10_000), (25, 10_000), (26, 9_600), (37, 5_200), (49, 400), (50, 0), (400, 0)]
    )
    def test_full_until_25_none_from_50_linear_between(self, days, score):
        assert RULE.score_bp(days) == score

    @given(st.integers(0, 200), st.integers(1, 200), st.integers(0, 500))
    def test_never_rises_with_the_days(self, full, span, days):
        rule = SpeedRule(full, full + span)
        assert 0 <= rule.score_bp(days + 1) <= rule.score_bp(days) <= 10_000

    def test_is_weighted_by_amount_and_counts_what_waits(self):
        document = Brought("a", date(2026, 3, 2), 100)
        parts = [Portion("a", 50, date(2026, 3, 3)), Portion("a", 50, None)]
        found = speed(document, parts, RULE, date(2026, 12, 31))
        assert (found.allocated, found.waiting, found.days, found.score_bp) == (50, 50, 1, 5_000)


class TestPortions:
    def test_named_first_then_the_oldest(self):
        brought = [Brought("new", date(2026, 2, 1), 10), Brought("old", date(2026, 1, 1), 10)]
        lines = [Given(None, date(2026, 3, 1), 12), Given("new", date(2026, 3, 2), 5)]
        assert sorted((p.document, p.amount) for p in portions(brought, lines)) == [
            ("new", 2), ("new", 3), ("new", 5), ("old", 10),
        ]  # fmt: skip

    @given(st.lists(st.integers(1, 50), min_size=1, max_size=5), st.lists(st.integers(1, 50), max_size=8))
    def test_every_fen_of_every_document_is_in_one_portion(self, amounts, lines):
        brought = [Brought(str(n), date(2026, 1, 1 + n), fen) for n, fen in enumerate(amounts)]
        found = portions(brought, [Given(None, date(2026, 2, 1), fen) for fen in lines])
        for document in brought:
            assert sum(p.amount for p in found if p.document == document.key) == document.amount
        assert sum(p.amount for p in found if p.allocated_on) == min(sum(amounts), sum(lines))


@dataclass(frozen=True)
class Point:
    region_code: str
    due_on: date
    share_bp: int


@dataclass(frozen=True)
class Dated:
    region_code: str
    effective_on: date
    revision: int = 1


class TestDatedRows:
    def test_of_one_date_the_highest_share_binds(self):
        day = date(2026, 3, 31)
        rows = [Point("43", day, 3000), Point("431081", day, 2000), Point("44", day, 9000)]
        assert checkpoints_of(rows, "431081") == [rows[0]]

    def test_what_is_missing_is_rounded_up(self):
        assert (missing(3, 0, 5000), missing(4, 2, 5000)) == (2, 0)

    def test_the_rule_of_its_day_and_the_nearest_region(self):
        old, new, own = Dated("", date(2021, 1, 1)), Dated("", date(2026, 1, 1)), Dated("43", date(2027, 1, 1))
        rows = [old, new, own]
        assert rule_on(rows, "431081", date(2025, 6, 1)) == old
        assert rule_on(rows, "431081", date(2026, 6, 1)) == new
        assert rule_on(rows, "431081", date(2027, 6, 1)) == own
        assert rule_on(rows, "431081", date(2020, 6, 1)) is None
