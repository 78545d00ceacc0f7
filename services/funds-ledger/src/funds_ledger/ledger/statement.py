"""The statement of a posting between two accounts. No I/O.

It is one WITH clause: ``posted`` changes the pool when the limits hold and numbers and hashes the transfer,
``debited`` and ``credited`` change the accounts, ``moved`` writes the transfer, ``audited`` the audit entry. Each part
takes its row from the one before, so when the first finds nothing to do, none does anything.
"""

from __future__ import annotations

from typing import Any

from service_kit import audit
from sqlalchemy import BigInteger, DateTime, Text, Uuid, bindparam, text
from sqlalchemy.sql.elements import TextClause

from funds_ledger.ledger.chain import hash_sql
from funds_ledger.terms import MAX_FUND_FEN

TYPES = {
    "transfer_id": "uuid",
    "posted_at": "timestamptz",
    "posted_by": "uuid",
    "posted_by_name": "text",
    "kind": "text",
    "county_code": "text",
    "pool_id": "uuid",
    "region_code": "text",
    "debit_account_id": "uuid",
    "credit_account_id": "uuid",
    "amount": "bigint",
    "amount_yuan": "text",
    "d_received": "bigint",
    "d_industry": "bigint",
    "d_other": "bigint",
    "document_id": "uuid",
    "act_id": "uuid",
    "allocation_id": "uuid",
    "payment_id": "uuid",
    "reverses_id": "uuid",
} | audit.ENTRY_TYPES
"""SQL types of the arguments of a posting."""

_SQLALCHEMY: dict[str, Any] = {
    "uuid": Uuid(),
    "timestamptz": DateTime(timezone=True),
    "text": Text(),
    "bigint": BigInteger(),
}


def typed(sql: str) -> TextClause:
    """``sql`` for a session, its arguments typed."""
    return text(sql).bindparams(*(bindparam(name, type_=_SQLALCHEMY[word]) for name, word in TYPES.items()))


def _move_pool() -> str:
    """The UPDATE of ``posted``: takes the pool's row lock and decides by the newest committed state.

    Within SET and WHERE the columns are those of the row that the statement has locked.
    """
    after = {
        "received_after_fen": "received_fen + :d_received",
        "industry_after_fen": "allocated_industry_fen + :d_industry",
        "other_after_fen": "allocated_other_fen + :d_other",
    }
    given = (
        *("county_code", "pool_id", "kind", "region_code", "debit_account_id", "credit_account_id"),
        *("document_id", "act_id", "allocation_id", "payment_id", "reverses_id"),
        *("posted_at", "posted_by", "posted_by_name"),
    )
    hashed = hash_sql(
        "last_hash",
        {name: f":{name}" for name in given}
        | {"id": ":transfer_id", "seq": "last_seq + 1", "amount_fen": ":amount"}
        | after,
    )
    return f"""
        UPDATE pool SET
            received_fen = received_fen + :d_received,
            allocated_industry_fen = allocated_industry_fen + :d_industry,
            allocated_other_fen = allocated_other_fen + :d_other,
            last_seq = last_seq + 1,
            previous_hash = last_hash,
            last_hash = {hashed},
            version = version + 1,
            updated_at = :posted_at
        WHERE pool.county_code = :county_code AND pool.id = :pool_id
            AND received_fen + :d_received BETWEEN 0 AND {MAX_FUND_FEN}
            AND allocated_industry_fen + :d_industry >= 0
            AND allocated_other_fen + :d_other >= 0
            AND allocated_industry_fen + allocated_other_fen + :d_industry + :d_other <= received_fen + :d_received
            AND (allocated_other_fen + :d_other) * 10000 <= (received_fen + :d_received) * (10000 - floor_bp)
        RETURNING pool.id AS pool_id, last_seq, received_fen, allocated_industry_fen, allocated_other_fen, floor_bp,
            previous_hash, last_hash"""  # noqa: S608 - constants


_WRITE_TRANSFER = """
        INSERT INTO transfer (
            county_code, id, region_code, pool_id, seq, kind, debit_account_id, credit_account_id, amount_fen,
            document_id, act_id, allocation_id, payment_id, reverses_id,
            received_after_fen, industry_after_fen, other_after_fen, floor_bp, posted_at, posted_by, posted_by_name,
            previous_hash, hash
        )
        SELECT
            :county_code, :transfer_id, :region_code, posted.pool_id, posted.last_seq, :kind, debited.id, credited.id,
            :amount, :document_id, :act_id, :allocation_id, :payment_id, :reverses_id,
            posted.received_fen, posted.allocated_industry_fen, posted.allocated_other_fen, posted.floor_bp,
            :posted_at, :posted_by, :posted_by_name, posted.previous_hash, posted.last_hash
        FROM posted, debited, credited
        RETURNING seq, pool_id, debit_account_id, credit_account_id"""
_AUDIT = audit.entry_sql(
    "moved",
    "jsonb_build_object('pool_id', CAST(pool_id AS text), 'seq', seq,"
    " 'debit_account_id', CAST(debit_account_id AS text), 'credit_account_id', CAST(credit_account_id AS text),"
    " 'amount', :amount_yuan)",
)

_SIDE = """
        UPDATE account SET {total} = {total} + :amount, updated_at = :posted_at
        FROM posted
        WHERE account.county_code = :county_code AND account.id = {id} AND account.pool_id = posted.pool_id
        RETURNING account.id"""

POST = f"""
    WITH posted AS ({_move_pool()}
    ), debited AS ({_SIDE.format(total="debited_fen", id=":debit_account_id")}
    ), credited AS ({_SIDE.format(total="credited_fen", id=":credit_account_id")}
    ), moved AS ({_WRITE_TRANSFER}
    ), {_AUDIT}
    SELECT seq FROM moved"""  # noqa: S608 - constants
