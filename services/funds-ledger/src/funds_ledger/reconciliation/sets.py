"""The sets that reconciliation works on, as SQL: cash entries of the ledger, live statement lines, and what is free.

Every statement binds ``county``, ``month`` (its first day), ``since`` and ``until`` (instants: the beginning of the
first month that the county reconciled, the end of this one). An entry belongs to the month in which it was booked,
which never changes; its ``day`` is when the money came or went, which the statement is compared with.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Integer, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from funds_ledger.reconciliation.rules import CASH
from funds_ledger.terms import sql_list

_TYPES: dict[str, Any] = {
    "county": Text(),
    "month": Date(),
    **dict.fromkeys(("since", "until", "begins", "at", "closed_at"), DateTime(timezone=True)),
    **dict.fromkeys(("days", "limit"), Integer()),
    **dict.fromkeys(("month_id", "by", "after_id"), Uuid()),
    **dict.fromkeys(("state", "how", "note", "by_name"), Text()),
    **dict.fromkeys(("ids", "match_ids", "line_ids", "entry_ids"), ARRAY(Uuid())),
    **dict.fromkeys(("hows", "directions"), ARRAY(Text())),
    "after_day": Date(),
    "after": Uuid(),
    "only_taken": Boolean(),
}
_IN = sql_list(tuple(kind for kind, direction in CASH.items() if direction == "in"))

ENTRIES = f"""
    SELECT t.id, t.kind, t.amount_fen, CASE WHEN t.kind IN ({_IN}) THEN 'in' ELSE 'out' END AS direction,
        CASE WHEN t.kind = 'receipt' THEN d.received_on WHEN t.act_id IS NOT NULL THEN a.issued_on
             ELSE (t.posted_at AT TIME ZONE 'Asia/Shanghai')::date END AS day,
        coalesce(CASE WHEN t.kind = 'receipt' THEN d.number WHEN t.act_id IS NOT NULL THEN a.number
                      ELSE p.evidence_number END, '') AS reference,
        coalesce(p.payee, '') AS counterparty, coalesce(l.title, d.title, '') AS title,
        t.posted_at, t.payment_id, CASE WHEN t.payment_id IS NULL THEN t.document_id END AS document_id
    FROM transfer t
    LEFT JOIN fund_document d ON d.county_code = t.county_code AND d.id = t.document_id
    LEFT JOIN document_act a ON a.county_code = t.county_code AND a.id = t.act_id
    LEFT JOIN payment p ON p.county_code = t.county_code AND p.id = t.payment_id
    LEFT JOIN allocation l ON l.county_code = t.county_code AND l.id = t.allocation_id
    WHERE t.county_code = :county AND t.kind IN ({sql_list(tuple(CASH))})
        AND t.posted_at >= :since AND t.posted_at < :until
"""  # noqa: S608 - constants

LINES = """
    SELECT l.id, l.statement_id, s.channel, s.account_name, l.row_number, l.day, l.direction, l.amount_fen,
        l.reference, l.counterparty, l.summary
    FROM reconciliation_line l
    JOIN reconciliation_statement s ON s.county_code = :county AND s.id = l.statement_id
    JOIN reconciliation_month m ON m.county_code = :county AND m.id = s.month_id
    WHERE l.county_code = :county AND l.live AND m.month <= :month
"""

_TAKEN = """
    EXISTS (
        SELECT 1 FROM reconciliation_part x
        JOIN reconciliation_match y ON y.county_code = :county AND y.id = x.match_id
        JOIN reconciliation_month z ON z.county_code = :county AND z.id = y.month_id
        WHERE x.county_code = :county AND x.active AND z.month <= {until} AND x.{column} = {row}.id
    )
"""
MATCHED_ENTRY = _TAKEN.format(column="transfer_id", row="e", until=":month")
MATCHED_LINE = _TAKEN.format(column="line_id", row="l", until=":month")
"""Matched in this month or an earlier one: what a later month did does not change how this one stood."""

_EVER = "'9999-01-01'"
FREE_ENTRIES = f"SELECT e.* FROM ({ENTRIES}) e WHERE NOT {_TAKEN.format(column='transfer_id', row='e', until=_EVER)}"  # noqa: S608
FREE_LINES = f"SELECT l.* FROM ({LINES}) l WHERE NOT {_TAKEN.format(column='line_id', row='l', until=_EVER)}"  # noqa: S608

_KEY = "regexp_replace(upper(normalize({column}, NFKC)), '[^0-9A-Z一-龥]', '', 'g')"
"""What is left of a reference when brackets, blanks and the width of letters do not matter."""


def keyed(query: str) -> str:
    """Rows with their reference as a ``key``."""
    return f"SELECT f.*, {_KEY.format(column='f.reference')} AS key FROM ({query}) f"  # noqa: S608 - constants


def statement(sql: str) -> TextClause:
    """A statement whose parameters have the types that they have everywhere in this room."""
    names = set(re.findall(r"(?<!:):([a-z_]+)", sql)) & set(_TYPES)
    return text(sql).bindparams(*(bindparam(name, type_=_TYPES[name]) for name in sorted(names)))
