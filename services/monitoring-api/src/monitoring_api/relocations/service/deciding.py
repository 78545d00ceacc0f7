"""The side that receives: accepting or declining a declared move.

The side that people leave has agreed by declaring it, so the acceptance writes both sides at once: who moves is never
in two places nor in none. Within a county a person keeps their record, and a whole household keeps its own with its
history, cases and monitoring. Between counties the county is part of every key: the receiving county gets new records,
the old ones stay closed behind, and the claim to the identity number goes along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.errors import FieldError, ValidationFailed
from service_kit.ids import uuid7
from service_kit.region import contains
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts import repository as acts
from monitoring_api.acts import rules
from monitoring_api.acts import schemas as s
from monitoring_api.acts.rules import Effect, Family, NewHead, Person, Plan
from monitoring_api.acts.service import recording
from monitoring_api.acts.service.applying import as_family, place
from monitoring_api.acts.service.following import bring, files_follow, take_along
from monitoring_api.acts.service.images import PERSON, PLACEMENT
from monitoring_api.acts.service.preparing import free_number, new_household, refuse
from monitoring_api.duplicates.service.finding import flag
from monitoring_api.errors import ActNotPossible, RelocationDecided
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.repository import hold_person, release_person
from monitoring_api.reaching import reaching
from monitoring_api.relocations import repository
from monitoring_api.relocations.models import Relocation
from monitoring_api.relocations.schemas import Accept

_NO_HASH = b""
"""Acts written by an acceptance are recognised by the relocation, not by a request of their own."""


@dataclass(slots=True)
class Source:
    """The household that people leave, as it stands when the move is accepted."""

    household: Household
    rows: dict[UUID, HouseholdMember]
    family: Family
    moving: list[Person]
    plan: Plan

    @property
    def whole(self) -> bool:
        return len(self.moving) == len(self.family.present)


async def accept(session: AsyncSession, actor: Actor, relocation_id: UUID, expected: int, body: Accept) -> Relocation:
    """Receive those who move.

    Raises:
        NotFound, VersionMismatch, RelocationDecided, RegionOutOfScope, AlreadyExists.
        ActNotPossible: they are no longer as they were declared (somebody died, left …).
    """
    relocation = await _pending(session, actor, relocation_id, expected)
    if body.village_code is not None:
        ensure_in_scope(actor, body.village_code)
        if not contains(relocation.region_code, body.village_code):
            error = FieldError("body.village_code", "not_declared_place", "所选的村不在申报的迁往地之内")
            raise ValidationFailed(errors=[error])
    async with reaching(session, actor, relocation.from_county_code):
        source = await _source(session, relocation)
    same_county = relocation.from_county_code == relocation.county_code
    if same_county and source.whole and body.household is not None:
        async with reaching(session, actor, relocation.county_code):
            received = await _move_whole(session, actor, relocation, source, body)
    elif same_county:
        async with reaching(session, actor, relocation.county_code):
            received = await _move_people(session, actor, relocation, source, body)
    else:
        received = await _copy_people(session, actor, relocation, source, body)
    _decide(relocation, actor, "accepted", body.reason)
    relocation.household_id = received.id
    await session.flush()
    return relocation


async def decline(session: AsyncSession, actor: Actor, relocation_id: UUID, expected: int, reason: str) -> Relocation:
    """Send the move back: those who declared it see why, and nothing changes for the people.

    Raises:
        NotFound, VersionMismatch, RelocationDecided.
    """
    relocation = await _pending(session, actor, relocation_id, expected)
    async with reaching(session, actor, relocation.from_county_code):
        household = await acts.lock_household_in(session, relocation.from_county_code, relocation.from_household_id)
        assert household is not None  # noqa: S101 - households are never deleted
        people = [Person(UUID(person["id"]), person["name"], "other") for person in relocation.people]
        await recording.touch(session, actor, [household], "decline_move", reason)
        await _write(session, actor, relocation, "decline_move", household, None, people, (), reason)
    _decide(relocation, actor, "declined", reason)
    await session.flush()
    return relocation


async def _pending(session: AsyncSession, actor: Actor, relocation_id: UUID, expected: int) -> Relocation:
    relocation = await repository.lock_relocation(session, actor, relocation_id)
    if relocation.state != "pending":
        raise RelocationDecided()
    check_version(relocation.version, expected)
    return relocation


def _decide(relocation: Relocation, actor: Actor, state: str, opinion: str) -> None:
    relocation.state, relocation.opinion = state, opinion
    relocation.decided_at, relocation.decided_by, relocation.decided_by_name = now(), actor.id, actor.name


async def _source(session: AsyncSession, relocation: Relocation) -> Source:
    """Load the household that they leave, and plan the leaving anew: much may have happened since it was declared."""
    county = relocation.from_county_code
    household = await acts.lock_household_in(session, county, relocation.from_household_id)
    assert household is not None  # noqa: S101 - households are never deleted
    rows = {row.id: row for row in await acts.members_of(session, household)}
    open_case = await acts.has_open_case(session, household)
    family = as_family(household, rows.values(), open_case=open_case)
    given = relocation.new_head
    head = None
    if given is not None:
        head = NewHead(UUID(given["member_id"]), {UUID(i): r for i, r in given["relations"].items()})
    within = county == relocation.county_code
    try:
        moving = rules.require_present(family, relocation.member_ids, "body")
        plan = rules.leave(family, relocation.member_ids, head, state="moved_out", path="body", gone=within)
    except ActNotPossible as error:
        raise ActNotPossible("迁出方的户情已有变化，请退回，由对方重新申报", errors=error.errors) from None
    return Source(household, rows, family, moving, plan)


async def _move_whole(
    session: AsyncSession, actor: Actor, relocation: Relocation, source: Source, body: Accept
) -> Household:
    """The household's own record moves, with all that hangs on it."""
    household, wanted = source.household, body.household
    assert wanted is not None  # noqa: S101 - chosen by the caller
    assert body.village_code is not None  # noqa: S101 - goes with a household
    number = await free_number(session, household, body.village_code, wanted.household_no)
    household.village_code, household.household_no = body.village_code, number
    household.group_name, household.address = wanted.group_name, wanted.address
    await files_follow(session, household.county_code, household.id, body.village_code)
    await recording.touch(session, actor, [household], "moved_in", body.reason)
    effect = Effect("moves_village", {"people": len(source.moving), "household_no": number})
    await _write(session, actor, relocation, "moved_in", household, None, source.moving, (effect,), body.reason)
    return household


