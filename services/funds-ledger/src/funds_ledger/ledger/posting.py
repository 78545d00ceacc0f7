"""Moving money: one statement that changes the pool and both accounts and writes the transfer, or does nothing.

The statement takes the pool's row lock and decides by the newest committed state, so postings to one pool queue for
the length of that statement and its commit, and no isolation level above READ COMMITTED is needed. The limits stand
in its WHERE clause; when they do not hold nothing is changed, and the refusal is then worked out from the locked row
in the same transaction, so its amounts are exact. The pool's CHECK constraints repeat the limits for every other way
to write.

The same statement computes the transfer's hash and moves the head of the chain on the pool row (``chain``).

Order of locks, the same for every act: allocation rows, payment row, contract row, document rows (sorted), new accounts
(sorted), pool, the accounts.
Explicit locks on a pool are ``FOR NO KEY UPDATE``: a new allocation's foreign key already holds the row ``FOR KEY
SHARE``, and two postings that both did would deadlock on ``FOR UPDATE``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy import BigInteger, DateTime, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import AmountTooLarge, LedgerBroken, refused, refused_cut
from funds_ledger.ledger.chain import hash_sql
from funds_ledger.ledger.rules import Effect, TransferKind
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


_HASH = hash_sql(
    "last_hash",
    {name: f":{name}" for name in ("county_code", "kind", "region_code", "debit_account_id", "credit_account_id")}
    | {name: f":{name}" for name in ("document_id", "act_id", "allocation_id", "payment_id", "reverses_id")}
    | {name: f":{name}" for name in ("pool_id", "posted_at", "posted_by", "posted_by_name")}
    | {
        "id": ":transfer_id",
        "seq": "last_seq + 1",
        "amount_fen": ":amount",
        "received_after_fen": "received_fen + :d_received",
        "industry_after_fen": "allocated_industry_fen + :d_industry",
        "other_after_fen": "allocated_other_fen + :d_other",
    },
)
"""Within ``SET`` the columns are those of the newest committed row, which the statement has locked."""

_POST = text(
    f"""
    WITH posted AS (
        UPDATE pool SET
            received_fen = received_fen + :d_received,
            allocated_industry_fen = allocated_industry_fen + :d_industry,
            allocated_other_fen = allocated_other_fen + :d_other,
            last_seq = last_seq + 1,
            previous_hash = last_hash,
            last_hash = {_HASH},
            version = version + 1,
            updated_at = :posted_at
        WHERE county_code = :county_code AND id = :pool_id
            AND received_fen + :d_received BETWEEN 0 AND :bound
            AND allocated_industry_fen + :d_industry >= 0
            AND allocated_other_fen + :d_other >= 0
            AND allocated_industry_fen + allocated_other_fen + :d_industry + :d_other <= received_fen + :d_received
            AND (allocated_other_fen + :d_other) * 10000 <= (received_fen + :d_received) * (10000 - floor_bp)
        RETURNING id, last_seq, received_fen, allocated_industry_fen, allocated_other_fen, floor_bp,
            previous_hash, last_hash
    ), debited AS (
        UPDATE account SET debited_fen = debited_fen + :amount, updated_at = :posted_at
        FROM posted
        WHERE account.county_code = :county_code AND account.id = :debit_account_id AND account.pool_id = posted.id
        RETURNING account.id
    ), credited AS (
        UPDATE account SET credited_fen = credited_fen + :amount, updated_at = :posted_at
        FROM posted
        WHERE account.county_code = :county_code AND account.id = :credit_account_id AND account.pool_id = posted.id
        RETURNING account.id
    )
    INSERT INTO transfer (
        county_code, id, region_code, pool_id, seq, kind, debit_account_id, credit_account_id, amount_fen,
        document_id, act_id, allocation_id, payment_id, reverses_id,
        received_after_fen, industry_after_fen, other_after_fen, floor_bp, posted_at, posted_by, posted_by_name,
        previous_hash, hash
    )
    SELECT
        :county_code, :transfer_id, :region_code, posted.id, posted.last_seq, :kind, debited.id, credited.id, :amount,
        :document_id, :act_id, :allocation_id, :payment_id, :reverses_id,
        posted.received_fen, posted.allocated_industry_fen, posted.allocated_other_fen, posted.floor_bp,
        :posted_at, :posted_by, :posted_by_name, posted.previous_hash, posted.last_hash
    FROM posted, debited, credited
    RETURNING seq
    """  # noqa: S608 - constants
).bindparams(
    *(bindparam(name, type_=BigInteger()) for name in ("d_received", "d_industry", "d_other", "amount", "bound")),
    *(bindparam(name, type_=Text()) for name in ("county_code", "region_code", "kind", "posted_by_name")),
    *(
        bindparam(name, type_=Uuid())
        for name in (
            "transfer_id",
            "pool_id",
            "debit_account_id",
            "credit_account_id",
            "posted_by",
            "document_id",
            "act_id",
            "allocation_id",
            "payment_id",
            "reverses_id",
        )
    ),
    bindparam("posted_at", type_=DateTime(timezone=True)),
)


async def post(session: AsyncSession, actor: Actor, posting: Posting) -> Posted:
    """Move the money and record it in the audit trail, in the caller's transaction.

    Raises:
        IndustryFloorBroken, PoolExhausted: with the exact amounts; nothing was changed.
        AmountTooLarge: the pool would hold more than ``MAX_FUND_FEN``.
        NotFound: the actor's scope does not contain the pool, which belongs to the county.
        LedgerBroken: the accounts are not the pool's own; cannot happen through the use cases.
    """
    transfer_id, moment = uuid7(), now()
    values = {
        "transfer_id": transfer_id,
        "posted_at": moment,
        "posted_by": actor.id,
        "posted_by_name": actor.name,
        "bound": MAX_FUND_FEN,
        "kind": posting.kind,
        "county_code": posting.county_code,
        "pool_id": posting.pool_id,
        "region_code": posting.region_code,
        "debit_account_id": posting.debit_account_id,
        "credit_account_id": posting.credit_account_id,
        "amount": posting.amount,
        "d_received": posting.effect.received,
        "d_industry": posting.effect.industry,
        "d_other": posting.effect.other,
        "document_id": posting.document_id,
        "act_id": posting.act_id,
        "allocation_id": posting.allocation_id,
        "payment_id": posting.payment_id,
        "reverses_id": posting.reverses_id,
    }
    seq = (await session.execute(_POST, values)).scalar_one_or_none()
    if seq is None:
        await _ensure_possible(session, posting)
        # Another act has made room between the statement and the lock; now nothing can come between.
        seq = (await session.execute(_POST, values)).scalar_one_or_none()
        if seq is None:
            raise LedgerBroken()
    await audit.record(
        session,
        actor,
        action=f"transfer.{posting.kind}",
        subject_type="transfer",
        subject_id=transfer_id,
        region_code=posting.region_code,
        detail={
            "pool_id": str(posting.pool_id),
            "seq": seq,
            "debit_account_id": str(posting.debit_account_id),
            "credit_account_id": str(posting.credit_account_id),
            "amount": format_yuan(posting.amount),
        },
    )
    return Posted(transfer_id, seq, moment)


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
