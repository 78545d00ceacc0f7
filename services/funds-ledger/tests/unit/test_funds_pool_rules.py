"""The arithmetic of a pool against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from funds_ledger.ledger.rules import Effect, effect_of_allocation, effect_of_receipt
from funds_ledger.pools.rules import Balance
from funds_ledger.terms import MAX_FUND_FEN, PURPOSES
from hypothesis import given
from hypothesis import strategies as st

fen = st.integers(0, MAX_FUND_FEN)
basis_points = st.integers(0, 10_000)


@st.composite
def allowed_balances(draw):
    """Any state that the constraints of the database admit."""
    received, floor_bp = draw(fen), draw(basis_points)
    other = draw(st.integers(0, received * (10_000 - floor_bp) // 10_000))
    industry = draw(st.integers(0, received - other))
    return Balance(received, industry, other, floor_bp)


def allowed(balance: Balance) -> bool:
    """The rule in fractions, as the regulation words it."""
    floor = Fraction(balance.floor_bp, 10_000)
    return balance.allocated <= balance.received and balance.other <= balance.received * (1 - floor)


class TestHeadroom:
    @given(allowed_balances())
    def test_is_exactly_what_still_fits(self, balance):
        assert balance.headroom_other >= 0
        assert allowed(balance.after(other=balance.headroom_other))
        assert not allowed(balance.after(other=balance.headroom_other + 1))
        assert allowed(balance.after(industry=balance.headroom_total))
        assert not allowed(balance.after(industry=balance.headroom_total + 1))

    @given(fen, basis_points)
    def test_of_others_and_the_floor_never_exceed_the_money(self, received, floor_bp):
        limit = Balance(received, 0, 0, floor_bp).other_limit
        least_for_industry = Fraction(received * floor_bp, 10_000)
        assert received - limit >= least_for_industry
        assert received - limit < least_for_industry + 1

    @given(allowed_balances(), st.integers(0, MAX_FUND_FEN))
    def test_leaves_industry_its_share_at_the_end(self, balance, amount):
        after = balance.after(other=min(amount, balance.headroom_other))
        full = after.after(industry=after.headroom_total)
        if full.received:
            assert Fraction(full.industry, full.received) >= Fraction(full.floor_bp, 10_000)


class TestRefusal:
    @given(fen, fen, fen, basis_points)
    def test_agrees_with_the_rule_in_fractions(self, received, industry, other, floor_bp):
        balance = Balance(received, industry, other, floor_bp)
        assert (balance.refusal() is None) == allowed(balance)

    @given(allowed_balances(), st.integers(1, MAX_FUND_FEN), st.booleans())
    def test_names_the_exact_amount_by_which_a_request_is_too_large(self, balance, amount, industry):
        def ask(wanted: int) -> Balance:
            return balance.after(industry=wanted) if industry else balance.after(other=wanted)

        refusal = ask(amount).refusal()
        if refusal is not None:
            assert 0 < refusal.shortfall <= amount
            assert ask(amount - refusal.shortfall).refusal() is None
            assert ask(amount - refusal.shortfall + 1).refusal() is not None

    @given(allowed_balances(), st.data())
    def test_of_a_cut_names_what_must_be_moved_first(self, balance, data):
        after = balance.after(received=-data.draw(st.integers(0, balance.received)))
        refusal = after.refusal()
        if refusal is not None and refusal.code == "industry_floor_broken":
            assert allowed(after.after(other=-refusal.shortfall))
            assert not allowed(after.after(other=-refusal.shortfall + 1))

    @pytest.mark.parametrize(
        ("balance", "code", "shortfall"),
        [
            (Balance(10_000, 0, 4_501, 5_500), "industry_floor_broken", 1),
            (Balance(10_000, 0, 4_500, 5_500), None, 0),
            (Balance(10_000, 9_000, 1_001, 5_500), "pool_exhausted", 1),
            (Balance(10_000, 5_500, 5_000, 5_500), "industry_floor_broken", 500),
            (Balance(10_000, 0, 15_000, 0), "pool_exhausted", 5_000),
            (Balance(10_000, 0, 1, 10_000), "industry_floor_broken", 1),
            (Balance(0, 0, 1, 5_500), "industry_floor_broken", 1),
        ],
    )
    def test_names_the_tighter_limit(self, balance, code, shortfall):
        refusal = balance.refusal()
        assert (refusal.code if refusal else None, refusal.shortfall if refusal else 0) == (code, shortfall)


class TestShare:
    def test_is_unknown_before_the_first_allocation(self):
        assert Balance(100, 0, 0, 5_500).industry_share_bp is None

    def test_is_rounded_down_so_that_it_never_flatters(self):
        assert Balance(300, 2, 1, 5_500).industry_share_bp == 6_666


class TestNoOverflow:
    def test_in_a_bigint_even_when_a_full_pool_meets_a_full_amount(self):
        assert 2 * MAX_FUND_FEN * 10_000 < 2**63


class TestEffects:
    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_only_industry_counts_towards_its_share(self, purpose):
        effect = effect_of_allocation(purpose, 7)
        assert effect == (Effect(industry=7) if purpose == "industry" else Effect(other=7))

    @given(allowed_balances(), st.sampled_from(PURPOSES), fen)
    def test_a_reversal_undoes_exactly(self, balance, purpose, amount):
        effect = effect_of_allocation(purpose, amount)
        back = effect.reversed()
        there = balance.after(effect.received, effect.industry, effect.other)
        assert there.after(back.received, back.industry, back.other) == balance

    def test_a_receipt_only_adds_money(self):
        assert effect_of_receipt(9) == Effect(received=9)