async def _move_people(
    session: AsyncSession, actor: Actor, relocation: Relocation, source: Source, body: Accept
) -> Household:
    """Their records go over to a household here."""
    target, family, rows, fresh = await _target(session, actor, relocation, source, source.moving, body)
    people = {**source.rows, **rows}
    households = {source.household.id: source.household, target.id: target}
    if fresh:
        session.add(target)
        await session.flush()
    await place(session, (*source.plan.families, family), people, households)
    await _leave_behind(session, source)
    founded = target if fresh else None
    await recording.touch(session, actor, [source.household], "moved_out", body.reason)
    await recording.touch(session, actor, [target], "moved_in", body.reason, founded)
    await _write_both(session, actor, relocation, source, target, source.moving, body.reason)
    return target


async def _copy_people(
    session: AsyncSession, actor: Actor, relocation: Relocation, source: Source, body: Accept
) -> Household:
    """New records here, the old ones closed behind; the claim to each number goes along."""
    copies = [_copy(source.rows[person.id], relocation.county_code) for person in source.moving]
    twin = {person.id: row for person, row in zip(source.moving, copies, strict=True)}
    arriving = [Person(twin[person.id].id, person.name, person.relation) for person in source.moving]
    async with reaching(session, actor, relocation.from_county_code):
        await place(session, source.plan.families, source.rows, {source.household.id: source.household})
        await _leave_behind(session, source)
        taken = await take_along(session, relocation.from_county_code, list(twin), relocation.happened_on)
        await recording.touch(session, actor, [source.household], "moved_out", body.reason)
        await _write(
            session, actor, relocation, "moved_out", source.household, None, source.moving, source.plan.effects,
            body.reason,
        )  # fmt: skip
    target, family, rows, fresh = await _target(
        session, actor, relocation, source, arriving, body, {old: new.id for old, new in twin.items()}
    )
    if fresh:
        session.add(target)
        await session.flush()
    for old, row in twin.items():
        row.household_id, row.village_code = target.id, target.village_code
        if row.id_number_index is not None:
            await release_person(session, source.rows[old])
            await hold_person(session, bytes(row.id_number_index), row.county_code, row.id)
    session.add_all(copies)
    await session.flush()
    await place(session, [family], rows | {row.id: row for row in copies}, {target.id: target})
    await bring(session, taken, twin)
    await recording.touch(session, actor, [target], "moved_in", body.reason, target if fresh else None)
    effect = Effect("joins_household", {"people": len(arriving)})
    await _write(session, actor, relocation, "moved_in", target, None, arriving, (effect,), body.reason)
    await flag(session, actor, copies, {})
    return target


