"""Which people live together: relations, sexes and ages that agree with each other."""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import Literal, NamedTuple

from monitoring_api.terms import Relation, Sex

Stage = Literal["young", "middle", "elder"]

MIN_AGE = 1
MAX_AGE = 97


class Role(NamedTuple):
    """One seat in a household."""

    relation: Relation
    sex: Sex
    age: int


class _Pattern(NamedTuple):
    stage: Stage
    seats: str
    """One letter a seat besides the head: S spouse, C child, D child's spouse, G grandchild, P parent."""


_BY_SIZE: dict[int, tuple[tuple[_Pattern, int], ...]] = {
    1: ((_Pattern("elder", ""), 60), (_Pattern("middle", ""), 30), (_Pattern("young", ""), 10)),
    2: (
        (_Pattern("elder", "S"), 50), (_Pattern("middle", "S"), 25), (_Pattern("middle", "C"), 8),
        (_Pattern("elder", "C"), 9), (_Pattern("middle", "P"), 8),
    ),
    3: (
        (_Pattern("young", "SC"), 32), (_Pattern("middle", "SC"), 40), (_Pattern("elder", "SC"), 12),
        (_Pattern("middle", "SP"), 10), (_Pattern("elder", "SG"), 6),
    ),
    4: (
        (_Pattern("young", "SCC"), 40), (_Pattern("middle", "SCC"), 28), (_Pattern("middle", "SCP"), 16),
        (_Pattern("elder", "SCD"), 8), (_Pattern("elder", "CDG"), 8),
    ),
    5: (
        (_Pattern("young", "SCCP"), 34), (_Pattern("middle", "SCDG"), 14), (_Pattern("elder", "SCDG"), 32),
        (_Pattern("young", "SCPP"), 12), (_Pattern("young", "SCCC"), 8),
    ),
    6: (
        (_Pattern("young", "SCCPP"), 42), (_Pattern("elder", "SCDGG"), 44), (_Pattern("young", "SCCCP"), 14),
    ),
    7: (
        (_Pattern("young", "SCCCPP"), 45), (_Pattern("elder", "SCDGGG"), 40),
        (_Pattern("elder", "SCCDGG"), 15),
    ),
    8: ((_Pattern("elder", "SCCDGGG"), 70), (_Pattern("elder", "SCDGGGG"), 30)),
}  # fmt: skip
_PATTERNS = {
    size: ([p for p, _ in choices], list(accumulate(w for _, w in choices))) for size, choices in _BY_SIZE.items()
}
_HEAD_AGES: dict[Stage, tuple[int, int]] = {"young": (26, 43), "middle": (46, 59), "elder": (61, 86)}
_ELDER_WITH_GRANDCHILDREN = (56, 76)


def compose(size: int, rng: Random) -> list[Role]:
    """Roles of one household, head first."""
    patterns, weights = _PATTERNS[size]
    pattern = rng.choices(patterns, cum_weights=weights)[0]
    random = rng.random
    low, high = _HEAD_AGES[pattern.stage]
    if "G" in pattern.seats:
        low, high = (54, 60) if pattern.stage == "middle" else _ELDER_WITH_GRANDCHILDREN
    head_age = low + int(random() * (high - low + 1))
    head_sex: Sex = "male" if random() < (0.84 if "S" in pattern.seats else 0.62) else "female"
    roles = [Role("head", head_sex, head_age)]
    child_age = grandchild_age = 0
    child_sex: Sex = "male"
    parents = 0
    for seat in pattern.seats:
        if seat == "S":
            gap = int(random() * 7) - 4 if head_sex == "male" else int(random() * 7) - 2
            spouse: Sex = "female" if head_sex == "male" else "male"
            roles.append(Role("spouse", spouse, max(22, head_age + gap)))
        elif seat == "C":
            child_age = _next_child(child_age, roles, rng, elder="D" in pattern.seats)
            child_sex = "male" if random() < 0.53 else "female"
            roles.append(Role("child", child_sex, child_age))
        elif seat == "D":
            partner: Sex = "female" if child_sex == "male" else "male"
            roles.append(Role("child_in_law", partner, max(22, child_age + int(random() * 5) - 3)))
        elif seat == "G":
            # Children grown and gone away leave the grandchild without a parent in the household.
            parent_age = child_age or head_age - 25
            grandchild_age = (
                grandchild_age - 1 - int(random() * 3) if grandchild_age else parent_age - 22 - int(random() * 7)
            )
            grandchild_age = max(MIN_AGE, min(grandchild_age, 24))
            roles.append(Role("grandchild", "male" if random() < 0.52 else "female", grandchild_age))
        else:
            parents += 1
            # The mother is more often the one who is left.
            mother = random() < 0.68 if parents == 1 else roles[-1].sex == "male"
            age = head_age + 21 + int(random() * 9) + (0 if mother else 2)
            roles.append(Role("parent", "female" if mother else "male", min(MAX_AGE, age)))
    return roles


def _next_child(last: int, roles: list[Role], rng: Random, *, elder: bool) -> int:
    """Age of the next child: younger than the one before, 20 years or more younger than both parents."""
    youngest_parent = min(role.age for role in roles if role.relation in ("head", "spouse"))
    if last:
        return max(MIN_AGE, last - 1 - int(rng.random() * 4))
    oldest = youngest_parent - 20
    wanted = oldest - int(rng.random() * 6)
    return max(wanted, 24) if elder else max(MIN_AGE, min(wanted, oldest))
