"""What an act would do: everything is loaded, checked and planned, nothing is written. Previews end here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.crypto import FieldCrypto
from service_kit.errors import AlreadyExists, FieldError, NotFound
from service_kit.region import contains
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts import repository, rules
from monitoring_api.acts import schemas as s
from monitoring_api.acts.rules import Effect, Family, NewHead, Person, Plan
from monitoring_api.acts.service.applying import as_family
from monitoring_api.acts.service.images import Image
from monitoring_api.errors import ActNotPossible
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.repository import monitored_classes
from monitoring_api.households.service import records

MONITORING = ("monitored", "monitored_class", "monitored_since", "risks")
NOT_MONITORED: dict[str, Any] = {"monitored": False, "monitored_class": None, "monitored_since": None, "risks": []}


@dataclass(slots=True)
class Prepared:
    """An act before it is done. ``plan.families`` is what the households become."""

    household: Household
    households: dict[UUID, Household]
    rows: dict[UUID, HouseholdMember]
    before: dict[UUID, Family]
    plan: Plan
    people: list[Person]
    place: str | None = None
    new_household: Household | None = None
    new_member: HouseholdMember | None = None
    columns: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    """Columns of households that change beside who is in them."""
    helper_to: UUID | None = None
    """The household that gets the same helper."""
    undoes: Image | None = None
    relocation_id: UUID | None = None

    @property
    def other(self) -> Household | None:
        return next((h for h in self.households.values() if h.id != self.household.id), None)


async def load(session: AsyncSession, actor: Actor, household_id: UUID, also: UUID | None = None) -> Prepared:
    """The household, and the second one, with their members, locked.

    Raises:
        NotFound: one is not in the actor's region, or in another county than the first.
        ActNotPossible: the two are one.
    """
    if also == household_id:
        raise refuse("body.other_household_id", "same_household", "不能与本户自身办理")
    ids = [household_id] if also is None else [household_id, also]
    households = await repository.lock_households(session, actor, ids)
    if len({household.county_code for household in households.values()}) > 1:
        raise NotFound()
    rows: dict[UUID, HouseholdMember] = {}
    families: dict[UUID, Family] = {}
    for household in households.values():
        members = await repository.members_of(session, household)
        rows |= {member.id: member for member in members}
        open_case = await repository.has_open_case(session, household)
        families[household.id] = as_family(household, members, open_case=open_case)
    return Prepared(households[household_id], households, rows, families, Plan(()), [])


async def prepare(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, household_id: UUID, body: s.AnyAct
) -> Prepared:
    """Load and plan.

    Raises:
        NotFound, ActNotPossible, VersionMismatch (of the other household), AlreadyExists (a new member's id).
    """
    also = getattr(body, "other_household_id", None)
    act = await load(session, actor, household_id, also)
    if act.household.state != "active" and not isinstance(body, s.Undo):
        raise refuse("body.kind", "household_closed", "该户已销户")
    family = act.before[household_id]
    match body:
        case s.Birth() | s.MoveIn():
            await _arrive(session, act, crypto, body)
        case s.Death():
            act.people = rules.require_present(family, [body.member_id], "body.member_id")
            act.plan = rules.leave(
                family, [body.member_id], head_of(body.new_head), state="died", path="body.member_id"
            )
        case s.HeadChange():
            changed = rules.with_head(family, _head(body.new_head))
            act.people = [person for person in changed.members if person.relation == "head"]
            act.plan = Plan((changed,), (Effect("new_head", {"name": act.people[0].name}),))
        case s.Split():
            await _split(session, act, body)
        case s.Merge():
            _check_other(act, body.other_version)
            await _merge(session, act, body)
        case s.Transfer():
            _check_other(act, body.other_version)
            _transfer(act, body)
        case s.MoveVillage():
            await _move_village(session, actor, act, body)
        case s.MoveOut():
            act.people = rules.require_present(family, body.member_ids, "body.member_ids")
            act.plan = rules.leave(family, body.member_ids, head_of(body.new_head), state="moved_out")
            act.place = body.place
        case s.Close():
            act.plan = _close(act)
        case _:
            raise LookupError(f"{body.kind} is prepared elsewhere")
    return act


def refuse(path: str, code: str, message: str) -> ActNotPossible:
    return ActNotPossible(errors=[FieldError(path, code, message)])


def _head(given: s.NewHeadInput) -> NewHead:
    return NewHead(given.member_id, dict(given.relations))


def head_of(given: s.NewHeadInput | None) -> NewHead | None:
    return None if given is None else _head(given)


def _check_other(act: Prepared, expected: int) -> None:
    other = act.other
    if other is None or other.state != "active":
        raise refuse("body.other_household_id", "household_closed", "对方户已销户")
    check_version(other.version, expected)


async def _arrive(session: AsyncSession, act: Prepared, crypto: FieldCrypto, body: s.Birth | s.MoveIn) -> None:
    if body.member.relation == "head":
        raise refuse("body.member.relation", "head_exists", "新增的人不能是户主，请另办变更户主")
    born = body.member.birth_date
    if isinstance(body, s.Birth) and born != body.happened_on:
        raise refuse("body.happened_on", "not_birth_date", "出生登记的发生日期应为出生日期")
    if await repository.members_by_id(session, act.household.county_code, [body.member_id]):
        raise AlreadyExists()
    row = records.new_member(act.household, body.member_id, body.member, crypto)
    act.new_member, act.rows[row.id] = row, row
    person = Person(row.id, row.name, row.relation)
    after = rules.join(act.before[act.household.id], [person], {person.id: row.relation})
    act.people, act.plan = [person], Plan((after,), (Effect("joins", {"name": person.name}),))
    act.place = body.place if isinstance(body, s.MoveIn) else None


async def new_household(
    session: AsyncSession, like: Household, wanted: s.NewHousehold, village_code: str, county_code: str
) -> Household:
    """A household founded by an act: as demo and as lifted as the one its people come from, not monitored.

    Raises:
        AlreadyExists: the id is taken.
    """
    if await repository.lock_household_in(session, county_code, wanted.id) is not None:
        raise AlreadyExists()
    at = now()
    number = wanted.household_no or await repository.next_number(session, county_code, village_code)
    return Household(
        county_code=county_code,
        id=wanted.id,
        village_code=village_code,
        group_name=wanted.group_name,
        household_no=number,
        address=wanted.address,
        state="active",
        lifted=like.lifted,
        lifted_year=like.lifted_year,
        demo=like.demo,
        created_at=at,
        updated_at=at,
        **NOT_MONITORED,
    )


async def _split(session: AsyncSession, act: Prepared, body: s.Split) -> None:
    origin, family = act.household, act.before[act.household.id]
    act.people = rules.require_present(family, body.member_ids, "body.member_ids")
    new = await new_household(session, origin, body.household, origin.village_code, origin.county_code)
    founded = rules.found(new.id, act.people, body.household.head_id, dict(body.household.relations))
    act.plan = rules.split(family, body.member_ids, founded, head_of(body.new_head))
    act.new_household, act.households[new.id] = new, new
    act.before[new.id] = Family(new.id, ())
    if not origin.monitored:
        return
    if body.monitoring is None:
        raise refuse("body.monitoring", "monitoring_choice", "该户是监测对象，请选择分户后由哪一户继续监测")
    if body.monitoring in ("both", "new"):
        act.columns[new.id] = {column: getattr(origin, column) for column in MONITORING}
        act.helper_to = new.id
    if body.monitoring == "new":
        if await repository.has_open_case(session, origin):
            raise refuse("body.monitoring", "open_case", "原户有在办案卷，办结前须继续监测")
        act.columns[origin.id] = dict(NOT_MONITORED)
    _more(act, Effect(f"monitoring_{body.monitoring}"))


async def _merge(session: AsyncSession, act: Prepared, body: s.Merge) -> None:
    source, target = act.household, act.other
    assert target is not None  # noqa: S101 - loaded with the act
    if await repository.has_open_case(session, source):
        raise refuse("body.kind", "open_case", "该户有在办案卷，请先办结")
    family = act.before[source.id]
    act.people = list(family.present)
    if source.monitored and not target.monitored:
        if body.carry_monitoring is None:
            raise refuse("body.carry_monitoring", "monitoring_choice", "该户是监测对象，请选择并入后是否继续监测")
        if body.carry_monitoring:
            await _ensure_class_fits(session, source, target)
            act.columns[target.id] = {column: getattr(source, column) for column in MONITORING}
            act.helper_to = target.id
    elif source.monitored:
        act.columns[target.id] = {"risks": sorted({*source.risks, *target.risks})}
    carried = not source.monitored or target.monitored or bool(body.carry_monitoring)
    if source.monitored and carried:
        # The other household is monitored for these people now, so nothing ends.
        act.columns[source.id] = dict(NOT_MONITORED)
    leaving = Family(family.id, family.members, held=not carried)
    plan = rules.leave(leaving, [p.id for p in act.people], None, state="transferred", gone=True, path="body.kind")
    joined = rules.join(act.before[target.id], act.people, dict(body.relations))
    act.plan = Plan(
        (*plan.families, joined),
        (*plan.effects, Effect("joins_household", {"people": len(act.people)})),
        plan.closed,
        plan.waiting,
    )
    if act.columns:
        _more(act, Effect("monitoring_carried"))


async def _ensure_class_fits(session: AsyncSession, source: Household, target: Household) -> None:
    rule = (await monitored_classes(session)).get(source.monitored_class or "")
    if rule is not None and rule.lifted is not None and rule.lifted != target.lifted:
        message = f"{rule.name}与并入户是否脱贫户不符，请先更正监测类别"
        raise refuse("body.carry_monitoring", "class_does_not_fit", message)


def _transfer(act: Prepared, body: s.Transfer) -> None:
    source, target = act.household, act.other
    assert target is not None  # noqa: S101 - loaded with the act
    act.people = rules.require_present(act.before[source.id], body.member_ids, "body.member_ids")
    plan = rules.leave(act.before[source.id], body.member_ids, head_of(body.new_head), state="transferred", gone=True)
    joined = rules.join(act.before[target.id], act.people, dict(body.relations))
    effects = (*plan.effects, Effect("joins_household", {"people": len(act.people)}))
    act.plan = Plan((*plan.families, joined), effects, plan.closed, plan.waiting)


async def _move_village(session: AsyncSession, actor: Actor, act: Prepared, body: s.MoveVillage) -> None:
    household = act.household
    if body.village_code == household.village_code:
        raise refuse("body.village_code", "same_village", "该户已在这个村")
    if not contains(actor.region, body.village_code) or body.village_code[:6] != household.county_code:
        raise refuse("body.village_code", "needs_acceptance", "迁往的村不归您管，请申报迁往他处，由对方接收")
    number = await free_number(session, household, body.village_code, body.household_no)
    act.columns[household.id] = {
        "village_code": body.village_code,
        "household_no": number,
        "group_name": body.group_name,
        "address": body.address,
    }
    family = act.before[household.id]
    act.people = list(family.present)
    effect = Effect("moves_village", {"people": len(act.people), "household_no": number})
    act.plan = Plan((family,), (effect,))


async def free_number(session: AsyncSession, household: Household, village_code: str, wanted: str | None) -> str:
    """The number a household has in another village: what was asked for, its own if free there, or the next one."""
    if wanted is not None:
        return wanted
    if await repository.number_taken(session, household.county_code, village_code, household.household_no):
        return await repository.next_number(session, household.county_code, village_code)
    return household.household_no


def _close(act: Prepared) -> Plan:
    family = act.before[act.household.id]
    if family.present:
        raise refuse("body.kind", "somebody_present", "户内还有在册人员，不能销户")
    if family.held:
        raise refuse("body.kind", "still_monitored", "监测尚未结束，请先办理自然消除或办结在办案卷")
    return Plan((family,), (Effect("closes"),), closed=(family.id,))


def _more(act: Prepared, effect: Effect) -> None:
    act.plan = Plan(act.plan.families, (*act.plan.effects, effect), act.plan.closed, act.plan.waiting)
