"""The conditions of elimination, checked one by one on what is known (MON-11)."""

from __future__ import annotations

from uuid import UUID

from service_kit.clock import today
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.assistance.repository import delivered
from monitoring_api.casework import repository, rules
from monitoring_api.casework.models import Case
from monitoring_api.errors import CaseNotPossible
from monitoring_api.households.models import Household
from monitoring_api.policy.service import policy_on

ABLE = frozenset({"skilled", "ordinary", "weak"})
DANGEROUS = frozenset({"C", "D"})
AMOUNTS = ("wage", "business", "property", "transfer", "rigid_expense")


async def of_case(session: AsyncSession, case: Case) -> list[rules.Criterion]:
    """By the case's own rules, on its last home verification; before one, on the register."""
    if case.kind == "natural_elimination":
        return rules.natural_criteria(await repository.present_people(session, case))
    household = await repository.household_of(session, case)
    verified = await repository.last_verification(session, case)
    standing = await _registered(session, household, case.income_line)
    if verified:
        standing = rules.Standing(
            net_per_head=case.net_income_per_head,
            line=case.income_line,
            guarantees=verified["guarantees_ok"],
            monitored_since=standing.monitored_since,
            has_labour=standing.has_labour,
            people=standing.people,
            delivered=standing.delivered,
        )
    return rules.elimination_criteria(standing, case.rules["elimination"], today())


async def get_for_case(session: AsyncSession, actor: Actor, case_id: UUID) -> list[rules.Criterion]:
    """Raises: NotFound. CaseNotPossible: the case does not eliminate anything."""
    case = await repository.get_case(session, actor, case_id)
    if case.kind == "identification":
        raise CaseNotPossible("这不是消除风险的案卷")
    return await of_case(session, case)


async def get_for_household(session: AsyncSession, actor: Actor, household_id: UUID) -> list[rules.Criterion]:
    """What a case opened today would say, on the register alone.

    Raises: NotFound. CaseNotPossible: the household is not monitored.
    """
    household = await repository.get_household(session, actor, household_id)
    if not household.monitored:
        raise CaseNotPossible("该户不是监测对象")
    policy = await policy_on(session, household.county_code, today())
    standing = await _registered(session, household, policy.income_line)
    return rules.elimination_criteria(standing, policy.rules["elimination"].value, today())


async def _registered(session: AsyncSession, household: Household, line: int) -> rules.Standing:
    """What the register says: the income of its latest year, dwelling, water, schooling and insurance."""
    members = await repository.members_of(session, household)
    income = await repository.latest_income(session, household)
    net = None
    if income is not None and members:
        amounts = {name: getattr(income, name) for name in AMOUNTS}
        net = rules.Income(**amounts).per_head(len(members))
    return rules.Standing(
        net_per_head=net,
        line=line,
        guarantees={
            "dwelling": household.dwelling_grade not in DANGEROUS,
            "water": household.water_supply != "unsafe",
            "education": all(member.schooling != "dropout" for member in members),
            "medical": all(member.insured for member in members),
        },
        monitored_since=household.monitored_since or today(),
        has_labour=any(member.labour_ability in ABLE for member in members),
        people=len(members),
        delivered=await delivered(session, household.county_code, household.id),
    )
