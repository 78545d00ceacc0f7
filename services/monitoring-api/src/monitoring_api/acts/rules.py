"""Rules of acts on households, pure: who may leave, who becomes head, when a household closes. No I/O, no clock.

Invariants that every plan keeps: a household with somebody present has exactly one head, who is present; a person is
in one household; a household without anybody is closed, unless it is monitored or has an open case: monitoring ends
by determination (自然消除), never as a side effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from service_kit.errors import FieldError

from monitoring_api.errors import ActNotPossible

MonitoringChoice = Literal["both", "origin", "new"]
"""After a split: both households go on being monitored, only the old one, or only the new one."""

INVERSE = {
    "spouse": "spouse", "child": "parent", "child_in_law": "parent_in_law", "grandchild": "grandparent",
    "parent": "child", "parent_in_law": "child_in_law", "grandparent": "grandchild", "sibling": "sibling",
    "other": "other",
}  # fmt: skip
"""What the old head is to the new one, who was this to him."""

RELATIVE: dict[str, dict[str, str]] = {
    "spouse": {
        "child": "child", "child_in_law": "child_in_law", "grandchild": "grandchild", "parent": "parent_in_law",
        "parent_in_law": "parent",
    },
    "child": {"spouse": "parent", "child": "sibling", "parent": "grandparent"},
    "parent": {"spouse": "child_in_law", "child": "grandchild", "sibling": "child", "parent": "spouse"},
    "sibling": {"parent": "parent", "grandparent": "grandparent", "sibling": "sibling"},
}  # fmt: skip
"""Relation of the new head to the old one → somebody's old relation → the likely new one; else ``other``."""


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    name: str
    relation: str
    state: str = "present"

    @property
    def present(self) -> bool:
        return self.state == "present"


@dataclass(frozen=True, slots=True)
class Family:
    """A household as rules see it; ``held`` when it may not close by itself: monitored, or with an open case."""

    id: UUID
    members: tuple[Person, ...]
    held: bool = False

    @property
    def present(self) -> tuple[Person, ...]:
        return tuple(person for person in self.members if person.present)

    @property
    def head(self) -> Person | None:
        return next((person for person in self.members if person.relation == "head"), None)

    def find(self, person_id: UUID) -> Person | None:
        return next((person for person in self.members if person.id == person_id), None)


@dataclass(frozen=True, slots=True)
class NewHead:
    """Who becomes head, and what the others are to them; relations left out are suggested."""

    member_id: UUID
    relations: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an act will do, for a person to read before it is done; screens have the words."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Households as they will be. ``closed`` are left without anybody; ``waiting`` too, but monitored."""

    families: tuple[Family, ...]
    effects: tuple[Effect, ...] = ()
    closed: tuple[UUID, ...] = ()
    waiting: tuple[UUID, ...] = ()

    def family(self, family_id: UUID) -> Family:
        return next(family for family in self.families if family.id == family_id)


def suggested_relations(family: Family, new_head: UUID) -> dict[UUID, str]:
    """What everybody would be to a new head, as far as the old relations tell; a person corrects it."""
    chosen = family.find(new_head)
    if chosen is None or chosen.relation == "head":
        return {person.id: person.relation for person in family.members if person.id != new_head}
    table = RELATIVE.get(chosen.relation, {})
    return {
        person.id: INVERSE[chosen.relation] if person.relation == "head" else table.get(person.relation, "other")
        for person in family.members
        if person.id != new_head
    }


def with_head(family: Family, new_head: NewHead, path: str = "body.new_head") -> Family:
    """The family under a new head.

    Raises:
        ActNotPossible: the new head is not present in it, is head already, or a relation names nobody of it.
    """
    chosen = family.find(new_head.member_id)
    if chosen is None or not chosen.present:
        raise _refuse(f"{path}.member_id", "head_not_present", "新户主须是本户在册的人")
    if chosen.relation == "head":
        raise _refuse(f"{path}.member_id", "is_head", "此人已是户主")
    relations = suggested_relations(family, chosen.id)
    errors = [
        FieldError(f"{path}.relations.{person_id}", "member_unknown", "不是本户的其他成员")
        for person_id in new_head.relations
        if person_id not in relations
    ]
    if errors:
        raise ActNotPossible(errors=errors)
    relations |= dict(new_head.relations)
    members = tuple(replace(p, relation="head" if p.id == chosen.id else relations[p.id]) for p in family.members)
    return replace(family, members=members)


