"""Requesting, reviewing, making, returning and refunding payments (FND-5)."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.crypto import FieldCrypto, mask_account, normalise
from service_kit.errors import AlreadyExists, NotFound
from service_kit.json import canonical
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import repository as allocations
from funds_ledger.allocations.models import Allocation
from funds_ledger.allocations.release import release
from funds_ledger.errors import (
    AllocationReversed,
    ContractDiffers,
    NotOwnRequest,
    PaymentExceedsAllocation,
    PaymentExceedsContract,
    PaymentNotInState,
    SamePerson,
)
from funds_ledger.ledger import repository as ledger
from funds_ledger.ledger.posting import Posting, post
from funds_ledger.ledger.rules import NO_EFFECT
from funds_ledger.payments import repository
from funds_ledger.payments.models import Contract, Payment
from funds_ledger.payments.rules import LIFECYCLE, PaymentAction
from funds_ledger.payments.schemas import PaymentDetail, PaymentEventRead, PaymentRead, PaymentWrite
from funds_ledger.pools import service as pools

_JOINED = ("allocation_title", "year", "source_level", "contract_number", "contract_amount", "region_name")


def _fields(row: Any) -> dict[str, Any]:
    payment = row.Payment
    fields = {name: getattr(payment, name) for name in PaymentRead.model_fields if hasattr(payment, name)}
    return fields | {name: getattr(row, name) for name in _JOINED} | {"amount": payment.amount_fen}


def read(row: Any) -> PaymentRead:
    """From a row of ``repository.readable``."""
    return PaymentRead.model_validate(_fields(row))


async def get(session: AsyncSession, actor: Actor, payment_id: UUID) -> PaymentDetail:
    """Raises NotFound when there is none in the actor's scope."""
    row = await repository.find(session, actor, payment_id)
    if row is None:
        raise NotFound()
    posted = await repository.postings(session, row.Payment)
    return PaymentDetail.model_validate(
        _fields(row)
        | {
            "history": [PaymentEventRead.model_validate(e) for e in await repository.history(session, row.Payment)],
            "transfer_id": posted["payment"].id if "payment" in posted else None,
            "refund_transfer_id": posted["refund"].id if "refund" in posted else None,
        }
    )


