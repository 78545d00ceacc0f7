"""Land revenue against its shares, without a database (FND-11)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from funds_ledger.land_revenue.rules import binding, measure
from hypothesis import given
from hypothesis import strategies as st

money = st.integers(0, 10**14)


@dataclass(frozen=True)
class Rule:
    region_code: str
    from_year: int
    net_bp: int
    gross_bp: int
    revision: int = 1


PLAN = Rule("", 2025, 5000, 800)


@pytest.mark.parametrize(
    ("gross", "net", "agriculture", "shortfall"),
    [
        (100_000, 20_000, 10_000, 0),  # half of the net, a tenth of the gross
        (100_000, 20_000, 9_999, 1),
        (100_000, 10_000, 5_000, 3_000),  # half of the net is not enough: 8 % of the gross binds
        (100_001, 0, 8_000, 1),  # rounded up to the fen
        (0, 0, 0, 0),
    ],
)
def test_both_shares_must_be_reached(gross, net, agriculture, shortfall):
    found = measure([PLAN], gross=gross, net=net, agriculture=agriculture)
    assert found is not None
    assert (found.shortfall, found.reached) == (shortfall, shortfall == 0)


@given(money, money, money)
def test_what_is_missing_is_exactly_enough(gross, net, agriculture):
    found = measure([PLAN], gross=gross, net=net, agriculture=agriculture)
    assert found is not None
    total = agriculture + found.shortfall
    assert total * 10_000 >= net * 5000
    assert total * 10_000 >= gross * 800
    if found.shortfall:
        assert (total - 1) * 10_000 < max(net * 5000, gross * 800)


def test_the_latest_rule_that_has_begun_binds_and_a_county_may_only_ask_for_more():
    rules = [
        PLAN,
        Rule("", 2021, 3000, 500),
        Rule("431081", 2025, 4000, 1000),
        Rule("43", 2025, 6000, 0),
        Rule("44", 2020, 9999, 9999),
    ]
    of_2024 = measure(binding(rules, "431081", 2024), gross=1, net=1, agriculture=0)
    of_2026 = measure(binding(rules, "431081", 2026), gross=1, net=1, agriculture=0)
    assert of_2024 is not None
    assert of_2026 is not None
    assert (of_2024.net_bp, of_2026.net_bp, of_2026.gross_bp) == (3000, 6000, 1000)
    assert measure(binding(rules, "431081", 2019), gross=1, net=1, agriculture=0) is None


def test_a_correction_replaces_what_it_corrects():
    assert binding([PLAN, Rule("", 2025, 5500, 900, revision=2)], "431081", 2025)[0].net_bp == 5500
