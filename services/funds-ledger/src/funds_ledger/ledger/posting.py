"""Moving money: one statement that changes the pool and both accounts and writes the transfer, or does nothing.

The statement takes the pool's row lock and decides by the newest committed state, so postings to one pool queue for
the length of that statement and its commit, and no isolation level above READ COMMITTED is needed. The limits stand
in its WHERE clause; when they do not hold nothing is changed, and the refusal is then worked out from the locked row
in the same transaction, so its amounts are exact. The pool's CHECK constraints repeat the limits for every other way
to write.

The same statement computes the transfer's hash, moves the head of the chain on the pool row (``chain``) and writes the
audit entry. Its text is ``statement.POST``; an allocation has one of its own (``allocations.at_once``) from the same
pieces.

How another room posts: ``ids = await ensure_accounts(session, pool, [debit, credit])``, then
``await post(session, actor, Posting(...))`` in the transaction of its own act, after it has locked and changed its own
rows. A posting whose kind does not move the pool's sums has ``NO_EFFECT``.

Order of locks, the same for every act: allocation rows, payment row, contract row, document rows (sorted), pool, the
accounts, new ones among them.
Explicit locks on a pool are ``FOR NO KEY UPDATE``: a new allocation's foreign key already holds the row ``FOR KEY
SHARE``, and two postings that both did would deadlock on ``FOR UPDATE``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import AmountTooLarge, LedgerBroken, refused, refused_cut
from funds_ledger.ledger.rules import Effect, TransferKind
from funds_ledger.ledger.statement import POST, typed
from funds_ledger.pools.models import Pool
from funds_ledger.pools.schemas import balance_of
from funds_ledger.terms import MAX_FUND_FEN


@dataclass(frozen=True, slots=True)
class Posting:
    """What is to be moved, in fen, within one pool."""

    kind: TransferKind
    county_code: str
    pool_id: UUID
    region_code: str
    debit_account_id: UUID
    credit_account_id: UUID
    amount: int
    effect: Effect
    document_id: UUID | None = None
    act_id: UUID | None = None
    allocation_id: UUID | None = None
    payment_id: UUID | None = None
    reverses_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    transfer_id: UUID
    seq: int
    posted_at: datetime


_POST = typed(POST)


async def post(session: AsyncSession, actor: Actor, posting: Posting) -> Posted:
    """Move the money and record it in the audit trail, in the caller's transaction.

    Raises:
        IndustryFloorBroken, PoolExhausted: with the exact amounts; nothing was changed.
        AmountTooLarge: the pool would hold more than ``MAX_FUND_FEN``.
        NotFound: the actor's scope does not contain the pool, which belongs to the county.
        LedgerBroken: the accounts are not the pool's own; cannot happen through the use cases.
    """
    values = values_of(actor, posting)
    seq = (await session.execute(_POST, values)).scalar_one_or_none()
    if seq is None:
        await _ensure_possible(session, posting)
        # Another act has made room between the statement and the lock; now nothing can come between.
        seq = (await session.execute(_POST, values)).scalar_one_or_none()
        if seq is None:
            raise LedgerBroken()
    return Posted(values["transfer_id"], seq, values["posted_at"])


def values_of(actor: Actor, posting: Posting) -> dict[str, Any]:
    """The arguments of ``statement.POST``, the transfer's id and moment among them."""
    transfer_id = uuid7()
    return {
        "transfer_id": transfer_id,
        "posted_at": now(),
        "posted_by": actor.id,
        "posted_by_name": actor.name,
        "kind": posting.kind,
        "county_code": posting.county_code,
        "pool_id": posting.pool_id,
        "region_code": posting.region_code,
        "debit_account_id": posting.debit_account_id,
        "credit_account_id": posting.credit_account_id,
        "amount": posting.amount,
        "amount_yuan": format_yuan(posting.amount),
        "d_received": posting.effect.received,
        "d_industry": posting.effect.industry,
        "d_other": posting.effect.other,
        "document_id": posting.document_id,
        "act_id": posting.act_id,
        "allocation_id": posting.allocation_id,
        "payment_id": posting.payment_id,
        "reverses_id": posting.reverses_id,
    } | audit.entry_values(
        actor,
        action=f"transfer.{posting.kind}",
        subject_type="transfer",
        subject_id=transfer_id,
        region_code=posting.region_code,
    )


async def _ensure_possible(session: AsyncSession, posting: Posting) -> None:
    """Lock the pool and raise the exact reason why the posting does not fit."""
    query = (
        select(Pool)
        .where(Pool.county_code == posting.county_code, Pool.id == posting.pool_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    pool = (await session.scalars(query)).one_or_none()
    if pool is None:
        raise NotFound("没有找到这个资金池，或不在您的管辖范围内")
    before, effect = balance_of(pool), posting.effect
    after = before.after(effect.received, effect.industry, effect.other)
    if after.received > MAX_FUND_FEN:
        raise AmountTooLarge()
    if min(after.received, after.industry, after.other) < 0:
        raise LedgerBroken()
    if (refusal := after.refusal()) is not None:
        raise refused_cut(before, refusal) if effect.received < 0 else refused(before, refusal)
