"""What the register says of each person, in agreement with age, relation and the household's trouble."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random
from uuid import UUID

from monitoring_api.terms import Education, Employment, Health, LabourAbility, Relation, Schooling, Sex

from linkage_local.seed.families import Role
from linkage_local.seed.identity import IdentityNumbers, PhoneNumbers, RowIds
from linkage_local.seed.names import Name, NamePool

AS_OF = date(2026, 9, 1)
"""The day the generated register speaks of."""


@dataclass(slots=True)
class Person:
    """One member of a household; phone is None for children and the very old."""

    id: UUID
    name: Name
    relation: Relation
    sex: Sex
    birth_date: date
    id_number: str
    phone: str | None
    labour: LabourAbility
    health: Health
    education: Education
    schooling: Schooling
    employment: Employment
    insured: bool


@dataclass(slots=True)
class Sources:
    """Everything one county's people are drawn from."""

    rng: Random
    names: NamePool
    numbers: IdentityNumbers
    phones: PhoneNumbers
    person_ids: RowIds


def make_members(roles: list[Role], clan: str, risks: tuple[str, ...], hard: bool, sources: Sources) -> list[Person]:
    """Members of one household, head first.

    clan: surname of the men of the house. risks: ``illness`` or ``disability`` marks one grown member.
    hard: a lifted or monitored household, where weak health is more common and jobs are rarer.
    """
    surnames = _surnames(roles, clan, sources.names)
    marked = {"illness": "severe", "disability": "disabled"}
    troubles = [marked[risk] for risk in risks if risk in marked]
    bearer = _bearer(roles, sources.rng) if troubles else -1
    members = []
    for position, (role, surname) in enumerate(zip(roles, surnames, strict=True)):
        id_number, born = sources.numbers.take(role.sex, AS_OF.year - role.age)
        trouble = troubles[0] if position == bearer else None
        members.append(_make_person(role, surname, id_number, born, trouble, hard, sources))
    return members


def _surnames(roles: list[Role], clan: str, names: NamePool) -> list[str]:
    others = iter(names.surnames(len(roles)))
    has_man = any(role.sex == "male" and role.relation in ("head", "spouse") for role in roles)
    result = []
    child, child_in_law = clan, clan
    for role in roles:
        match role.relation:
            case "head" | "spouse" | "parent":
                born_here = role.sex == "male" or (role.relation == "head" and not has_man)
                surname = clan if born_here else next(others)
            case "child":
                surname = clan
                child = clan if role.sex == "male" else ""
            case "child_in_law":
                surname = child_in_law = next(others)
            case "grandchild":
                surname = child or child_in_law
        result.append(surname)
    return result


def _bearer(roles: list[Role], rng: Random) -> int:
    grown = [position for position, role in enumerate(roles) if role.age >= 16]
    return grown[int(rng.random() * len(grown))]


def _make_person(
    role: Role, surname: str, id_number: str, born: date, trouble: str | None, hard: bool, sources: Sources
) -> Person:
    rng = sources.rng
    random = rng.random
    age = role.age
    health: Health = "healthy"
    if trouble == "severe":
        health = "severe"
    elif trouble == "disabled":
        health = "disabled"
    else:
        draw = random() / (1.5 if hard else 1.0)
        weight = 0.02 if age < 40 else 0.06 if age < 60 else 0.22
        if draw < weight:
            health = "chronic" if draw < weight * 0.72 else "disabled"
    schooling = _schooling(age, random())
    labour = _labour(age, health, schooling, random())
    phone = sources.phones.take() if 16 <= age <= 82 and random() < 0.93 else None
    return Person(
        id=sources.person_ids.take(),
        name=sources.names.given(surname, role.sex, born.year),
        relation=role.relation,
        sex=role.sex,
        birth_date=born,
        id_number=id_number,
        phone=phone,
        labour=labour,
        health=health,
        education=_education(age, schooling, random()),
        schooling=schooling,
        employment=_employment(age, labour, schooling, hard, random()),
        insured=hard or random() < 0.985,
    )


def _schooling(age: int, draw: float) -> Schooling:
    if age < 3:
        return "none"
    if age < 6:
        return "preschool" if draw < 0.94 else "none"
    if age < 12:
        return "primary"
    if age < 15:
        return "junior"
    if age < 18:
        return "senior" if draw < 0.56 else "vocational" if draw < 0.96 else "none"
    if age < 22:
        return "higher" if draw < 0.52 else "none"
    return "none"


def _labour(age: int, health: Health, schooling: Schooling, draw: float) -> LabourAbility:
    if age < 16 or schooling != "none":
        return "none"
    if age >= 75:
        return "none"
    if health == "severe":
        return "lost" if draw < 0.7 else "weak"
    if health == "disabled":
        return "weak" if draw < 0.5 and age < 65 else "lost"
    if age >= 60:
        return "weak" if draw < 0.75 or health == "chronic" else "ordinary"
    if health == "chronic":
        return "weak"
    return "skilled" if draw < 0.13 else "ordinary"


_LEVELS: tuple[Education, ...] = ("illiterate", "primary", "junior", "senior", "college", "university")
_COHORTS = (
    (1955, (0.24, 0.58, 0.15, 0.03)),
    (1970, (0.06, 0.44, 0.40, 0.09, 0.01)),
    (1985, (0.01, 0.18, 0.60, 0.17, 0.03, 0.01)),
    (9999, (0.0, 0.04, 0.42, 0.32, 0.14, 0.08)),
)
"""Born before, and the share of each level."""
_EDUCATION_WEIGHTS = {
    born: list(accumulate(next(weights for until, weights in _COHORTS if born < until)))
    for born in range(AS_OF.year - 120, AS_OF.year + 1)
}
_AT_SCHOOL: dict[Schooling, Education] = {
    "primary": "primary",
    "junior": "junior",
    "senior": "senior",
    "vocational": "senior",
    "higher": "college",
}


def _education(age: int, schooling: Schooling, draw: float) -> Education:
    """Highest level reached, for pupils the one they are in."""
    if schooling in _AT_SCHOOL:
        return _AT_SCHOOL[schooling]
    if age < 6:
        return "illiterate"
    if age < 18:
        return "junior"
    weights = _EDUCATION_WEIGHTS[AS_OF.year - age]
    return _LEVELS[min(bisect(weights, draw), len(weights) - 1)]


def _employment(age: int, labour: LabourAbility, schooling: Schooling, hard: bool, draw: float) -> Employment:
    if labour in ("none", "lost") or schooling != "none":
        return "none"
    if age >= 60:
        return "farming" if draw < 0.8 else "welfare_post" if hard and draw < 0.84 else "none"
    if labour == "weak":
        return "farming" if draw < 0.55 else "welfare_post" if draw < (0.8 if hard else 0.6) else "none"
    if age >= 46:
        return "farming" if draw < 0.45 else "local_job" if draw < 0.72 else "migrant_job"
    if draw < 0.64:
        return "migrant_job"
    return "local_job" if draw < 0.82 else "own_business" if draw < 0.88 else "farming"
