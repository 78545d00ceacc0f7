"""Beginning a list, and giving it up (FND-10)."""

from __future__ import annotations

import hashlib
from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.crypto import FieldCrypto, mask_account, normalise
from service_kit.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from service_kit.json import canonical
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import repository as allocations
from funds_ledger.errors import AllocationReversed, PayoutNotInState
from funds_ledger.payouts import repository
from funds_ledger.payouts.schemas import PayoutBatchWrite
from funds_ledger.standards import service as standards
from funds_ledger.standards.rules import PERIOD_EXAMPLES, is_period


async def begin(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, batch_id: UUID, body: PayoutBatchWrite
) -> bool:
    """An empty list by a standard that is in force today; says whether it was new.

    Raises:
        NotFound: no such allocation; AllocationReversed.
        ValidationFailed: the standard is not in force, or the period is not one of its kind.
        AlreadyExists: the id holds another list.
    """
    allocation = await allocations.lock(session, actor, body.allocation_id)
    if allocation is None or len(actor.region) > len(allocation.county_code):
        raise NotFound()
    digest = crypto.blind_index(hashlib.sha256(canonical(body.model_dump(mode="json"))).hexdigest())
    known = await repository.batch_of_county(session, allocation.county_code, batch_id)
    if known is not None:
        if known.content_hash != digest:
            raise AlreadyExists()
        return False
    if allocation.status == "reversed":
        raise AllocationReversed()
    standard = await standards.binding(session, allocation.county_code, body.standard_id, today())
    if standard is None:
        raise ValidationFailed(errors=[FieldError("body.standard_id", "not_in_force", "这项补助标准今天无效")])
    if not is_period(standard.period_kind, body.period):
        example = PERIOD_EXAMPLES[standard.period_kind]
        raise ValidationFailed(errors=[FieldError("body.period", "period", f"期间应写成“{example}”这样")])
    number = normalise(body.account_number)
    values = {
        "county_code": allocation.county_code,
        "id": batch_id,
        "allocation_id": allocation.id,
        "standard_id": standard.id,
        "standard_code": standard.code,
        "limit_fen": standard.amount_fen,
        "period": body.period,
        "title": body.title,
        "bank": body.bank,
        "account_number": crypto.encrypt(number),
        "account_mask": mask_account(number),
        "state": "draft",
        "content_hash": digest,
        "version": 1,
        "created_at": now(),
        "updated_at": now(),
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    if not await repository.claim_batch(session, values):
        raise AlreadyExists()
    batch = await repository.lock_batch(session, actor, batch_id)
    await repository.add_event(session, actor, batch, "begun")
    await audit.record(
        session,
        actor,
        action="payout.begun",
        subject_type="payout_batch",
        subject_id=batch_id,
        region_code=batch.county_code,
        detail={"standard": standard.code, "period": body.period, "allocation_id": str(allocation.id)},
    )
    return True


async def drop(session: AsyncSession, actor: Actor, batch_id: UUID) -> None:
    """Raises NotFound, PayoutNotInState: only a list that was not submitted."""
    batch = await repository.lock_batch(session, actor, batch_id)
    if batch.state != "draft":
        raise PayoutNotInState(state_now=batch.state)
    await repository.touch(session, batch, state="dropped")
    await repository.add_event(session, actor, batch, "dropped")
