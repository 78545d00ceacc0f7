"""The pieces of SQL that every statement which moves money is put together from. No I/O.

A posting is one WITH clause: ``posted`` changes the pool when the limits hold and numbers and hashes the transfer,
``debited`` and ``credited`` change the accounts, ``moved`` writes the transfer, ``audited`` the audit entry. Each part
takes its row from the one before, so when the first finds nothing to do, none does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service_kit import audit
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
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
    "integer": Integer(),
    "boolean": Boolean(),
    "date": Date(),
    "bytea": LargeBinary(),
    "jsonb": JSONB(),
}


def typed(sql: str, types: Mapping[str, str] = TYPES) -> TextClause:
    """``sql`` for a session, its arguments typed."""
    clause = text(sql)
    return clause.bindparams(*(bindparam(name, type_=_SQLALCHEMY[types[name]]) for name in clause._bindparams))


def move_pool(source: str = "", *, debit: str = ":debit_account_id", credit: str = ":credit_account_id") -> str:
    """The UPDATE of ``posted``: takes the pool's row lock and decides by the newest committed state.

    Within SET and WHERE the columns are those of the row that the statement has locked. With ``source``, an earlier
    part of the clause, its columns are returned as well.

    Args:
        debit, credit: expressions for the ids of the accounts.
    """
    after = {
        "received_after_fen": "received_fen + :d_received",
        "industry_after_fen": "allocated_industry_fen + :d_industry",
        "other_after_fen": "allocated_other_fen + :d_other",
    }
    given = ("county_code", "pool_id", "kind", "region_code", "posted_at", "posted_by", "posted_by_name")
    links = ("document_id", "act_id", "allocation_id", "payment_id", "reverses_id")
    hashed = hash_sql(
        "last_hash",
        {name: f":{name}" for name in (*given, *links)}
        | {"id": ":transfer_id", "seq": "last_seq + 1", "amount_fen": ":amount"}
        | {"debit_account_id": debit, "credit_account_id": credit}
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
        {f"FROM {source}" if source else ""}
        WHERE pool.county_code = :county_code AND pool.id = :pool_id
            AND received_fen + :d_received BETWEEN 0 AND {MAX_FUND_FEN}
            AND allocated_industry_fen + :d_industry >= 0
            AND allocated_other_fen + :d_other >= 0
            AND allocated_industry_fen + allocated_other_fen + :d_industry + :d_other <= received_fen + :d_received
            AND (allocated_other_fen + :d_other) * 10000 <= (received_fen + :d_received) * (10000 - floor_bp)
        RETURNING pool.id AS pool_id, last_seq, received_fen, allocated_industry_fen, allocated_other_fen, floor_bp,
            previous_hash, last_hash {f", {source}.*" if source else ""}"""  # noqa: S608 - constants


CREDIT = """
        UPDATE account SET credited_fen = credited_fen + :amount, updated_at = :posted_at
        FROM posted
        WHERE account.county_code = :county_code AND account.id = {credit} AND account.pool_id = posted.pool_id
        RETURNING account.id"""
"""The UPDATE of ``credited``."""

DEBIT = """
        UPDATE account SET debited_fen = debited_fen + :amount, updated_at = :posted_at
        FROM posted
        WHERE account.county_code = :county_code AND account.id = :debit_account_id AND account.pool_id = posted.pool_id
        RETURNING account.id"""
"""The UPDATE of ``debited``."""

WRITE_TRANSFER = """
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
"""The INSERT of ``moved``."""

AUDIT = audit.entry_sql(
    "moved",
    "jsonb_build_object('pool_id', CAST(pool_id AS text), 'seq', seq,"
    " 'debit_account_id', CAST(debit_account_id AS text), 'credit_account_id', CAST(credit_account_id AS text),"
    " 'amount', :amount_yuan)",
)

POST = f"""
    WITH posted AS ({move_pool()}
    ), debited AS ({DEBIT}
    ), credited AS ({CREDIT.format(credit=":credit_account_id")}
    ), moved AS ({WRITE_TRANSFER}
    ), {AUDIT}
    SELECT seq FROM moved"""  # noqa: S608 - constants
"""A posting between two accounts that are there."""
