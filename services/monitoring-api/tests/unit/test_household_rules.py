"""The register's rules, without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_api.households.rules import (
    changes_between,
    composition_errors,
    monitoring_errors,
    name_search,
    search_error,
    year_errors,
)

TODAY = date(2026, 11, 22)
CLASSES = {
    "unstable_lifted": SimpleNamespace(
        code="unstable_lifted", name="脱贫不稳定户", lifted=True, valid_from=date(2021, 1, 1), valid_to=None
    ),
    "marginal": SimpleNamespace(
        code="marginal", name="边缘易致贫户", lifted=False, valid_from=date(2021, 1, 1), valid_to=date(2025, 12, 31)
    ),
    "sudden_hardship": SimpleNamespace(
        code="sudden_hardship", name="突发严重困难户", lifted=None, valid_from=date(2021, 1, 1), valid_to=None
    ),
}
KINDS = {"illness": SimpleNamespace(code="illness", valid_from=date(2021, 1, 1), valid_to=None)}


@dataclass
class Person:
    relation: str = "child"
    id_number: str | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass
class Wanted:
    monitored: bool = True
    monitored_class: str | None = "sudden_hardship"
    risks: tuple[str, ...] = ("illness",)
    since: date | None = date(2024, 3, 1)


class TestCompositionOfAHousehold:
    @pytest.mark.parametrize(
        ("members", "codes"),
        [
            ([Person("head")], []),
            ([Person("head"), Person(), Person()], []),
            ([Person()], ["head_missing"]),
            ([Person("head"), Person("head")], ["head_twice"]),
            ([Person("head", "A"), Person(id_number="A")], ["id_number_twice"]),
            ([Person("head", "A"), Person(id_number="B")], []),
        ],
    )
    def test_has_one_head_and_nobody_twice(self, members: list[Person], codes: list[str]) -> None:
        errors = composition_errors(members)

        assert [error.code for error in errors] == codes

    def test_names_the_second_of_two_members_with_one_id(self) -> None:
        twin = uuid4()

        errors = composition_errors([Person("head", id=twin), Person(id=twin)])

        assert [(error.path, error.code) for error in errors] == [("body.members.1.id", "member_twice")]

    @given(st.lists(st.sampled_from(["head", "child", "parent"]), min_size=1, max_size=30))
    def test_accepts_exactly_the_families_with_one_head(self, relations: list[str]) -> None:
        errors = composition_errors([Person(relation) for relation in relations])

        assert (not errors) == (relations.count("head") == 1)


class TestYearsOfIncome:
    @pytest.mark.parametrize(
        ("years", "codes"),
        [([], []), ([2024, 2025, 2026], []), ([2025, 2025], ["year_twice"]), ([2027], ["year_in_future"])],
    )
    def test_are_named_once_and_not_in_the_future(self, years: list[int], codes: list[str]) -> None:
        errors = year_errors(years, 2026)

        assert [error.code for error in errors] == codes


class TestMonitoredStatus:
    @pytest.mark.parametrize(
        ("wanted", "lifted", "codes"),
        [
            (Wanted(), False, []),
            (Wanted(), True, []),
            (Wanted(monitored_class="unstable_lifted"), True, []),
            (Wanted(monitored_class="unstable_lifted"), False, ["class_does_not_fit"]),
            (Wanted(monitored_class="marginal"), False, []),
            (Wanted(monitored_class="marginal"), True, ["class_does_not_fit"]),
            (Wanted(monitored_class="marginal", since=date(2026, 3, 1)), False, ["class_unknown"]),
            (Wanted(monitored_class="poor"), False, ["class_unknown"]),
            (Wanted(monitored_class=None), False, ["missing"]),
            (Wanted(risks=()), False, ["risks_missing"]),
            (Wanted(risks=("illness", "fate")), False, ["risk_unknown"]),
            (Wanted(since=None), False, ["missing"]),
            (Wanted(since=date(2026, 11, 23)), False, ["in_future"]),
            (Wanted(since=date(2020, 12, 31)), False, ["class_unknown", "risk_unknown"]),
            (Wanted(False, None, (), None), False, []),
            (Wanted(False), False, ["not_monitored", "not_monitored", "not_monitored"]),
        ],
    )
    def test_is_judged_by_the_catalogue_of_its_day(self, wanted: Wanted, lifted: bool, codes: list[str]) -> None:
        errors = monitoring_errors(wanted, today=TODAY, lifted=lifted, classes=CLASSES, kinds=KINDS)

        assert [error.code for error in errors] == codes

    @given(st.booleans(), st.none() | st.sampled_from(sorted(CLASSES)), st.lists(st.just("illness"), max_size=2))
    def test_has_class_and_risk_if_and_only_if_monitored(
        self, monitored: bool, chosen: str | None, risks: list[str]
    ) -> None:
        wanted = Wanted(monitored, chosen, tuple(risks), date(2024, 1, 1) if monitored else None)

        errors = monitoring_errors(
            wanted, today=TODAY, lifted=chosen == "unstable_lifted", classes=CLASSES, kinds=KINDS
        )

        assert (not errors) == ((chosen is not None) == monitored and bool(risks) == monitored)


class TestSearchByName:
    @pytest.mark.parametrize(
        ("text", "by", "lo"),
        [
            ("张伟", "name", "张伟"),
            (" 张 伟 ", "name", "张伟"),
            ("ZWM", "initials", "zwm"),
            ("张w", "name", "张w"),
        ],
    )
    def test_takes_letters_for_initials_and_the_rest_for_names(self, text: str, by: str, lo: str) -> None:
        search = name_search(text)

        assert search is not None
        assert (search.by, search.lo) == (by, lo)

    @pytest.mark.parametrize("text", ["", "  ", "\u3000"])
    def test_of_nothing_is_no_search(self, text: str) -> None:
        assert name_search(text) is None

    @given(st.text("张王李伟明·", min_size=1, max_size=4), st.text("张王李伟明·", max_size=4))
    def test_range_holds_exactly_the_names_that_begin_so(self, prefix: str, name: str) -> None:
        search = name_search(prefix)

        assert search is not None
        inside = search.lo.encode() <= name.encode() < search.hi.encode()
        assert inside == name.startswith(prefix)

    @pytest.mark.parametrize(
        ("text", "one_county", "refused"),
        [("张", True, False), ("张", False, True), ("张 ", False, True), ("张伟", False, False)],
    )
    def test_across_counties_needs_two_characters(self, text: str, one_county: bool, refused: bool) -> None:
        error = search_error(text, one_county=one_county)

        assert (error is not None) == refused


class TestChanges:
    def test_name_the_fields_that_differ(self) -> None:
        changes = changes_between({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None, "d": 4})

        assert changes == [
            {"field": "b", "before": 2, "after": 3},
            {"field": "d", "before": None, "after": 4},
        ]

    @given(st.dictionaries(st.text(max_size=3), st.integers()), st.dictionaries(st.text(max_size=3), st.integers()))
    def test_applied_to_the_old_give_the_new(self, before: dict[str, int], after: dict[str, int]) -> None:
        changes = changes_between(before, after)

        applied = before | {change["field"]: change["after"] for change in changes}
        assert applied == before | after