def leave(
    family: Family,
    leaving: Collection[UUID],
    new_head: NewHead | None,
    *,
    state: str,
    path: str = "body.member_ids",
    gone: bool = False,
) -> Plan:
    """People leave a household: they die, move out, or (``gone``) become members of another.

    Raises:
        ActNotPossible: somebody is not present here, the head leaves others without a head, or a head is named
            though the head stays.
    """
    people = require_present(family, leaving, path)
    ids = {person.id for person in people}
    staying = [person for person in family.present if person.id not in ids]
    head = family.head
    head_leaves = head is not None and head.id in ids
    if head_leaves and staying and new_head is None:
        raise _refuse("body.new_head", "head_needed", "户主离开后，须同时确定新户主")
    if new_head is not None and not (head_leaves and staying):
        raise _refuse("body.new_head", "head_not_needed", "户主未变，不用指定新户主")
    if new_head is not None and new_head.member_id in ids:
        raise _refuse("body.new_head.member_id", "head_not_present", "新户主须是留下的人")
    effects = [Effect(f"leaves_{state}", {"name": person.name}) for person in people]
    after = family
    if new_head is not None:
        after = with_head(after, new_head)
        effects.append(Effect("new_head", {"name": _name(after, new_head.member_id)}))
    kept = tuple(
        replace(person, state=state) if person.id in ids else person
        for person in after.members
        if not (gone and person.id in ids)
    )
    after = replace(after, members=kept)
    return _empty_or_not(after, effects)


def _empty_or_not(after: Family, effects: list[Effect]) -> Plan:
    if after.present:
        return Plan((after,), tuple(effects))
    if after.held:
        return Plan((after,), (*effects, Effect("waits_for_elimination")), waiting=(after.id,))
    return Plan((after,), (*effects, Effect("closes")), closed=(after.id,))


def join(family: Family, arriving: Sequence[Person], relations: Mapping[UUID, str]) -> Family:
    """People become members of a household that has a head; who has no relation named is ``other``."""
    if family.head is None or not family.head.present:
        raise _refuse("body", "household_empty", "接收的户没有户主，请先核对")
    if unknown := set(relations) - {person.id for person in arriving}:
        errors = [FieldError(f"body.relations.{i}", "member_unknown", "不在转入人员之列") for i in sorted(unknown)]
        raise ActNotPossible(errors=errors)
    added = tuple(replace(p, relation=relations.get(p.id, "other"), state="present") for p in arriving)
    return replace(family, members=family.members + added)


def found(family_id: UUID, people: Sequence[Person], head: UUID, relations: Mapping[UUID, str]) -> Family:
    """A new household of these people.

    Raises:
        ActNotPossible: the head is not one of them, or a relation names somebody else.
    """
    path = "body.household"
    ids = {person.id for person in people}
    if head not in ids:
        raise _refuse(f"{path}.head_id", "head_not_present", "新户的户主须是分出的人")
    errors = [
        FieldError(f"{path}.relations.{i}", "member_unknown", "不是新户的其他成员")
        for i in relations
        if i not in ids or i == head
    ]
    if errors:
        raise ActNotPossible(errors=errors)
    suggested = suggested_relations(Family(family_id, tuple(people)), head)
    relation_of = suggested | dict(relations)
    # Without the old head among them, what the others were to him says nothing about the new one for sure.
    return Family(
        family_id,
        tuple(
            replace(p, relation="head" if p.id == head else _never_head(relation_of[p.id]), state="present")
            for p in people
        ),
    )


def _never_head(relation: str) -> str:
    return "other" if relation == "head" else relation


def split(
    family: Family,
    leaving: Collection[UUID],
    new: Family,
    new_head: NewHead | None,
) -> Plan:
    """Some people found a household of their own; somebody stays."""
    plan = leave(family, leaving, new_head, state="transferred", gone=True)
    if not plan.families[0].present:
        raise _refuse("body.member_ids", "nobody_stays", "分户后原户须至少留下一人；全户迁移请办理迁移")
    head = next(person for person in new.members if person.relation == "head")
    return replace(
        plan,
        families=(*plan.families, new),
        effects=(*plan.effects, Effect("new_household", {"name": head.name, "people": len(new.members)})),
    )


def require_present(family: Family, wanted: Collection[UUID], path: str) -> list[Person]:
    """Those people, in the order of the household.

    Raises:
        ActNotPossible: nobody is named, or somebody is not present here.
    """
    if not wanted:
        raise _refuse(path, "members_missing", "请选择人员")
    present = {person.id for person in family.present}
    errors = [
        FieldError(path, "member_not_present", "所选的人不在本户在册人员中") for i in set(wanted) if i not in present
    ]
    if errors:
        raise ActNotPossible(errors=errors[:1])
    return [person for person in family.members if person.id in set(wanted)]


def broken(families: Iterable[Family]) -> list[str]:
    """Which invariants do not hold: for tests, and for the service to refuse to write what its plan got wrong."""
    problems = []
    seen: set[UUID] = set()
    for family in families:
        heads = [person for person in family.members if person.relation == "head"]
        if len(heads) > 1 or (family.present and not any(head.present for head in heads)):
            problems.append(f"household {family.id}: {len(heads)} heads, {len(family.present)} present")
        for person in family.members:
            if person.id in seen:
                problems.append(f"person {person.id} twice")
            seen.add(person.id)
    return problems


def _name(family: Family, person_id: UUID) -> str:
    person = family.find(person_id)
    return person.name if person else ""


def _refuse(path: str, code: str, message: str) -> ActNotPossible:
    return ActNotPossible(errors=[FieldError(path, code, message)])
