"""The trace of an act: its row, a line of history for each household it touched, audit entries, and the event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts.models import RegisterAct
from monitoring_api.acts.rules import Effect, Person
from monitoring_api.acts.schemas import ActBase
from monitoring_api.events import HouseholdChangeKind
from monitoring_api.households.models import Household
from monitoring_api.households.service import records

CHANGES: dict[str, HouseholdChangeKind] = {
    "birth": "joined",
    "move_in": "joined",
    "death": "died",
    "head_change": "head_changed",
    "split": "split",
    "merge": "merged",
    "transfer": "transferred",
    "move_village": "moved",
    "move_out": "moved_out",
    "moved_out": "moved_out",
    "moved_in": "joined",
    "close": "closed",
    "undo": "undone",
}
"""What others are told of each kind of act; the kinds left out change nothing yet."""


async def touch(
    session: AsyncSession,
    actor: Actor,
    households: Sequence[Household],
    kind: str,
    reason: str,
    founded: Household | None = None,
) -> None:
    """Make a new version of each household, with its line of history; one founded by the act has its first."""
    at = now()
    for household in households:
        if household is not founded:
            household.updated_at = at
    for household in households:
        changes = [{"field": "act", "before": None, "after": kind}]
        await records.write_history(session, actor, household, "act", changes, reason=reason)


async def write_act(
    session: AsyncSession,
    actor: Actor,
    *,
    act_id: UUID,
    kind: str,
    body: ActBase,
    household: Household,
    other: Household | None,
    people: Sequence[Person],
    effects: Sequence[Effect],
    before: dict[str, Any],
    content_hash: bytes,
    place: str | None = None,
    relocation_id: UUID | None = None,
    undoes: UUID | None = None,
) -> RegisterAct:
    """Add the row of an act whose effect is written; and tell the others."""
    act = RegisterAct(
        county_code=household.county_code,
        id=act_id,
        household_id=household.id,
        village_code=household.village_code,
        version=household.version,
        other_household_id=other.id if other else None,
        other_version=other.version if other else None,
        kind=kind,
        happened_on=body.happened_on,
        recorded_at=now(),
        actor_id=actor.id,
        actor_name=actor.name,
        reason=body.reason,
        evidence=[paper.model_dump(mode="json") for paper in body.evidence],
        people=[{"id": str(person.id), "name": person.name} for person in people],
        place=place,
        relocation_id=relocation_id,
        effects=[{"code": effect.code, "params": dict(effect.params)} for effect in effects],
        before=before,
        undoes=undoes,
        content_hash=content_hash,
    )
    session.add(act)
    await session.flush()
    change = CHANGES.get(kind)
    if change is not None:
        ids = [person.id for person in people]
        await records.announce(session, household, change, member_ids=ids, other=other)
        if other is not None:
            await records.announce(session, other, change, member_ids=ids, other=household)
    return act
