"""Writing what a plan says into the register's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts.rules import Family, Person, broken
from monitoring_api.acts.service.following import benefits_follow
from monitoring_api.households.models import Household, HouseholdMember


def as_family(household: Household, members: Iterable[HouseholdMember], *, open_case: bool) -> Family:
    people = tuple(Person(m.id, m.name, m.relation, m.state) for m in members)
    return Family(household.id, people, held=household.monitored or open_case)


async def place(
    session: AsyncSession,
    families: Iterable[Family],
    rows: Mapping[UUID, HouseholdMember],
    households: Mapping[UUID, Household],
) -> None:
    """Give every person the place that the plan says, in two steps: a household has one head at every moment."""
    families = list(families)
    if problems := broken(families):
        raise LookupError(f"a plan broke the register: {problems}")
    heads = []
    for family in families:
        home = households[family.id]
        for person in family.members:
            row = rows[person.id]
            stays_head = row.is_head and person.relation == "head" and row.household_id == home.id
            if person.relation == "head" and not stays_head:
                heads.append(row)
            relation = person.relation if person.relation != "head" or stays_head else "other"
            _set(row, home, relation, person.state)
    await session.flush()
    for row in heads:
        row.relation, row.is_head = "head", True
    await session.flush()
    moved = [person.id for family in families for person in family.members]
    await benefits_follow(session, rows[moved[0]].county_code if moved else "", moved)


def _set(row: HouseholdMember, home: Household, relation: str, state: str) -> None:
    if row.household_id != home.id:
        row.household_id, row.village_code = home.id, home.village_code
    if row.relation != relation:
        row.relation, row.is_head = relation, relation == "head"
    if row.state != state:
        row.state = state
