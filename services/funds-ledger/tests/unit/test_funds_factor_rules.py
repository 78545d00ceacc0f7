"""Dividing money by factors: exact, within bounds, whatever the order (FND-3)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from funds_ledger.factors import rules
from funds_ledger.shares import split
from hypothesis import assume, given
from hypothesis import strategies as st

REGIONS = st.sampled_from([f"431081{n:03}" for n in range(100, 130)])
FIGURES = st.dictionaries(
    REGIONS, st.fixed_dictionaries({factor: st.integers(0, 5000) for factor in rules.FACTORS}), min_size=1, max_size=12
)
WEIGHTS = st.dictionaries(st.sampled_from(rules.FACTORS), st.integers(1, 100), min_size=1)


@st.composite
def cases(draw):
    """Money, weights, figures and bounds that can be kept."""
    figures, weights = draw(FIGURES), draw(WEIGHTS)
    assume(any(values[factor] for values in figures.values() for factor in weights))
    total = draw(st.integers(1, 10**12))
    bounds = {}
    for region in figures:
        if draw(st.booleans()):
            floor = draw(st.integers(0, total // len(figures)))
            cap = draw(st.one_of(st.none(), st.integers(floor, total)))
            bounds[region] = rules.Bounds(floor, cap)
    return total, weights, figures, bounds


def result(case):
    try:
        return rules.divide(*case)
    except rules.CannotDivide as error:
        assume(error.code != "caps_fall_short")
        raise


class TestDivide:
    @given(cases())
    def test_adds_up_to_the_fen(self, case):
        assert sum(line.amount for line in result(case)) == case[0]

    @given(cases())
    def test_keeps_every_floor_and_cap(self, case):
        for line in result(case):
            bounds = case[3].get(line.region_code, rules.NO_BOUNDS)
            assert bounds.floor <= line.amount
            assert bounds.cap is None or line.amount <= bounds.cap

    @given(cases(), st.randoms())
    def test_does_not_depend_on_the_order(self, case, random):
        total, weights, figures, bounds = case
        shuffled = [dict(random.sample(list(one.items()), len(one))) for one in (weights, figures, bounds)]
        amounts = {line.region_code: line.amount for line in result(case)}
        assert {line.region_code: line.amount for line in rules.divide(total, *shuffled)} == amounts

    @given(cases())
    def test_explains_every_line_to_the_fen(self, case):
        for line in result(case):
            assert sum(part.amount for part in line.parts) + line.adjustment == line.amount

    @given(FIGURES, WEIGHTS, st.integers(1, 10**12))
    def test_without_bounds_more_of_everything_never_brings_less(self, figures, weights, total):
        assume(any(values[factor] for values in figures.values() for factor in weights))
        lines = {line.region_code: line.amount for line in rules.divide(total, weights, figures, {})}
        for a, more in figures.items():
            for b, less in figures.items():
                if all(more[f] > less[f] for f in weights):
                    assert lines[a] >= lines[b]

    def test_a_factor_that_says_nothing_leaves_its_weight_to_the_others(self):
        figures = {
            "431081101": {"monitored_people": 1, "tasks": 0},
            "431081102": {"monitored_people": 3, "tasks": 0},
        }
        lines = rules.divide(100, {"monitored_people": 50, "tasks": 50}, figures, {})
        assert [line.amount for line in lines] == [25, 75]

    @pytest.mark.parametrize(
        ("bounds", "code", "fen"),
        [
            ({"a": rules.Bounds(60), "b": rules.Bounds(50)}, "floors_exceed", 10),
            ({"a": rules.Bounds(0, 40), "b": rules.Bounds(0, 50)}, "caps_fall_short", 10),
        ],
    )
    def test_says_why_it_cannot(self, bounds, code, fen):
        figures = {"a": {"tasks": 1}, "b": {"tasks": 1}}
        with pytest.raises(rules.CannotDivide) as caught:
            rules.divide(100, {"tasks": 100}, figures, bounds)
        assert (caught.value.code, caught.value.fen) == (code, fen)

    def test_needs_figures(self):
        with pytest.raises(rules.CannotDivide):
            rules.divide(100, {"tasks": 100}, {"a": {"tasks": 0}}, {})

    def test_a_floor_is_paid_by_the_others_in_proportion(self):
        figures = {"a": {"tasks": 1}, "b": {"tasks": 3}, "c": {"tasks": 6}}
        lines = rules.divide(1000, {"tasks": 100}, figures, {"a": rules.Bounds(400)})
        assert [(line.region_code, line.amount, line.held_by) for line in lines] == [
            ("a", 400, "floor"), ("b", 200, None), ("c", 400, None),
        ]  # fmt: skip
        assert [line.adjustment for line in lines] == [300, -100, -200]


class TestSplit:
    @given(st.integers(0, 10**14), st.dictionaries(st.text(max_size=4), st.integers(0, 10**6), min_size=1))
    def test_is_exact_and_near(self, total, weights):
        assume(sum(weights.values()))
        parts = split(total, weights)
        assert sum(parts.values()) == total
        whole = sum(weights.values())
        assert all(abs(parts[key] - Fraction(total * weights[key], whole)) < 1 for key in weights)


class TestFill:
    @given(st.integers(0, 1000), st.lists(st.tuples(st.text(min_size=1), st.integers(1, 300))))
    def test_spends_in_order_and_keeps_the_rest(self, quota, room):
        found, rest = rules.fill(quota, room)
        assert sum(fen for _, fen in found) + rest == quota
        assert rest == max(quota - sum(left for _, left in room), 0)
        assert [project for project, _ in found] == [project for project, _ in room][: len(found)]


class TestLifecycle:
    def test_an_approved_scheme_is_the_end(self):
        assert {before for before, _, _ in rules.TRANSITIONS} == {"draft", "submitted", "returned"}
        assert rules.target("draft", "approve") is None
