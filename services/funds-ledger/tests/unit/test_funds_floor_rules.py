"""Which floor binds a county."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from funds_ledger.errors import percent
from funds_ledger.floors.rules import achieved_bp, binding_regions, bound, effective


@dataclass(frozen=True)
class Rule:
    region_code: str
    floor_bp: int


class TestEffective:
    @pytest.mark.parametrize(
        ("rules", "wanted"),
        [
            ([], None),
            ([Rule("43", 5500)], Rule("43", 5500)),
            ([Rule("", 5000), Rule("43", 5500)], Rule("43", 5500)),
            # A county may ask for more than its province, never for less.
            ([Rule("43", 5500), Rule("431081", 6000)], Rule("431081", 6000)),
            ([Rule("43", 5500), Rule("431081", 0)], Rule("43", 5500)),
            # At equal floors the nearest level is named.
            ([Rule("43", 5500), Rule("431081", 5500)], Rule("431081", 5500)),
            # Rules of others do not bind.
            ([Rule("44", 9000), Rule("431003", 9000)], None),
        ],
    )
    def test_is_the_highest_floor_of_all_levels(self, rules, wanted):
        assert effective(rules, "431081") == wanted
        assert effective(list(reversed(rules)), "431081") == wanted

    def test_binds_through_nation_province_prefecture_and_county(self):
        assert binding_regions("431081") == ["", "43", "4310", "431081"]


@pytest.mark.parametrize(
    ("bp", "text"), [(5500, "55%"), (5550, "55.5%"), (5555, "55.55%"), (0, "0%"), (10_000, "100%")]
)
def test_percent_is_written_as_people_write_it(bp, text):
    assert percent(bp) == text


@dataclass(frozen=True)
class Switched:
    region_code: str
    floor_bp: int
    not_below_last_year: bool = False


class TestNotBelowLastYear:
    @pytest.mark.parametrize(
        ("industry", "allocated", "bp"),
        [(0, 0, 0), (0, 5, 0), (2, 3, 6667), (1, 3, 3334), (55, 100, 5500), (3, 3, 10_000)],
    )
    def test_share_achieved_is_rounded_up(self, industry, allocated, bp):
        assert achieved_bp(industry, allocated) == bp

    @pytest.mark.parametrize(
        ("rules", "last_year", "wanted"),
        [
            ([Switched("43", 5500)], 6000, (5500, None, "43")),
            ([Switched("43", 5500, True)], 6000, (6000, 6000, "43")),
            ([Switched("43", 5500, True)], 5000, (5500, 5000, "43")),
            # Nobody below can switch off what a higher level asks for.
            ([Switched("43", 5500, True), Switched("431081", 5600)], 6000, (6000, 6000, "43")),
            ([Switched("43", 5500, True), Switched("431081", 6500)], 6000, (6500, 6000, "431081")),
            ([Switched("44", 5500, True), Switched("43", 5500)], 6000, (5500, None, "43")),
        ],
    )
    def test_the_higher_of_rule_and_last_year_binds(self, rules, last_year, wanted):
        found = bound(rules, [rule for rule in rules if rule.not_below_last_year], "431081", last_year)
        assert found is not None
        assert (found.floor_bp, found.last_year_bp, found.rule.region_code) == wanted

    def test_without_a_rule_there_is_none(self):
        assert bound([], [], "431081", 6000) is None
