"""The lifecycle and the scores of projects, without a database."""

from __future__ import annotations

from itertools import pairwise

import pytest
from funds_ledger.projects import rules
from hypothesis import given
from hypothesis import strategies as st


class TestLifecycle:
    def test_every_step_but_the_first_has_its_roles(self):
        assert {(before, action) for before, action, _ in rules.TRANSITIONS if before} == set(rules.ROLES)

    def test_every_state_is_reached(self):
        assert {after for _, _, after in rules.TRANSITIONS} == set(rules.STATES)

    def test_the_library_is_entered_only_from_a_notice_or_back_from_within(self):
        ways = {(before, action) for before, action, after in rules.TRANSITIONS if after == "library"}
        assert ways == {
            ("notice", "enter"),
            ("adjustment_notice", "confirm"),
            ("adjustment_notice", "return"),
            ("withdrawal_notice", "return"),
            ("accepted", "return"),
        }

    @given(st.lists(st.sampled_from(sorted(rules.TRANSITIONS, key=str)), max_size=12))
    def test_a_history_is_a_path(self, steps):
        state = rules.replay(steps)
        connected = all(a[2] == b[0] for a, b in pairwise(steps))
        assert (state is not None) == (bool(steps) and steps[0][0] is None and connected)

    @pytest.mark.parametrize("role", ["finance", "auditor", "asset_keeper", "department_officer"])
    def test_others_do_not_review(self, role):
        for state, action in rules.ROLES:
            allowed = rules.may_take(state, action, role=role, region="431081", is_proposer=False)
            assert allowed == (role == "finance" and (state, action) == ("accepted", "settle"))


class TestProposal:
    def test_says_what_is_missing_by_section(self):
        assert set(rules.missing({})) == set(rules.REQUIRED)
        full = {name: "x" for names in rules.REQUIRED.values() for name in names}
        assert rules.missing(full) == {}
        assert rules.missing(full | {"goals": []}) == {"performance": ["goals"]}
        assert rules.missing(full | {"beneficiary_households": 0}) == {}

    def test_finds_listed_words_whatever_their_case(self):
        items = [rules.NegativeItem("a", ("KTV", "办公楼")), rules.NegativeItem("b", ("手机",))]
        hits = rules.negative_hits({"name": "村部办公楼", "tasks": "建 ktv"}, items)
        assert [(h.key, h.field, h.word) for h in hits] == [("a", "name", "办公楼"), ("a", "tasks", "KTV")]

    def test_every_category_counts_as_something(self):
        assert set(rules.PURPOSE_OF) == set(rules.CATEGORIES) == set(rules.CATEGORY_NAMES)


GOALS = st.builds(rules.Goal, target=st.integers(1, 10**9), at_least=st.booleans(), weight=st.integers(1, 100))


class TestScore:
    @given(st.lists(st.tuples(GOALS, st.integers(0, 10**9)), min_size=1, max_size=8))
    def test_lies_between_its_worst_and_best_goal(self, pairs):
        goals, actuals = [g for g, _ in pairs], [a for _, a in pairs]
        parts = [rules.attainment_bp(g, a) for g, a in pairs]
        assert min(parts) <= rules.score_bp(goals, actuals) <= max(parts)

    @given(GOALS, st.integers(0, 10**9))
    def test_a_goal_reached_counts_in_full(self, goal, actual):
        reached = actual >= goal.target if goal.at_least else actual <= goal.target
        assert (rules.attainment_bp(goal, actual) == 10_000) >= reached

    def test_wants_one_value_per_goal(self):
        with pytest.raises(ValueError, match="one actual"):
            rules.score_bp([rules.Goal(1, True, 1)], [])
