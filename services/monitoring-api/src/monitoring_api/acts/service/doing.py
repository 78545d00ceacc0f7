"""Doing an act: the door's use cases."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service_kit.clock import today
from service_kit.crypto import FieldCrypto
from service_kit.errors import AlreadyExists
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts import repository
from monitoring_api.acts import schemas as s
from monitoring_api.acts.models import RegisterAct
from monitoring_api.acts.rules import Family
from monitoring_api.acts.service import applying, recording
from monitoring_api.acts.service.following import files_follow
from monitoring_api.acts.service.images import PLACEMENT, Image
from monitoring_api.acts.service.preparing import Prepared, prepare
from monitoring_api.acts.service.undoing import prepare_undo, put_all_back
from monitoring_api.assistance.lifecycle import follow
from monitoring_api.duplicates.service.finding import claim, flag
from monitoring_api.households.service import records
from monitoring_api.relocations.service.declaring import declare, prepare_declaration, prepare_withdrawal, withdraw


@dataclass(frozen=True, slots=True)
class Done:
    """The act as it stands; ``created`` is false for a repeated request."""

    act_id: UUID
    county_code: str
    household_id: UUID
    version: int
    created: bool


async def preview(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, household_id: UUID, body: s.AnyAct
) -> s.Preview:
    """What the act would do, in the words of effects; nothing is written.

    Raises:
        As ``do_act``.
    """
    act = await _prepare(session, actor, crypto, household_id, body)
    session.expunge_all()
    return s.Preview(
        effects=[s.EffectRead(code=e.code, params=dict(e.params)) for e in act.plan.effects],
        relations=_relations(act),
    )


def _relations(act: Prepared) -> list[s.RelationAfter]:
    before = {(f.id, p.id): p.relation for f in act.before.values() for p in f.members}
    return [
        s.RelationAfter.model_validate(
            {
                "household_id": family.id,
                "member_id": person.id,
                "name": person.name,
                "before": before.get((family.id, person.id)),
                "after": person.relation,
            }
        )
        for family in act.plan.families
        for person in family.members
        if person.present and before.get((family.id, person.id)) != person.relation
    ]


async def do_act(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    household_id: UUID,
    act_id: UUID,
    expected: int,
    body: s.AnyAct,
    *,
    refuse_duplicates: bool = False,
) -> Done:
    """Do one act and write its trace. The same request again has no further effect.

    Args:
        expected: version of the household that the person saw.

    Raises:
        NotFound, ActNotPossible, ActNotUndoable, RelocationPending, RelocationDecided.
        AlreadyExists: the id belongs to another act.
        VersionMismatch: of this household or the other one.
        PersonAlreadyRegistered: only with ``refuse_duplicates``; else the person is kept and flagged.
    """
    digest = records.content_hash(crypto, body)
    household = (await repository.lock_households(session, actor, [household_id]))[household_id]
    known = await repository.find_act(session, household.county_code, act_id)
    if known is not None:
        if known.content_hash != digest or known.household_id != household_id:
            raise AlreadyExists()
        return _done(known, created=False)
    if household.version != expected:
        view = await records.current_card(session, household)
        check_version(household.version, expected, current_view=view, yours=body.model_dump(mode="json"))
    act = await _prepare(session, actor, crypto, household_id, body)
    image = await _apply(session, actor, act, body, refuse_duplicates=refuse_duplicates)
    written = await recording.write_act(
        session,
        actor,
        act_id=act_id,
        kind=body.kind,
        body=body,
        household=act.household,
        other=act.other,
        people=act.people,
        effects=act.plan.effects,
        before=image.data(),
        content_hash=digest,
        place=act.place,
        relocation_id=act.relocation_id,
        undoes=body.undoes if isinstance(body, s.Undo) else None,
    )
    return _done(written, created=True)


def _done(act: RegisterAct, *, created: bool) -> Done:
    return Done(act.id, act.county_code, act.household_id, act.version, created)


async def _prepare(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, household_id: UUID, body: s.AnyAct
) -> Prepared:
    match body:
        case s.Undo():
            return await prepare_undo(session, actor, household_id, body)
        case s.DeclareMove():
            return await prepare_declaration(session, actor, household_id, body)
        case s.WithdrawMove():
            return await prepare_withdrawal(session, actor, household_id, body)
    return await prepare(session, actor, crypto, household_id, body)


async def _apply(
    session: AsyncSession, actor: Actor, act: Prepared, body: s.AnyAct, *, refuse_duplicates: bool
) -> Image:
    image = Image()
    monitored = {h.id: h.monitored for h in act.households.values() if h is not act.new_household}
    if act.undoes is not None:
        await put_all_back(session, actor, act)
    elif isinstance(body, s.DeclareMove):
        await declare(session, actor, act, body)
    elif isinstance(body, s.WithdrawMove):
        await withdraw(session, actor, act, body)
    else:
        image = await apply_plan(session, actor, act, refuse_duplicates=refuse_duplicates)
    await recording.touch(session, actor, list(act.households.values()), body.kind, body.reason, act.new_household)
    for household in act.households.values():
        if household.monitored != monitored.get(household.id, False):
            await follow(session, household)
    return image


async def apply_plan(session: AsyncSession, actor: Actor, act: Prepared, *, refuse_duplicates: bool = False) -> Image:
    """Write the rows; returns them as they were before. Versions are made by ``recording.touch`` afterwards."""
    image = Image()
    known = [household for household in act.households.values() if household is not act.new_household]
    rows = [row for row in act.rows.values() if row is not act.new_member and _moves(act, row.id)]
    image.keep(known, rows, PLACEMENT)
    if act.new_household is not None:
        image.made_households.append(str(act.new_household.id))
        for column, value in act.columns.pop(act.new_household.id, {}).items():
            setattr(act.new_household, column, value)
        session.add(act.new_household)
        await session.flush()
    flags = None
    if act.new_member is not None:
        image.made_members.append(str(act.new_member.id))
        flags = await claim(session, actor, [act.new_member], {act.new_member.id: "body.member.id_number"},
                            refuse=refuse_duplicates)  # fmt: skip
        session.add(act.new_member)
        await session.flush()
    await applying.place(session, act.plan.families, act.rows, act.households)
    if act.new_member is not None and flags is not None:
        await flag(session, actor, [act.new_member], flags)
    await _set_households(session, actor, act, image)
    return image


def _moves(act: Prepared, member_id: UUID) -> bool:
    """Whether the plan gives somebody another place than before."""

    def of(families: list[Family]) -> list[tuple[UUID, str, str]]:
        return [(f.id, p.relation, p.state) for f in families for p in f.members if p.id == member_id]

    return of(list(act.before.values())) != of(list(act.plan.families))


async def _set_households(session: AsyncSession, actor: Actor, act: Prepared, image: Image) -> None:
    """Columns last and unflushed, so that the act makes one version of each household."""
    helper = await repository.current_helper(session, act.household)
    if helper is not None and act.helper_to is not None:
        target = act.households[act.helper_to]
        if await repository.current_helper(session, target) is None:
            copied = repository.copied_helper(helper, target, actor, today(), "随户变动承接")
            session.add(copied)
            await session.flush()
            image.helpers_made.append(str(copied.id))
    if helper is not None and act.household.id in act.plan.closed:
        await repository.end_helpers(session, act.household.county_code, [helper.id], today(), "已销户")
        image.helpers_ended.append(str(helper.id))
    for household_id in act.plan.closed:
        act.columns.setdefault(household_id, {})["state"] = "closed"
    for household_id, columns in act.columns.items():
        if village := columns.get("village_code"):
            await files_follow(session, act.household.county_code, household_id, village)
        for column, value in columns.items():
            setattr(act.households[household_id], column, value)
