"""The lifecycle of a case: no path skips a step, and nobody takes another's."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_api.casework import rules
from monitoring_api.policy.rules import STAGES

KINDS = get_args(rules.Kind)
APPROVERS = {
    "application": ["village_cadre", "township"],
    "home_verification": ["village_cadre", "township"],
    "village_review": ["village_cadre"],
    "notice": ["village_cadre"],
    "township_review": ["township"],
    "county_determination": ["bureau"],
}

acts = st.lists(
    st.tuples(st.sampled_from(get_args(rules.Desk)), st.one_of(st.none(), st.sampled_from(STAGES))), max_size=30
)


def walk(kind: rules.Kind, wanted: list[tuple[rules.Desk, Any]]) -> list[tuple[str | None, str, str]]:
    """The history that comes of trying ``wanted`` one after the other."""
    steps: list[tuple[str | None, str, str]] = [(None, "open", rules.START[kind])]
    for action, to in wanted:
        state: Any = steps[-1][2]
        after = rules.target(kind, state, action, to)
        if after is not None:
            steps.append((state, action, after))
    return steps


class TestTarget:
    @pytest.mark.parametrize("kind", ["identification", "elimination"])
    def test_leads_through_every_step_in_order(self, kind: rules.Kind) -> None:
        steps = walk(kind, [("complete", None)] * 10)

        assert [after for _, _, after in steps] == [*STAGES[1:], rules.SUCCESS[kind]]

    def test_of_a_natural_elimination_is_the_county(self) -> None:
        steps = walk("natural_elimination", [("return", "home_verification"), ("complete", None)])

        assert [after for _, _, after in steps] == ["county_determination", "eliminated"]

    @given(st.sampled_from(KINDS), acts)
    def test_never_skips_a_step(self, kind: rules.Kind, wanted: list[tuple[rules.Desk, Any]]) -> None:
        done: set[str] = set()
        for before, action, after in walk(kind, wanted):
            if action == "complete":
                assert before is not None
                done.add(before)
            if action == "return":
                # Whatever lies behind is to be done again.
                done = {stage for stage in done if STAGES.index(stage) < STAGES.index(after)}  # type: ignore[arg-type]
            if after == rules.SUCCESS[kind] and kind != "natural_elimination":
                assert done >= set(STAGES[1:])

    @given(st.sampled_from(KINDS), acts)
    def test_makes_histories_that_replay_to_their_end(
        self, kind: rules.Kind, wanted: list[tuple[rules.Desk, Any]]
    ) -> None:
        steps = walk(kind, wanted)

        assert rules.replay(kind, steps) == steps[-1][2]
        assert set(steps) <= rules.TRANSITIONS

    @given(st.sampled_from(KINDS), acts, st.data())
    def test_leaves_no_history_from_which_a_step_can_be_taken_out(
        self, kind: rules.Kind, wanted: list[tuple[rules.Desk, Any]], data: st.DataObject
    ) -> None:
        steps = walk(kind, wanted)
        if len(steps) < 3:
            return
        gone = data.draw(st.integers(0, len(steps) - 2))

        assert rules.replay(kind, steps[:gone] + steps[gone + 1 :]) is None

    @pytest.mark.parametrize("state", get_args(rules.End))
    @pytest.mark.parametrize("action", get_args(rules.Desk))
    def test_from_an_end_leads_nowhere(self, state: Any, action: rules.Desk) -> None:
        assert rules.target("identification", state, action, "application" if action == "return" else None) is None

    @pytest.mark.parametrize(("state", "to"), [("notice", "notice"), ("notice", "township_review"), ("notice", None)])
    def test_returns_only_to_an_earlier_step(self, state: Any, to: Any) -> None:
        assert rules.target("identification", state, "return", to) is None

    @pytest.mark.parametrize("earlier", STAGES[:-1])
    def test_returns_to_any_earlier_step(self, earlier: Any) -> None:
        assert rules.target("identification", "county_determination", "return", earlier) == earlier


class TestMayTake:
    @pytest.mark.parametrize(
        ("stage", "role", "region", "allowed"),
        [
            ("home_verification", "village_cadre", "431081106226", True),
            ("home_verification", "bureau", "431081", False),
            ("township_review", "township", "431081106", True),
            ("township_review", "township", "431081106226", False),
            ("township_review", "village_cadre", "431081106", False),
            ("county_determination", "bureau", "431081", True),
            ("county_determination", "bureau", "431081106", False),
            ("county_determination", "bureau", "43", True),
            ("monitored", "bureau", "431081", False),
            ("county_determination", "auditor", "431081", False),
        ],
    )
    def test_is_a_matter_of_role_and_region(self, stage: Any, role: str, region: str, allowed: bool) -> None:
        may = rules.may_take(stage, "complete", role=role, region=region, approvers=APPROVERS, started=False)
        assert may is allowed

    def test_lets_who_started_it_withdraw(self) -> None:
        asked = {"role": "bureau", "region": "431081", "approvers": APPROVERS}
        assert rules.may_take("notice", "withdraw", started=True, **asked)  # type: ignore[arg-type]
        assert not rules.may_take("notice", "withdraw", started=False, **asked)  # type: ignore[arg-type]


class TestTimeLimits:
    LIMITS = dict.fromkeys(STAGES, 2)

    def test_are_working_days(self) -> None:
        assert rules.due_on("home_verification", date(2026, 11, 20), self.LIMITS) == date(2026, 11, 24)

    def test_of_a_notice_begin_when_it_ends(self) -> None:
        ends = rules.notice_end(date(2026, 11, 20), 5)
        assert ends == date(2026, 11, 25)
        assert rules.due_on("notice", date(2026, 11, 20), self.LIMITS, ends) == date(2026, 11, 27)

    @pytest.mark.parametrize(
        ("due", "expected"),
        [
            (date(2026, 11, 17), "overdue"),
            (date(2026, 11, 18), "today"),
            (date(2026, 11, 19), "this_week"),
            (date(2026, 11, 22), "this_week"),
            (date(2026, 11, 23), "later"),
        ],
    )
    def test_are_urgent_by_the_week(self, due: date, expected: str) -> None:
        assert rules.urgency(due, date(2026, 11, 18)) == expected


class TestIncome:
    @given(st.integers(0, 10**10), st.integers(-(10**10), 10**10), st.integers(0, 10**10), st.integers(1, 30))
    def test_per_head_is_rounded_down_and_loses_less_than_a_fen_each(
        self, wage: int, business: int, rigid: int, people: int
    ) -> None:
        net = wage + business - rigid
        per_head = rules.Income(wage, business, 0, 0, rigid).per_head(people)
        assert per_head * people <= net < (per_head + 1) * people

    def test_of_nobody_is_no_number(self) -> None:
        with pytest.raises(ValueError, match="without people"):
            rules.Income(1, 1, 1, 1, 1).per_head(0)

    @pytest.mark.parametrize(
        ("monitored_class", "net", "fits"),
        [
            ("marginal", 849_999, True),
            ("marginal", 850_000, False),
            ("unstable_lifted", 849_999, True),
            ("sudden_hardship", 850_000, True),
            ("sudden_hardship", 849_999, False),
        ],
    )
    def test_decides_which_class_fits(self, monitored_class: str, net: int, fits: bool) -> None:
        assert (rules.class_errors(monitored_class, net, 850_000) == []) is fits


class TestVote:
    @pytest.mark.parametrize(
        ("votes", "code"),
        [
            ((20, 11, 5, 4), None),
            ((20, 10, 5, 5), "vote_not_passed"),
            ((20, 11, 5, 5), "votes_do_not_add_up"),
            ((1, 1, 0, 0), None),
        ],
    )
    def test_passes_with_more_than_half(self, votes: tuple[int, int, int, int], code: str | None) -> None:
        attendees, votes_for, against, abstained = votes
        errors = rules.vote_errors(attendees=attendees, votes_for=votes_for, votes_against=against, abstained=abstained)
        assert [error.code for error in errors] == ([code] if code else [])


class TestEliminationCriteria:
    MET: ClassVar[dict[str, Any]] = {
        "net_per_head": 900_000,
        "line": 850_000,
        "guarantees": {"water": True},
        "monitored_since": date(2026, 5, 22),
        "has_labour": True,
        "people": 3,
        "delivered": 1,
    }
    RULE: ClassVar[dict[str, int]] = {"enrolled_months": 6, "stable_months": 6, "measures": 1}
    TODAY = date(2026, 11, 22)
    JUDGED = ("income_stable", "expense_solved")

    def test_leave_to_a_person_what_only_a_person_can_judge(self) -> None:
        criteria = rules.elimination_criteria(rules.Standing(**self.MET), self.RULE, self.TODAY)

        assert rules.unmet(criteria, []) == list(self.JUDGED)
        assert rules.unmet(criteria, self.JUDGED) == []

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"net_per_head": 849_999}, "income_above_line"),
            ({"guarantees": {"water": True, "dwelling": False}}, "guarantees_safe"),
            ({"monitored_since": date(2026, 5, 23)}, "enrolled_long_enough"),
            ({"has_labour": False}, "has_labour"),
            ({"delivered": 0}, "measures_delivered"),
        ],
    )
    def test_cannot_be_confirmed_away(self, changes: dict[str, Any], code: str) -> None:
        criteria = rules.elimination_criteria(rules.Standing(**(self.MET | changes)), self.RULE, self.TODAY)

        assert rules.unmet(criteria, [*self.JUDGED, code]) == [code]

    def test_leave_to_a_person_what_happened_before_there_was_a_plan(self) -> None:
        standing = rules.Standing(**(self.MET | {"delivered": None}))

        criteria = rules.elimination_criteria(standing, self.RULE, self.TODAY)

        assert rules.unmet(criteria, self.JUDGED) == ["measures_delivered"]
        assert rules.unmet(criteria, [*self.JUDGED, "measures_delivered"]) == []

    def test_without_a_known_income_leave_it_to_a_person_and_say_what_the_rest_rests_on(self) -> None:
        standing = rules.Standing(**(self.MET | {"net_per_head": None, "guarantees": {"water": False}}))

        found = {c.code: c for c in rules.elimination_criteria(standing, self.RULE, self.TODAY)}

        assert found["income_above_line"].finding == "needs_human"
        assert found["income_above_line"].basis == {"net_income_per_head": None, "line": "8500.00"}
        assert found["guarantees_safe"].basis == {"unsafe": ["water"]}
        assert found["enrolled_long_enough"].basis == {"since": "2026-05-22", "earliest": "2026-11-22"}

    @pytest.mark.parametrize(("people", "unmet"), [(0, []), (1, ["nobody_left"])])
    def test_of_a_natural_elimination_ask_whether_anybody_is_left(self, people: int, unmet: list[str]) -> None:
        assert rules.unmet(rules.natural_criteria(people), []) == unmet
