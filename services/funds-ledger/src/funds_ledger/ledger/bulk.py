"""Posting many allocations at once: all transfers, both sides and the chain in one statement, or nothing.

A single posting learns what it follows from the row that its statement locks. Many at once need the sums and hashes
between their lines too, so here the pool is locked first, by a statement of its own: the next one then sees the newest
committed pool, and everything can be worked out before it is written. The posting repeats the place that it follows in
its WHERE clause, and the CHECKs on every transfer repeat limits and hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy import BigInteger, DateTime, LargeBinary, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import LedgerBroken
from funds_ledger.ledger.chain import link
from funds_ledger.ledger.rules import effect_of_allocation
from funds_ledger.pools.models import Pool
from funds_ledger.terms import Purpose


@dataclass(frozen=True, slots=True)
class Line:
    """One allocation that has its row already; ``account_id`` is what the region holds for the purpose."""

    allocation_id: UUID
    region_code: str
    purpose: Purpose
    amount: int
    account_id: UUID
    document_id: UUID | None


_POST_LINES = text(
    """
    WITH posted AS (
        UPDATE pool SET
            allocated_industry_fen = allocated_industry_fen + :d_industry,
            allocated_other_fen = allocated_other_fen + :d_other,
            last_seq = last_seq + :lines,
            previous_hash = :previous_hash,
            last_hash = :last_hash,
            version = version + 1,
            updated_at = :posted_at
        WHERE county_code = :county_code AND id = :pool_id AND last_seq = :seq AND last_hash = :head
        RETURNING id, received_fen, floor_bp
    ), line AS (
        SELECT * FROM unnest(
            CAST(:ids AS uuid[]), CAST(:seqs AS bigint[]), CAST(:regions AS text[]), CAST(:accounts AS uuid[]),
            CAST(:amounts AS bigint[]), CAST(:documents AS uuid[]), CAST(:allocations AS uuid[]),
            CAST(:industry AS bigint[]), CAST(:other AS bigint[]), CAST(:previous AS bytea[]), CAST(:hashes AS bytea[])
        ) AS l(id, seq, region_code, account_id, amount_fen, document_id, allocation_id,
               industry_after_fen, other_after_fen, previous_hash, hash)
    ), debited AS (
        UPDATE account SET debited_fen = debited_fen + moved.fen, updated_at = :posted_at
        FROM posted, (SELECT account_id, CAST(sum(amount_fen) AS bigint) AS fen FROM line GROUP BY account_id) moved
        WHERE account.county_code = :county_code AND account.id = moved.account_id AND account.pool_id = posted.id
        RETURNING account.id
    ), credited AS (
        UPDATE account SET credited_fen = credited_fen + :total, updated_at = :posted_at
        FROM posted
        WHERE account.county_code = :county_code AND account.id = :available_id AND account.pool_id = posted.id
        RETURNING account.id
    )
    INSERT INTO transfer (
        county_code, id, region_code, pool_id, seq, kind, debit_account_id, credit_account_id, amount_fen,
        document_id, allocation_id, received_after_fen, industry_after_fen, other_after_fen, floor_bp,
        posted_at, posted_by, posted_by_name, previous_hash, hash
    )
    SELECT
        :county_code, line.id, line.region_code, posted.id, line.seq, 'allocation', debited.id, credited.id,
        line.amount_fen, line.document_id, line.allocation_id, posted.received_fen, line.industry_after_fen,
        line.other_after_fen, posted.floor_bp, :posted_at, :posted_by, :posted_by_name, line.previous_hash, line.hash
    FROM posted, credited, line JOIN debited ON debited.id = line.account_id
    RETURNING seq
    """
).bindparams(
    *(bindparam(name, type_=BigInteger()) for name in ("d_industry", "d_other", "lines", "seq", "total")),
    *(bindparam(name, type_=LargeBinary()) for name in ("previous_hash", "last_hash", "head")),
    *(bindparam(name, type_=Text()) for name in ("county_code", "posted_by_name")),
    *(bindparam(name, type_=Uuid()) for name in ("pool_id", "available_id", "posted_by")),
    bindparam("posted_at", type_=DateTime(timezone=True)),
)


async def post_lines(
    session: AsyncSession, actor: Actor, pool: Pool, available_id: UUID, batch_id: UUID, lines: Sequence[Line]
) -> tuple[int, int]:
    """Post allocations that fit, in their order; returns the first and last ``seq``. One entry in the audit trail.

    Args:
        pool: locked by the caller, who has made sure that the lines fit.

    Raises:
        LedgerBroken: an account is not the pool's own; cannot happen through the use cases.
    """
    rows = _chained(actor, pool, available_id, lines)
    last = rows[-1]
    hashes = [pool.last_hash, *(row["hash"] for row in rows)]
    values: dict[str, Any] = {
        "county_code": pool.county_code,
        "pool_id": pool.id,
        "available_id": available_id,
        "seq": pool.last_seq,
        "lines": len(rows),
        "head": pool.last_hash,
        "previous_hash": hashes[-2],
        "last_hash": hashes[-1],
        "d_industry": last["industry_after_fen"] - pool.allocated_industry_fen,
        "d_other": last["other_after_fen"] - pool.allocated_other_fen,
        "total": sum(line.amount for line in lines),
        "posted_at": last["posted_at"],
        "posted_by": actor.id,
        "posted_by_name": actor.name,
    }
    columns = {
        "ids": "id",
        "seqs": "seq",
        "regions": "region_code",
        "accounts": "debit_account_id",
        "amounts": "amount_fen",
        "documents": "document_id",
        "allocations": "allocation_id",
        "industry": "industry_after_fen",
        "other": "other_after_fen",
        "hashes": "hash",
    }
    arrays = {name: [row[column] for row in rows] for name, column in columns.items()}
    arrays["previous"] = [before for before, _ in pairwise(hashes)]
    posted = (await session.execute(_POST_LINES, values | arrays)).all()
    if len(posted) != len(rows):
        raise LedgerBroken()
    await audit.record(
        session,
        actor,
        action="transfer.allocations",
        subject_type="allocation_batch",
        subject_id=batch_id,
        region_code=pool.county_code,
        detail={
            "pool_id": str(pool.id),
            "first_seq": rows[0]["seq"],
            "last_seq": last["seq"],
            "amount": format_yuan(values["total"]),
        },
    )
    return rows[0]["seq"], last["seq"]


def _chained(actor: Actor, pool: Pool, available_id: UUID, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The transfers as they will stand, each with the pool after it and its place in the chain."""
    moment, head = now(), pool.last_hash
    industry, other = pool.allocated_industry_fen, pool.allocated_other_fen
    rows = []
    for seq, line in enumerate(lines, pool.last_seq + 1):
        effect = effect_of_allocation(line.purpose, line.amount)
        industry, other = industry + effect.industry, other + effect.other
        row = {
            "county_code": pool.county_code,
            "pool_id": pool.id,
            "seq": seq,
            "id": uuid7(),
            "kind": "allocation",
            "region_code": line.region_code,
            "debit_account_id": line.account_id,
            "credit_account_id": available_id,
            "amount_fen": line.amount,
            "document_id": line.document_id,
            "act_id": None,
            "allocation_id": line.allocation_id,
            "payment_id": None,
            "reverses_id": None,
            "received_after_fen": pool.received_fen,
            "industry_after_fen": industry,
            "other_after_fen": other,
            "floor_bp": pool.floor_bp,
            "posted_at": moment,
            "posted_by": actor.id,
            "posted_by_name": actor.name,
        }
        head = link(head, row)
        rows.append(row | {"hash": head})
    return rows
