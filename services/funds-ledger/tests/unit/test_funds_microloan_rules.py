"""Microloans: limits of the policy, terms to the day, subsidised interest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from funds_ledger.microloans.rules import Terms, in_force, months_between, problems_of, subsidy


@dataclass(frozen=True)
class Policy:
    region_code: str = ""
    effective_on: date = date(2021, 1, 1)
    revision: int = 1
    max_fen: int = 5_000_000
    max_months: int = 36
    min_age: int = 18
    max_age: int = 65
    rate_cap_bp: int | None = 365


GOOD = Terms(5_000_000, 365, date(2024, 3, 1), date(2027, 3, 1), date(1970, 1, 1), True)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"principal": 5_000_001}, ["over_amount"]),
        ({"due_on": date(2027, 3, 2)}, ["over_term"]),
        ({"born": date(2006, 3, 2)}, ["age"]),
        ({"born": date(2006, 3, 1)}, []),
        ({"born": date(1958, 3, 1)}, ["age"]),
        ({"rate_bp": 366}, ["rate"]),
        ({"household_used": False}, ["not_household_used"]),
    ],
)
def test_names_what_is_beyond_the_policy(change, found):
    assert problems_of(replace(GOOD, **change), Policy()) == found


def test_the_nearest_region_binds_and_of_it_the_newest():
    rows = [
        Policy(), Policy("43", date(2022, 1, 1)), Policy("43", date(2022, 1, 1), 2), Policy("44"),
        Policy("431081", date(2027, 1, 1)),
    ]  # fmt: skip
    assert in_force(rows, "431081", date(2026, 1, 1)) == rows[2]
    assert in_force(rows, "431081", date(2021, 6, 1)) == rows[0]
    assert in_force(rows, "431081", date(2020, 1, 1)) is None


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2023, 3, 1), date(2026, 3, 1), 36),
        (date(2023, 3, 1), date(2026, 3, 2), 37),
        (date(2023, 3, 31), date(2023, 4, 1), 1),
    ],
)
def test_counts_whole_months_of_a_term(start, end, months):
    assert months_between(start, end) == months


class TestSubsidy:
    def test_counts_each_day_of_the_balance_and_stops_at_the_due_day(self):
        reports = [(date(2026, 1, 31), 3_600_000), (date(2026, 3, 1), 1_800_000)]
        loan = {"rate_bp": 365, "share_bp": 10_000, "disbursed_on": date(2026, 1, 11), "due_on": date(2026, 3, 10)}
        # 49 days of 36,000 yuan, then 10 of 18,000, at 3.65 % of 360 days.
        assert subsidy(reports, **loan, start=date(2026, 1, 1), end=date(2026, 3, 31)) == 17_885 + 1_825
        assert subsidy(reports, **loan, start=date(2026, 4, 1), end=date(2026, 6, 30)) == 0

    def test_takes_its_share_and_loses_no_more_than_a_fen(self):
        reports = [(date(2026, 1, 1), 100)]
        loan = {"rate_bp": 400, "share_bp": 5_000, "disbursed_on": date(2026, 1, 1), "due_on": date(2026, 12, 31)}
        assert subsidy(reports, **loan, start=date(2026, 1, 1), end=date(2026, 12, 26)) == 2
