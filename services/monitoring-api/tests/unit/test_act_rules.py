"""Acts by their rules: random histories keep what must hold, and playing them again gives the same register (MON-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monitoring_api.acts import rules
from monitoring_api.acts.rules import Family, NewHead, Person, Plan
from monitoring_api.duplicates.rules import choice_errors, region_of_both
from monitoring_api.errors import ActNotPossible
from monitoring_api.relocations.rules import must_be_declared

ACTS = ("birth", "death", "move_out", "head_change", "split", "merge", "transfer")
RELATIONS = ("spouse", "child", "child_in_law", "grandchild", "parent", "sibling", "other")


@dataclass
class Register:
    """A village on paper, to which acts are done."""

    families: dict[UUID, Family] = field(default_factory=dict)
    closed: set[UUID] = field(default_factory=set)
    serial: int = 0

    def next_id(self) -> UUID:
        self.serial += 1
        return UUID(int=self.serial)

    def found(self, relations: list[str], *, held: bool) -> None:
        family_id = self.next_id()
        people = [Person(self.next_id(), f"人{self.serial}", relation) for relation in ("head", *relations)]
        self.families[family_id] = Family(family_id, tuple(people), held=held)

    def keep(self, plan: Plan) -> None:
        for family in plan.families:
            self.families[family.id] = family
        self.closed |= set(plan.closed)

    def open(self) -> list[Family]:
        return [family for family in self.families.values() if family.id not in self.closed]

    def do(self, kind: str, a: int, b: int, c: int) -> bool:
        """One act chosen by three numbers; false when the rules refuse it."""
        families = [family for family in self.open() if family.present]
        if not families:
            return False
        family = families[a % len(families)]
        other = families[b % len(families)]
        person = family.present[b % len(family.present)]
        heirs = [p for p in family.present if p.id != person.id]
        heir = NewHead(heirs[c % len(heirs)].id) if heirs and person.relation == "head" else None
        try:
            self.keep(self._plan(kind, family, other, person, heir, c))
        except ActNotPossible:
            return False
        return True

    def _plan(self, kind: str, family: Family, other: Family, person: Person, heir: NewHead | None, c: int) -> Plan:
        match kind:
            case "birth":
                baby = Person(self.next_id(), "新生儿", "other")
                return Plan((rules.join(family, [baby], {baby.id: RELATIONS[c % len(RELATIONS)]}),))
            case "death":
                return rules.leave(family, [person.id], heir, state="died")
            case "move_out":
                return rules.leave(family, [person.id], heir, state="moved_out")
            case "head_change":
                return Plan((rules.with_head(family, NewHead(person.id)),))
            case "split":
                founded = rules.found(self.next_id(), [person], person.id, {})
                return rules.split(family, [person.id], founded, heir)
        if other.id == family.id:
            raise ActNotPossible()
        people = family.present if kind == "merge" else (person,)
        plan = rules.leave(
            family, [p.id for p in people], None if kind == "merge" else heir, state="transferred", gone=True
        )
        joined = rules.join(other, people, {})
        return Plan((*plan.families, joined), plan.effects, plan.closed, plan.waiting)


STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
HOUSEHOLD = st.tuples(st.lists(st.sampled_from(RELATIONS), max_size=4), st.booleans())


def play(households: list[Any], steps: list[Any]) -> tuple[Register, int]:
    register = Register()
    for relations, held in households:
        register.found(relations, held=held)
    born = 0
    for kind, *numbers in steps:
        if register.do(kind, *numbers) and kind == "birth":
            born += 1
    return register, born


class TestRandomHistories:
    @settings(max_examples=200, deadline=None)
    @given(st.lists(HOUSEHOLD, min_size=1, max_size=4), st.lists(STEP, max_size=25))
    def test_keep_one_head_per_household_and_everybody_in_one_place(
        self, households: list[Any], steps: list[Any]
    ) -> None:
        register, born = play(households, steps)

        assert rules.broken(register.families.values()) == []
        everybody = [person for family in register.families.values() for person in family.members]
        assert len(everybody) == born + sum(len(relations) + 1 for relations, _ in households)
        for family in register.families.values():
            assert family.present or family.id in register.closed or family.held
            assert not (family.id in register.closed and (family.present or family.held))

    @settings(max_examples=50, deadline=None)
    @given(st.lists(HOUSEHOLD, min_size=1, max_size=3), st.lists(STEP, max_size=15))
    def test_give_the_same_register_when_played_again(self, households: list[Any], steps: list[Any]) -> None:
        assert play(households, steps)[0] == play(households, steps)[0]


def family(*relations: str, held: bool = False) -> Family:
    return Family(UUID(int=100), tuple(Person(UUID(int=i), f"人{i}", r) for i, r in enumerate(relations)), held)


class TestRelations:
    @pytest.mark.parametrize(
        ("new_head", "expected"),
        [
            (1, {0: "spouse", 2: "child", 3: "parent_in_law"}),
            (2, {0: "parent", 1: "parent", 3: "grandparent"}),
            (3, {0: "child", 1: "child_in_law", 2: "grandchild"}),
        ],
    )
    def test_to_a_new_head_follow_from_the_old_ones(self, new_head: int, expected: dict[int, str]) -> None:
        before = family("head", "spouse", "child", "parent")

        told = rules.suggested_relations(before, UUID(int=new_head))

        assert {key.int: relation for key, relation in told.items()} == expected

    def test_of_a_household_founded_without_the_old_head_are_corrected_by_a_person(self) -> None:
        people = [Person(UUID(int=1), "甲", "child"), Person(UUID(int=2), "乙", "grandchild")]

        new = rules.found(UUID(int=9), people, UUID(int=1), {UUID(int=2): "child"})

        assert [person.relation for person in new.members] == ["head", "child"]


class TestLeaving:
    @pytest.mark.parametrize(
        ("leaving", "new_head", "code"),
        [
            ([], None, "members_missing"),
            ([7], None, "member_not_present"),
            ([0], None, "head_needed"),
            ([1], 2, "head_not_needed"),
            ([0, 1], 1, "head_not_present"),
        ],
    )
    def test_is_refused_with_its_reason(self, leaving: list[int], new_head: int | None, code: str) -> None:
        head = None if new_head is None else NewHead(UUID(int=new_head))

        with pytest.raises(ActNotPossible) as refused:
            rules.leave(family("head", "spouse", "child"), [UUID(int=i) for i in leaving], head, state="died")

        assert refused.value.errors[0].code == code

    def test_of_the_last_closes_unless_the_household_is_held(self) -> None:
        gone = rules.leave(family("head"), [UUID(int=0)], None, state="died")
        held = rules.leave(family("head", held=True), [UUID(int=0)], None, state="died")

        assert (len(gone.closed), len(gone.waiting)) == (1, 0)
        assert (len(held.closed), len(held.waiting)) == (0, 1)


class TestPlaces:
    @pytest.mark.parametrize(
        ("one", "two", "region"),
        [
            ("431081106226", "431081106226", "431081106226"),
            ("431081106226", "431081106217", "431081106"),
            ("431081106226", "431081105235", "431081"),
        ],
    )
    def test_a_pair_belongs_to_the_smallest_region_of_both(self, one: str, two: str, region: str) -> None:
        assert region_of_both(one, two) == region

    @pytest.mark.parametrize(
        ("actor", "to", "declared"),
        [
            ("431081106", "431081106217", False),
            ("431081106", "431081105235", True),
            ("431081", "431081105", False),
            ("4310", "431003101201", True),
        ],
    )
    def test_a_move_is_declared_beyond_the_region_or_the_county(self, actor: str, to: str, declared: bool) -> None:
        assert must_be_declared(actor, "431081", to) is declared


class TestChoices:
    def test_take_identity_from_one_record(self) -> None:
        kept, other = UUID(int=1), UUID(int=2)

        assert choice_errors({"phone": other, "health": kept}, kept, other) == []
        assert choice_errors({"id_number": other, "sex": other, "birth_date": other}, kept, other) == []
        assert [error.code for error in choice_errors({"id_number": other}, kept, other)] == ["identity_split"]
        assert [error.code for error in choice_errors({"relation": other}, kept, other)] == ["field_unknown"]
        assert [error.code for error in choice_errors({"name": UUID(int=3)}, kept, other)] == ["record_unknown"]