def _copy(row: HouseholdMember, county_code: str) -> HouseholdMember:
    """The person's record for another county; numbers stay as they are encrypted."""
    values = {column: getattr(row, column) for column in PERSON if column not in PLACEMENT}
    return HouseholdMember(county_code=county_code, id=uuid7(), relation="other", is_head=False, **values)


async def _target(
    session: AsyncSession,
    actor: Actor,
    relocation: Relocation,
    source: Source,
    arriving: list[Person],
    body: Accept,
    renamed: dict[UUID, UUID] | None = None,
) -> tuple[Household, Family, dict[UUID, HouseholdMember], bool]:
    """The household that receives, who will be in it, their rows, and whether it is founded now.

    ``renamed`` maps the ids that the request knows to those of the new records.
    """
    named = renamed or {}
    if body.joining is not None:
        households = await acts.lock_households(session, actor, [body.joining.household_id])
        target = households[body.joining.household_id]
        if target.county_code != relocation.county_code or not contains(relocation.region_code, target.village_code):
            raise refuse("body.joining.household_id", "not_declared_place", "接收的户不在申报的迁往地之内")
        if target.state != "active":
            raise refuse("body.joining.household_id", "household_closed", "接收的户已销户")
        check_version(target.version, body.joining.version)
        rows = {row.id: row for row in await acts.members_of(session, target)}
        family = as_family(target, rows.values(), open_case=False)
        relations = {named.get(old, old): relation for old, relation in body.joining.relations.items()}
        return target, rules.join(family, arriving, relations), rows, False
    wanted, village = body.household, body.village_code
    assert wanted is not None  # noqa: S101 - the request model wants one place
    assert village is not None  # noqa: S101 - goes with a household
    target = await new_household(session, source.household, wanted, village, relocation.county_code)
    head = named.get(wanted.head_id, wanted.head_id)
    relations = {named.get(old, old): relation for old, relation in wanted.relations.items()}
    return target, rules.found(target.id, arriving, head, relations), {}, True


async def _leave_behind(session: AsyncSession, source: Source) -> None:
    """Close the old household if nobody is left and nothing holds it open."""
    if source.household.id not in source.plan.closed:
        return
    helper = await acts.current_helper(session, source.household)
    if helper is not None:
        await acts.end_helpers(session, source.household.county_code, [helper.id], today(), "已销户")
    source.household.state = "closed"


async def _write_both(
    session: AsyncSession,
    actor: Actor,
    relocation: Relocation,
    source: Source,
    target: Household,
    people: list[Person],
    reason: str,
) -> None:
    effects = source.plan.effects
    await _write(session, actor, relocation, "moved_out", source.household, target, people, effects, reason)
    joins = (Effect("joins_household", {"people": len(people)}),)
    await _write(session, actor, relocation, "moved_in", target, None, people, joins, reason)


async def _write(
    session: AsyncSession,
    actor: Actor,
    relocation: Relocation,
    kind: str,
    household: Household,
    other: Household | None,
    people: list[Person],
    effects: Any,
    reason: str,
) -> None:
    await recording.write_act(
        session,
        actor,
        act_id=uuid7(),
        kind=kind,
        body=s.ActBase(happened_on=relocation.happened_on, reason=reason),
        household=household,
        other=other,
        people=people,
        effects=effects,
        before={},
        content_hash=_NO_HASH,
        place=relocation.region_code if kind == "moved_out" else relocation.from_village_code,
        relocation_id=relocation.id,
    )
