"""One village: households of every class in exactly the published numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from monitoring_api.terms import DwellingGrade, WaterSupply

from linkage_local.seed.families import compose
from linkage_local.seed.figures import VillageFigures
from linkage_local.seed.identity import RowIds
from linkage_local.seed.incomes import MONITORED, Income, Kind, make_incomes, net_income
from linkage_local.seed.people import AS_OF, Person, Sources, make_members
from linkage_local.seed.sizes import MAX_SIZE, split_people

PEOPLE_PER_ORDINARY_HOUSEHOLD = 3.4
PEOPLE_PER_GROUP = 130
_NUMERALS = "一二三四五六七八九十"
_SLOW_RISKS = ("illness", "disability", "schooling", "unstable_job", "business_failure", "dwelling", "water")
_SLOW_WEIGHTS = (44, 22, 12, 10, 6, 3, 3)
_SUDDEN_RISKS = ("illness", "accident", "disaster")
_SUDDEN_WEIGHTS = (60, 25, 15)


@dataclass(slots=True)
class Household:
    """One household with its members (head first) and two years of income."""

    id: UUID
    village_code: str
    number: str
    group_name: str
    address: str
    kind: Kind
    lifted: bool
    lifted_year: int | None
    risks: tuple[str, ...]
    monitored_since: date | None
    dwelling_grade: DwellingGrade
    water_supply: WaterSupply
    members: list[Person]
    incomes: tuple[Income, Income]

    @property
    def monitored(self) -> bool:
        return self.kind in MONITORED

    @property
    def net_income_per_head(self) -> int:
        """Fen per head in the latest year."""
        return net_income(self.incomes[-1]) // len(self.members)


class _Plan(NamedTuple):
    kind: Kind
    size: int
    lifted: bool


def plan_village(figures: VillageFigures, rng: Random) -> list[_Plan]:
    """Class and size of every household; sums are the published figures.

    Unstable lifted households count among the lifted ones, the other two monitored classes do not.

    Raises:
        ValueError: the figures allow no such split.
    """
    monitored = split_people(figures.monitored_people, figures.monitored_households, rng)
    unstable = round(len(monitored) * (0.35 + 0.2 * rng.random()))
    while not _leaves_room(figures, monitored[:unstable]):
        unstable -= 1
    lifted_again = monitored[:unstable]
    lifted = split_people(figures.lifted_people - sum(lifted_again), figures.lifted_households - len(lifted_again), rng)
    others = figures.population - figures.lifted_people - sum(monitored[unstable:])
    ordinary = split_people(others, round(others / PEOPLE_PER_ORDINARY_HOUSEHOLD), rng)
    plan = [_Plan("unstable_lifted", size, True) for size in lifted_again]
    plan += [
        _Plan("marginal" if rng.random() < 0.58 else "sudden_hardship", size, False) for size in monitored[unstable:]
    ]
    plan += [_Plan("lifted", size, True) for size in lifted]
    plan += [_Plan("ordinary", size, False) for size in ordinary]
    rng.shuffle(plan)
    return plan


def _leaves_room(figures: VillageFigures, taken: list[int]) -> bool:
    households = figures.lifted_households - len(taken)
    people = figures.lifted_people - sum(taken)
    if not taken:
        return True
    return 0 <= households <= people <= households * MAX_SIZE


def make_village(figures: VillageFigures, line: int, ids: RowIds, sources: Sources) -> Iterator[Household]:
    """Households of one village in order of their number.

    line: monitoring income line, fen per head and year.
    """
    rng = sources.rng
    plan = plan_village(figures, rng)
    groups = max(3, figures.population // PEOPLE_PER_GROUP)
    clans = sources.names.clan_surnames(len(plan))
    for position, (planned, clan) in enumerate(zip(plan, clans, strict=True)):
        group = position * groups // len(plan) + 1
        roles = compose(planned.size, rng)
        risks = _draw_risks(planned.kind, any(3 <= role.age <= 18 for role in roles), rng)
        members = make_members(roles, clan, risks, planned.kind != "ordinary", sources)
        yield Household(
            id=ids.take(),
            village_code=figures.code,
            number=f"{position + 1:04d}",
            group_name=f"第{group_numeral(group)}组",
            address=f"{figures.township_name}{figures.name}{group_numeral(group)}组{position % 60 + 1}号",
            kind=planned.kind,
            lifted=planned.lifted,
            lifted_year=rng.choices((2014, 2015, 2016, 2017, 2018, 2019), (6, 10, 18, 34, 22, 10))[0]
            if planned.lifted
            else None,
            risks=risks,
            monitored_since=_since(planned.kind, rng),
            dwelling_grade=_dwelling(risks, rng),
            water_supply=_water(risks, rng),
            members=members,
            incomes=make_incomes(planned.kind, members, line, rng),
        )


def group_numeral(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones - 1]
    return ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" + (_NUMERALS[ones - 1] if ones else "")


def _draw_risks(kind: Kind, has_pupil: bool, rng: Random) -> tuple[str, ...]:
    if kind == "sudden_hardship":
        return (rng.choices(_SUDDEN_RISKS, _SUDDEN_WEIGHTS)[0],)
    if kind not in ("unstable_lifted", "marginal"):
        return ()
    drawn = dict.fromkeys(rng.choices(_SLOW_RISKS, _SLOW_WEIGHTS, k=1 if rng.random() < 0.7 else 2))
    if not has_pupil:
        drawn.pop("schooling", None)
    return tuple(sorted(drawn)) or ("illness",)


def _since(kind: Kind, rng: Random) -> date | None:
    if kind not in MONITORED:
        return None
    longest = 300 if kind == "sudden_hardship" else 1_500
    return AS_OF - timedelta(days=30 + int(rng.random() * longest))


def _dwelling(risks: tuple[str, ...], rng: Random) -> DwellingGrade:
    if "dwelling" in risks:
        return "C"
    return "A" if rng.random() < 0.82 else "B"


def _water(risks: tuple[str, ...], rng: Random) -> WaterSupply:
    if "water" in risks:
        return "unsafe"
    return "centralised" if rng.random() < 0.86 else "dispersed"
