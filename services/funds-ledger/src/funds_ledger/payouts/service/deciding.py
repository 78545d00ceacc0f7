"""What a person does about the problems of a list: correct a line, let it pass, leave it out, give it up (FND-10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.crypto import FieldCrypto
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import repository as allocations
from funds_ledger.errors import DecisionImpossible, PayoutNotInState
from funds_ledger.payments.dividing import divide
from funds_ledger.payouts import repository
from funds_ledger.payouts.models import PayoutBatch, PayoutLine
from funds_ledger.payouts.rules import CORRECTABLE, NEVER_KEPT, PROBLEM_NAMES
from funds_ledger.payouts.schemas import PayoutDecided, PayoutDecisionWrite, PayoutLineUpdate
from funds_ledger.payouts.service.loading import account_of, check
from funds_ledger.standards import service as standards

_CHOSEN = """
    l.county_code = CAST(:county_code AS text) AND l.batch_id = CAST(:batch_id AS uuid)
    AND (cardinality(CAST(:line_ids AS uuid[])) = 0 OR l.id = ANY(CAST(:line_ids AS uuid[])))
    AND (CAST(:problem AS text) IS NULL OR CAST(:problem AS text) = ANY(l.problems))
"""
_SET = "reason = :reason, decided_by_name = :by_name, version = l.version + 1, updated_at = :at"
_DECIDE = {
    # Of many lines with one problem only that problem passes; of lines chosen one by one, all that was shown does.
    "keep": text(
        f"""UPDATE payout_line l SET {_SET},
            kept = CASE WHEN CAST(:problem AS text) IS NULL THEN l.problems
                        ELSE array_append(array_remove(l.kept, CAST(:problem AS text)), CAST(:problem AS text)) END
        WHERE {_CHOSEN} AND l.state IN ('listed', 'failed') AND cardinality(l.problems) > 0"""  # noqa: S608
    ),
    "exclude": text(f"UPDATE payout_line l SET {_SET}, state = 'excluded' WHERE {_CHOSEN} AND l.state = 'listed'"),  # noqa: S608
    "restore": text(f"UPDATE payout_line l SET {_SET}, state = 'listed' WHERE {_CHOSEN} AND l.state = 'excluded'"),  # noqa: S608
    "give_up": text(f"UPDATE payout_line l SET {_SET}, state = 'given_up' WHERE {_CHOSEN} AND l.state = 'failed'"),  # noqa: S608
}
_ALLOWED = {"keep": ("draft", "running"), "exclude": ("draft",), "restore": ("draft",), "give_up": ("running",)}


async def decide(session: AsyncSession, actor: Actor, batch_id: UUID, body: PayoutDecisionWrite) -> PayoutDecided:
    """Decide about some lines, or all with one problem; the check is run again, for lines depend on each other.

    Raises:
        NotFound, PayoutNotInState.
        DecisionImpossible: nobody can let this problem pass, or no line is in a state for this.
    """
    batch = await _lock(session, actor, batch_id)
    if batch.state not in _ALLOWED[body.decision]:
        raise PayoutNotInState(state_now=batch.state)
    if body.decision == "keep" and body.problem in NEVER_KEPT:
        raise DecisionImpossible(f"“{PROBLEM_NAMES[body.problem]}”不能放行，请更正或剔除")
    values = {
        "county_code": batch.county_code,
        "batch_id": batch.id,
        "line_ids": body.line_ids,
        "problem": body.problem,
        "reason": body.reason,
        "by_name": actor.name,
        "at": now(),
    }
    done: Any = await session.execute(_DECIDE[body.decision], values)
    if not done.rowcount:
        raise DecisionImpossible("没有可以这样处理的行")
    if body.decision == "give_up":
        await _finish(session, actor, batch, body.reason)
    await check(session, batch)
    await repository.add_event(session, actor, batch, body.decision, lines=done.rowcount, reason=body.reason)
    await _record(session, actor, batch, body.decision, lines=done.rowcount, problem=body.problem)
    return PayoutDecided(lines=done.rowcount)


async def _lock(session: AsyncSession, actor: Actor, batch_id: UUID) -> PayoutBatch:
    """The allocation first, as every act on money takes its locks in that order."""
    found = await repository.find_batch(session, actor, batch_id)
    if await allocations.lock(session, actor, found.allocation_id) is None:
        raise NotFound()
    return await repository.lock_batch(session, actor, batch_id)


async def _finish(session: AsyncSession, actor: Actor, batch: PayoutBatch, reason: str) -> None:
    """With the last line given up the list is done, and its money is free again."""
    left, _ = await repository.totals(session, batch, ("failed", "ready", "sent"))
    if left:
        return
    if batch.held_payment_id is not None:
        await divide(session, actor, batch.held_payment_id, [], reason)
    await repository.touch(session, batch, state="finished", held_payment_id=None)


async def correct(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, line_id: UUID, expected: int, body: PayoutLineUpdate
) -> PayoutLine:
    """Correct a line. When the bank has sent its money back, only the account: the amount was approved.

    Raises:
        NotFound, VersionMismatch, PayoutNotInState, DecisionImpossible.
    """
    found = await repository.find_line(session, actor, line_id)
    batch = await repository.lock_batch(session, actor, found.batch_id)
    line = await repository.find_line(session, actor, line_id, lock=True)
    check_version(
        line.version,
        expected,
        current_view={"account_mask": line.account_mask, "state": line.state, "amount": line.amount_fen},
        yours=body.model_dump(mode="json", exclude_unset=True, exclude={"account_number"}),
    )
    if line.state not in CORRECTABLE:
        raise PayoutNotInState(state_now=line.state)
    values = await _changes(session, actor, crypto, batch, line, body)
    await session.execute(
        update(PayoutLine)
        .where(PayoutLine.county_code == line.county_code, PayoutLine.id == line.id)
        .values(**values, version=line.version + 1, updated_at=now())
        .execution_options(synchronize_session=False)
    )
    await check(session, batch)
    await repository.add_event(session, actor, batch, "corrected", lines=1)
    await _record(session, actor, batch, "corrected", line_id=str(line.id), fields=sorted(body.model_fields_set))
    return await repository.find_line(session, actor, line_id)


async def _changes(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    batch: PayoutBatch,
    line: PayoutLine,
    body: PayoutLineUpdate,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if body.account_number is not None:
        names = ("account_number", "account_index", "account_mask", "account_valid")
        values = dict(zip(names, account_of(crypto, body.account_number), strict=True)) | {"account_by": actor.id}
    values |= {name: given for name in ("bank", "holder") if (given := getattr(body, name)) is not None}
    if body.amount is not None or body.quantity is not None:
        if line.state == "failed":
            raise DecisionImpossible("金额已经审核，补发时不能更改")
        if body.quantity is not None and (await standards.by_id(session, batch.standard_id)).counted:
            values["quantity"] = body.quantity
        if body.amount is not None:
            values["amount_fen"] = body.amount
    return values


async def _record(session: AsyncSession, actor: Actor, batch: PayoutBatch, what: str, **detail: Any) -> None:
    await audit.record(
        session,
        actor,
        action=f"payout.{what}",
        subject_type="payout_batch",
        subject_id=batch.id,
        region_code=batch.county_code,
        detail=detail,
    )
