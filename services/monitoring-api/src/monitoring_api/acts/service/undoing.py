"""Undoing the last act: the rows it touched become what they were."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from service_kit.clock import today
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts import repository
from monitoring_api.acts import schemas as s
from monitoring_api.acts.models import RegisterAct
from monitoring_api.acts.rules import Effect, Family, Person, Plan
from monitoring_api.acts.service.images import Image, put_back
from monitoring_api.acts.service.preparing import Prepared, load, refuse
from monitoring_api.duplicates.service.finding import claim, flag
from monitoring_api.errors import ActNotUndoable
from monitoring_api.households.repository import release_person

FOR_GOOD = ("undo", "declare_move", "withdraw_move", "decline_move", "moved_out", "moved_in")
"""Acts that are taken back otherwise: by the opposite act, or by withdrawing."""


async def prepare_undo(session: AsyncSession, actor: Actor, household_id: UUID, body: s.Undo) -> Prepared:
    """The act to undo, still the last thing that happened to the households that it touched.

    Raises:
        NotFound: the household has no such act.
        ActNotPossible: acts of this kind are not undone.
        ActNotUndoable: something changed since, or it is undone already.
    """
    seen = await load(session, actor, household_id)
    undone = await repository.find_act(session, seen.household.county_code, body.undoes)
    if undone is None or undone.household_id != household_id:
        raise NotFound()
    if undone.kind in FOR_GOOD:
        raise refuse("body.undoes", "not_undoable", "这种变动不能撤销，请办理相反的变动")
    act = await load(session, actor, household_id, undone.other_household_id) if undone.other_household_id else seen
    await _ensure_last(session, act, undone)
    act.undoes = Image.of(undone.before)
    act.people = [Person(UUID(p["id"]), p["name"], "other") for p in undone.people]
    act.plan = Plan(_as_before(act), (Effect("undoes", {"kind": undone.kind}),))
    return act


def _as_before(act: Prepared) -> tuple[Family, ...]:
    """The families as they will be again, for a person to read; the rows themselves come from the image."""
    image = act.undoes
    assert image is not None  # noqa: S101 - prepared as an undo
    homes: dict[UUID, list[Person]] = {family_id: [] for family_id in act.before}
    for family_id, family in act.before.items():
        for person in family.members:
            known = image.members.get(str(person.id))
            if str(person.id) in image.made_members:
                continue
            if known is None:
                homes[family_id].append(person)
            else:
                again = replace(person, relation=known["relation"], state=known["state"])
                homes.setdefault(UUID(known["household_id"]), []).append(again)
    return tuple(Family(family_id, tuple(members)) for family_id, members in homes.items())


async def _ensure_last(session: AsyncSession, act: Prepared, undone: RegisterAct) -> None:
    other = act.other
    same = act.household.version == undone.version and (other.version if other else None) == undone.other_version
    if not same or await repository.is_undone(session, undone):
        raise ActNotUndoable()


async def put_all_back(session: AsyncSession, actor: Actor, act: Prepared) -> None:
    """Rows, helpers, and the claim to identity numbers, as they were before the act."""
    image, county = act.undoes, act.household.county_code
    assert image is not None  # noqa: S101 - prepared as an undo
    was_present = {row.id for row in act.rows.values() if row.state == "present"}
    for member_id in image.made_members:
        row = act.rows[UUID(member_id)]
        if row.id_number_index is not None:
            await release_person(session, row)
    await repository.end_helpers(session, county, [UUID(i) for i in image.helpers_made], today(), "原变动已撤销")
    await repository.resume_helpers(session, county, [UUID(i) for i in image.helpers_ended])
    await put_back(session, image, act.households, act.rows)
    back = [row for row in act.rows.values() if row.state == "present" and row.id not in was_present]
    # Somebody may have been registered again elsewhere meanwhile: both stay, for a person to decide.
    flags = await claim(session, actor, back, {}, refuse=False)
    await flag(session, actor, back, flags)
