"""Which floor binds a county."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from funds_ledger.errors import percent
from funds_ledger.floors.rules import binding_regions, effective


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
