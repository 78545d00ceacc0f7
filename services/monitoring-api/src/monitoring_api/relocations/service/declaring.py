"""The side that people leave: declaring a move, and withdrawing it before it is accepted."""

from __future__ import annotations

from uuid import UUID

from service_kit.clock import now
from service_kit.errors import AlreadyExists
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts import rules
from monitoring_api.acts import schemas as s
from monitoring_api.acts.rules import Effect, Person, Plan
from monitoring_api.acts.service.preparing import Prepared, head_of, load, refuse
from monitoring_api.errors import RelocationDecided, RelocationPending
from monitoring_api.reaching import reaching
from monitoring_api.relocations import repository
from monitoring_api.relocations.models import Relocation
from monitoring_api.relocations.rules import must_be_declared


async def prepare_declaration(session: AsyncSession, actor: Actor, household_id: UUID, body: s.DeclareMove) -> Prepared:
    """Check that the move could be carried out as things stand.

    Raises:
        NotFound, ActNotPossible.
        RelocationPending: the household has declared a move that is not decided.
    """
    act = await load(session, actor, household_id)
    if act.household.state != "active":
        raise refuse("body.kind", "household_closed", "该户已销户")
    if not must_be_declared(actor.region, act.household.county_code, body.to_region):
        raise refuse("body.to_region", "needs_no_acceptance", "迁往地归您管，可以直接办理迁移")
    if act.household.village_code.startswith(body.to_region):
        raise refuse("body.to_region", "same_region", "该户已在这个地区")
    if await repository.is_waiting(session, act.household.county_code, household_id):
        raise RelocationPending()
    family = act.before[household_id]
    act.people = rules.require_present(family, body.member_ids, "body.member_ids")
    planned = rules.leave(family, body.member_ids, head_of(body.new_head), state="moved_out")
    act.relocation_id, act.place = body.relocation_id, body.to_region
    act.plan = Plan((family,), (Effect("waits_for_acceptance", {"people": len(act.people)}), *planned.effects))
    return act


async def declare(session: AsyncSession, actor: Actor, act: Prepared, body: s.DeclareMove) -> None:
    """Put the move before its receiver. The people stay registered here until it is accepted."""
    household, county = act.household, county_of(body.to_region)
    moving = [act.rows[person.id] for person in act.people]
    head = act.before[household.id].head
    relocation = Relocation(
        county_code=county,
        id=body.relocation_id,
        region_code=body.to_region,
        state="pending",
        from_county_code=household.county_code,
        from_village_code=household.village_code,
        from_household_id=household.id,
        whole=len(moving) == len(act.before[household.id].present),
        member_ids=[row.id for row in moving],
        member_count=len(moving),
        new_head=body.new_head.model_dump(mode="json") if body.new_head else None,
        people=[
            {
                "id": str(row.id),
                "name": row.name,
                "relation": row.relation,
                "sex": row.sex,
                "birth_date": row.birth_date.isoformat(),
                "id_number_masked": row.id_number_masked,
            }
            for row in moving
        ],
        head_name=head.name if head else "",
        was_monitored=household.monitored,
        monitored_class=household.monitored_class,
        lifted=household.lifted,
        happened_on=body.happened_on,
        reason=body.reason,
        declared_at=now(),
        declared_by=actor.id,
        declared_by_name=actor.name,
    )
    async with reaching(session, actor, county):
        if await repository.find_relocation(session, county, body.relocation_id) is not None:
            raise AlreadyExists()
        session.add(relocation)


async def prepare_withdrawal(session: AsyncSession, actor: Actor, household_id: UUID, body: s.WithdrawMove) -> Prepared:
    """Raises: NotFound when the household has declared no such move."""
    act = await load(session, actor, household_id)
    declared = await repository.declaration(session, act.household.county_code, household_id, body.relocation_id)
    act.people = [Person(UUID(p["id"]), p["name"], "other") for p in declared.people]
    act.relocation_id = body.relocation_id
    act.plan = Plan((), (Effect("withdraws_move", {"people": len(act.people)}),))
    return act


async def withdraw(session: AsyncSession, actor: Actor, act: Prepared, body: s.WithdrawMove) -> None:
    """Take the move off its receiver's list.

    Raises:
        RelocationDecided: it was accepted, declined or withdrawn before.
    """
    declared = await repository.declaration(session, act.household.county_code, act.household.id, body.relocation_id)
    to_county = county_of(declared.place or "")
    async with reaching(session, actor, to_county):
        relocation = await repository.lock_relocation_in(session, to_county, body.relocation_id)
        if relocation.state != "pending":
            raise RelocationDecided()
        relocation.state, relocation.opinion = "withdrawn", body.reason
        relocation.decided_at, relocation.decided_by, relocation.decided_by_name = now(), actor.id, actor.name