async def request(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, payment_id: UUID, body: PaymentWrite
) -> tuple[PaymentDetail, bool]:
    """Ask for a payment out of an allocation; it holds its amount from now on. Says whether it was new.

    Raises:
        NotFound: no such allocation in the actor's scope.
        AlreadyExists: the id holds another request.
        AllocationReversed, PaymentExceedsAllocation, ContractDiffers, PaymentExceedsContract: with exact amounts.
    """
    allocation = await allocations.lock(session, actor, body.allocation_id)
    if allocation is None:
        raise NotFound()
    digest = crypto.blind_index(hashlib.sha256(canonical(body.model_dump(mode="json"))).hexdigest())
    known = await repository.of_county(session, allocation.county_code, payment_id)
    if known is not None:
        if known.content_hash != digest:
            raise AlreadyExists()
        return await get(session, actor, payment_id), False
    _ensure_left(allocation, body.amount)
    contract = await _contract(session, allocation, body)
    moment, number = now(), normalise(body.account_number)
    values = body.model_dump(include={"allocation_id", "payee", "bank", "evidence_number", "evidence"}) | {
        "county_code": allocation.county_code,
        "id": payment_id,
        "region_code": allocation.region_code,
        "pool_id": allocation.pool_id,
        "contract_id": contract.id if contract else None,
        "amount_fen": body.amount,
        "account_number": crypto.encrypt(number),
        "account_index": crypto.blind_index(number),
        "account_mask": mask_account(number),
        "content_hash": digest,
        "status": "requested",
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    if not await repository.add(session, values):
        raise AlreadyExists()
    payment = await repository.lock(session, actor, payment_id)
    await repository.commit_money(session, payment, committed=body.amount)
    await repository.add_event(session, actor, payment, None, "requested", "")
    await _record(session, actor, payment, "requested")
    return await get(session, actor, payment_id), True


def _ensure_left(allocation: Allocation, amount: int) -> None:
    if allocation.status == "reversed":
        raise AllocationReversed()
    left = allocation.amount_fen - allocation.committed_fen
    if amount > left:
        raise PaymentExceedsAllocation(
            f"该笔分配只余 {format_yuan(left)} 元可申请，超出 {format_yuan(amount - left)} 元",
            shortfall=format_yuan(amount - left),
            headroom_allocation=format_yuan(left),
        )


async def _contract(session: AsyncSession, allocation: Allocation, body: PaymentWrite) -> Contract | None:
    if body.contract_number is None or body.contract_amount is None:
        return None
    contract = await repository.lock_contract(
        session, allocation.county_code, allocation.region_code, body.contract_number, body.contract_amount
    )
    if contract.amount_fen != body.contract_amount:
        known = format_yuan(contract.amount_fen)
        raise ContractDiffers(f"该合同已按 {known} 元登记", contract_amount=known)
    left = contract.amount_fen - contract.committed_fen
    if body.amount > left:
        raise PaymentExceedsContract(
            f"该合同只余 {format_yuan(left)} 元可申请，超出 {format_yuan(body.amount - left)} 元",
            shortfall=format_yuan(body.amount - left),
            headroom_contract=format_yuan(left),
        )
    return contract


async def _step(
    session: AsyncSession, actor: Actor, payment_id: UUID, action: PaymentAction, reason: str, **values: Any
) -> Payment:
    """One step along the lifecycle, with its line in the history; returns the payment as it was before.

    Raises:
        NotFound, PaymentNotInState, SamePerson, NotOwnRequest.
    """
    payment = await repository.lock(session, actor, payment_id)
    if payment is None:
        raise NotFound()
    step = LIFECYCLE[action]
    if payment.status not in step.before:
        raise PaymentNotInState(status_now=payment.status)
    if step.by_another and payment.created_by == actor.id:
        raise SamePerson()
    if step.by_self and payment.created_by != actor.id:
        raise NotOwnRequest()
    if step.needs_reason:
        values["end_reason"] = reason
    await repository.move(session, payment, values | {"status": step.after})
    await repository.add_event(session, actor, payment, payment.status, step.after, reason)
    await _record(session, actor, payment, step.after)
    return payment


async def approve(session: AsyncSession, actor: Actor, payment_id: UUID, opinion: str) -> PaymentDetail:
    """Raises NotFound, PaymentNotInState, SamePerson."""
    await _step(session, actor, payment_id, "approve", opinion, **_reviewed(actor))
    return await get(session, actor, payment_id)


def _reviewed(actor: Actor) -> dict[str, Any]:
    return {"reviewed_by": actor.id, "reviewed_by_name": actor.name, "reviewed_at": now()}


async def return_(session: AsyncSession, actor: Actor, payment_id: UUID, reason: str) -> PaymentDetail:
    """Send a request back before it is paid; what it held is free again.

    Raises:
        NotFound, PaymentNotInState, SamePerson.
    """
    await _lock_allocation_of(session, actor, payment_id)
    payment = await _step(session, actor, payment_id, "return", reason, **_reviewed(actor))
    await repository.commit_money(session, payment, committed=-payment.amount_fen)
    return await get(session, actor, payment_id)


async def withdraw(session: AsyncSession, actor: Actor, payment_id: UUID, reason: str) -> PaymentDetail:
    """Take one's own request back before anybody has reviewed it; what it held is free again.

    Raises:
        NotFound, PaymentNotInState, NotOwnRequest.
    """
    await _lock_allocation_of(session, actor, payment_id)
    payment = await _step(session, actor, payment_id, "withdraw", reason)
    await repository.commit_money(session, payment, committed=-payment.amount_fen)
    return await get(session, actor, payment_id)


async def pay(session: AsyncSession, actor: Actor, payment_id: UUID) -> PaymentDetail:
    """Make an approved payment: its transfer, from what the region holds to what was paid.

    Raises:
        NotFound, PaymentNotInState; NotFound also when the pool is not in the actor's scope.
        NoticeStillUp: the allocation's notice has not ended clear.
    """
    allocation = await _lock_allocation_of(session, actor, payment_id)
    await release(session, allocation)
    payment = await _step(session, actor, payment_id, "pay", "", paid_by=actor.id, paid_at=now())
    await repository.commit_money(session, payment, paid=payment.amount_fen)
    pool = await pools.get(session, actor, payment.pool_id)
    held = ledger.AccountKey(pool.county_code, pool.id, "allocated", payment.region_code, allocation.purpose)
    paid = ledger.AccountKey(pool.county_code, pool.id, "paid", payment.region_code, allocation.purpose)
    ids = await ledger.ensure_accounts(session, pool, [held, paid])
    posting = Posting(
        kind="payment",
        county_code=pool.county_code,
        pool_id=pool.id,
        region_code=payment.region_code,
        debit_account_id=ids[paid],
        credit_account_id=ids[held],
        amount=payment.amount_fen,
        effect=NO_EFFECT,
        document_id=allocation.document_id,
        allocation_id=allocation.id,
        payment_id=payment_id,
    )
    await post(session, actor, posting)
    return await get(session, actor, payment_id)


async def refund(session: AsyncSession, actor: Actor, payment_id: UUID, reason: str) -> PaymentDetail:
    """Money came back after it was paid: the exact counter-transfer, and the allocation holds it again.

    Raises:
        NotFound, PaymentNotInState.
    """
    allocation = await _lock_allocation_of(session, actor, payment_id)
    payment = await _step(session, actor, payment_id, "refund", reason)
    await repository.commit_money(session, payment, committed=-payment.amount_fen, paid=-payment.amount_fen)
    original = (await repository.postings(session, payment))["payment"]
    posting = Posting(
        kind="refund",
        county_code=original.county_code,
        pool_id=original.pool_id,
        region_code=original.region_code,
        debit_account_id=original.credit_account_id,
        credit_account_id=original.debit_account_id,
        amount=original.amount_fen,
        effect=NO_EFFECT,
        document_id=original.document_id,
        allocation_id=allocation.id,
        payment_id=payment_id,
        reverses_id=original.id,
    )
    await post(session, actor, posting)
    return await get(session, actor, payment_id)


async def _lock_allocation_of(session: AsyncSession, actor: Actor, payment_id: UUID) -> Allocation:
    """The allocation first, as every act on money takes its locks in that order."""
    row = await repository.find(session, actor, payment_id)
    allocation = await allocations.lock(session, actor, row.Payment.allocation_id) if row else None
    if allocation is None:
        raise NotFound()
    return allocation


async def _record(session: AsyncSession, actor: Actor, payment: Any, what: str) -> None:
    await audit.record(
        session,
        actor,
        action=f"payment.{what}",
        subject_type="payment",
        subject_id=payment.id,
        region_code=payment.region_code,
        detail={"allocation_id": str(payment.allocation_id), "amount": format_yuan(payment.amount_fen)},
    )
