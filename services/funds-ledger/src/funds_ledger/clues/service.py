"""Raising a clue, and taking it through its life (FND-12)."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.errors import AlreadyExists, FieldError, Forbidden, NotFound, ValidationFailed
from service_kit.json import canonical
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.clues import repository, rules
from funds_ledger.clues.models import Clue, ClueStep
from funds_ledger.clues.schemas import ClueCounts, ClueRead, ClueRow, ClueStepRead, ClueWrite, RectifyWrite
from funds_ledger.errors import ClueNotInState, RecoveredTooMuch, SamePerson


def _fields(row: Any) -> dict[str, Any]:
    clue: Clue = row.Clue
    names = {*ClueRow.model_fields, *ClueRead.model_fields}
    fields = {name: getattr(clue, name) for name in names if hasattr(clue, name)}
    return fields | {
        "number": f"{clue.year}-{clue.number:04}",
        "region_name": row.region_name,
        "amount": clue.amount_fen,
        "recovered": clue.recovered_fen,
        "overdue": rules.overdue(clue.state, clue.deadline, today()),  # type: ignore[arg-type] # a CHECK holds it to these
    }


def read_row(row: Any) -> ClueRow:
    """From a row of ``repository.page``."""
    return ClueRow.model_validate(_fields(row))


async def get(session: AsyncSession, actor: Actor, clue_id: UUID) -> ClueRead:
    """Raises NotFound."""
    row = await repository.find(session, actor, clue_id)
    if row is None:
        raise NotFound()
    steps = [
        ClueStepRead.model_validate(
            {name: getattr(step, name) for name in ClueStepRead.model_fields if name != "amount"}
            | {"amount": step.amount_fen}
        )
        for step in await repository.history(session, row.Clue)
    ]
    return ClueRead.model_validate(_fields(row) | {"history": steps})


async def raise_(session: AsyncSession, actor: Actor, clue_id: UUID, body: ClueWrite) -> tuple[ClueRead, bool]:
    """Record a clue on something that the actor may see; says whether it was new.

    Raises:
        AlreadyExists: the id holds another clue.
        ValidationFailed: there is no such thing in the actor's scope.
    """
    digest = hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    known = await repository.find(session, actor, clue_id)
    if known is not None:
        if known.Clue.content_hash != digest:
            raise AlreadyExists()
        return await get(session, actor, clue_id), False
    subject = await repository.subject(session, actor, body.subject_type, body.subject_id)
    if subject is None:
        what = rules.SUBJECT_NAMES[body.subject_type]
        raise ValidationFailed(errors=[FieldError("body.subject_id", "subject_unknown", f"没有找到这个{what}")])
    county_code, region_code, title = subject
    year = today().year
    clue = Clue(
        **body.model_dump(exclude={"amount"}),
        county_code=county_code,
        id=clue_id,
        region_code=region_code,
        year=year,
        number=await repository.next_number(session, county_code, year),
        subject_title=title,
        amount_fen=body.amount,
        recovered_fen=0,
        state="received",
        created_at=now(),
        updated_at=now(),
        raised_by=actor.id,
        raised_by_name=actor.name,
        raised_by_role=actor.role,
        content_hash=digest,
    )
    session.add(clue)
    await session.flush()
    await _note(session, actor, clue, "raise", None, "")
    return await get(session, actor, clue_id), True


async def _take(session: AsyncSession, actor: Actor, clue_id: UUID, action: rules.ClueAction) -> Clue:
    """The locked clue, ready for a step.

    Raises:
        NotFound, Forbidden, ClueNotInState, SamePerson.
    """
    clue = await repository.lock(session, actor, clue_id)
    if clue is None:
        raise NotFound()
    step = rules.allowed(clue.state, action)  # type: ignore[arg-type] # a CHECK holds it to these
    if step is None:
        raise ClueNotInState(state_now=clue.state)
    if not actor.may(step.permission):
        raise Forbidden()
    if step.by_another and clue.handler_id == actor.id:
        raise SamePerson("办理人不能验收自己办理的线索，请由另一人验收")
    return clue


async def _move(
    session: AsyncSession, actor: Actor, clue: Clue, action: rules.ClueAction, note: str, amount: int | None = None
) -> ClueRead:
    before = clue.state
    clue.state = rules.LIFECYCLE[action].after or before
    clue.updated_at = now()
    await session.flush()
    await _note(session, actor, clue, action, before, note, amount)
    return await get(session, actor, clue.id)


async def accept(session: AsyncSession, actor: Actor, clue_id: UUID, note: str) -> ClueRead:
    """Take a clue up; whoever does handles it and cannot close it.

    Raises:
        NotFound, ClueNotInState.
    """
    clue = await _take(session, actor, clue_id, "accept")
    clue.handler_id, clue.handler_name = actor.id, actor.name
    return await _move(session, actor, clue, "accept", note)


async def note(session: AsyncSession, actor: Actor, clue_id: UUID, text: str) -> ClueRead:
    """Raises NotFound, ClueNotInState."""
    clue = await _take(session, actor, clue_id, "note")
    return await _move(session, actor, clue, "note", text)


async def recover(session: AsyncSession, actor: Actor, clue_id: UUID, amount: int, text: str) -> ClueRead:
    """Record money that came back, in fen.

    Raises:
        NotFound, ClueNotInState.
        RecoveredTooMuch: more than is in question, with what is left.
    """
    clue = await _take(session, actor, clue_id, "recover")
    left = clue.amount_fen - clue.recovered_fen
    if amount > left:
        raise RecoveredTooMuch(f"涉及金额只余 {format_yuan(left)} 元未追回", left=format_yuan(left))
    clue.recovered_fen += amount
    return await _move(session, actor, clue, "recover", text, amount)


async def rectify(session: AsyncSession, actor: Actor, clue_id: UUID, body: RectifyWrite) -> ClueRead:
    """Say what was found and what was done about it.

    Raises:
        NotFound, ClueNotInState.
        RecoveredTooMuch: the amount found is less than what has come back.
    """
    clue = await _take(session, actor, clue_id, "rectify")
    if body.amount is not None:
        if body.amount < clue.recovered_fen:
            recovered = format_yuan(clue.recovered_fen)
            raise RecoveredTooMuch(f"已追回 {recovered} 元，核实金额不能更少", recovered=recovered)
        clue.amount_fen = body.amount
    clue.finding = body.finding
    return await _move(session, actor, clue, "rectify", body.note)


async def return_(session: AsyncSession, actor: Actor, clue_id: UUID, text: str) -> ClueRead:
    """Raises NotFound, ClueNotInState, SamePerson."""
    clue = await _take(session, actor, clue_id, "return")
    clue.finding = None
    return await _move(session, actor, clue, "return", text)


async def close(session: AsyncSession, actor: Actor, clue_id: UUID, text: str) -> ClueRead:
    """Strike a clue off; by another person than the one who handled it.

    Raises:
        NotFound, ClueNotInState, SamePerson.
    """
    clue = await _take(session, actor, clue_id, "close")
    clue.closer_id, clue.closer_name, clue.closed_at = actor.id, actor.name, now()
    return await _move(session, actor, clue, "close", text)


async def counts(session: AsyncSession, actor: Actor, region_code: str | None) -> ClueCounts:
    return ClueCounts.model_validate(await repository.counts(session, actor, region_code, today()))


async def _note(
    session: AsyncSession,
    actor: Actor,
    clue: Clue,
    action: rules.ClueAction,
    before: str | None,
    text: str,
    amount: int | None = None,
) -> None:
    session.add(
        ClueStep(
            county_code=clue.county_code,
            region_code=clue.region_code,
            clue_id=clue.id,
            seq=clue.version,
            from_state=before,
            action=action,
            to_state=clue.state,
            note=text,
            amount_fen=amount,
            by=actor.id,
            by_name=actor.name,
            by_role=actor.role,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor,
        action=f"clue.{action}",
        subject_type="clue",
        subject_id=clue.id,
        region_code=clue.region_code,
        detail={"number": f"{clue.year}-{clue.number:04}", "subject": f"{clue.subject_type}/{clue.subject_id}"},
    )
