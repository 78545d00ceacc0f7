"""Read-only SQL: the figures of a month, its matches with what they name, its differences, and the hash of it all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.reconciliation.rules import Side
from funds_ledger.reconciliation.sets import ENTRIES, LINES, MATCHED_ENTRY, MATCHED_LINE, statement

_SETS = f"""
    WITH entries AS MATERIALIZED (SELECT e.*, {MATCHED_ENTRY} AS taken FROM ({ENTRIES}) e),
    lines AS MATERIALIZED (SELECT l.*, {MATCHED_LINE} AS taken FROM ({LINES}) l)
"""  # noqa: S608 - constants


def _totals(of: str, where: str) -> str:
    return f"""(SELECT jsonb_build_object(
        'in_count', count(*) FILTER (WHERE direction = 'in'),
        'in_fen', coalesce(sum(amount_fen) FILTER (WHERE direction = 'in'), 0),
        'out_count', count(*) FILTER (WHERE direction = 'out'),
        'out_fen', coalesce(sum(amount_fen) FILTER (WHERE direction = 'out'), 0)) FROM {of} WHERE {where})"""  # noqa: S608


_SUMMARY = statement(
    f"""
    {_SETS}
    SELECT jsonb_build_object(
        'ledger', {_totals("entries", "posted_at >= :begins")},
        'statement', {_totals("lines", "day >= :month")},
        'ledger_carried', {_totals("entries", "posted_at < :begins AND NOT taken")},
        'statement_carried', {_totals("lines", "day < :month AND NOT taken")},
        'ledger_only', {_totals("entries", "NOT taken")},
        'statement_only', {_totals("lines", "NOT taken")},
        'matched', (SELECT coalesce(jsonb_object_agg(how, n), '{{}}') FROM (
            SELECT how, count(*) AS n FROM reconciliation_match
            WHERE county_code = :county AND month_id = :month_id AND state = 'matched' GROUP BY how) h),
        'proposed', (SELECT count(*) FROM reconciliation_match
            WHERE county_code = :county AND month_id = :month_id AND state = 'proposed'),
        'statements', (SELECT count(*) FROM reconciliation_statement
            WHERE county_code = :county AND month_id = :month_id AND live)
    ) AS summary
    """  # noqa: S608 - constants
)

_DIGEST = statement(
    f"""
    {_SETS},
    said AS (
        SELECT concat_ws('|', 'e', id, kind, amount_fen, day, taken) AS line FROM entries
        UNION ALL
        SELECT concat_ws('|', 'l', id, day, direction, amount_fen, reference, counterparty, summary, taken) FROM lines
        UNION ALL
        SELECT concat_ws('|', 'm', m.id, m.how, m.amount_fen, p.line_id, p.transfer_id)
        FROM reconciliation_match m
        JOIN reconciliation_part p ON p.county_code = :county AND p.match_id = m.id
        WHERE m.county_code = :county AND m.month_id = :month_id AND m.state = 'matched'
    )
    SELECT sha256(convert_to(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), ''), 'UTF8')) FROM said
    """  # noqa: S608 - constants
)

_LEDGER_ONLY = f"""
    SELECT e.id, e.day, e.direction, e.amount_fen AS amount, e.reference, e.counterparty, e.title, e.kind,
        NULL::text AS channel, NULL::text AS account_name, NULL::int AS row_number, e.payment_id, e.document_id
    FROM ({ENTRIES}) e WHERE NOT {MATCHED_ENTRY}
"""  # noqa: S608 - constants
_STATEMENT_ONLY = f"""
    SELECT l.id, l.day, l.direction, l.amount_fen AS amount, l.reference, l.counterparty, l.summary AS title,
        NULL::text AS kind, l.channel, l.account_name, l.row_number, NULL::uuid AS payment_id, NULL::uuid AS document_id
    FROM ({LINES}) l WHERE NOT {MATCHED_LINE}
"""  # noqa: S608 - constants


def _difference_page(query: str) -> Any:
    return statement(
        f"""
        SELECT * FROM ({query}) found
        WHERE CAST(:after_day AS date) IS NULL OR (day, id) > (CAST(:after_day AS date), CAST(:after_id AS uuid))
        ORDER BY day, id LIMIT :limit
        """  # noqa: S608 - constants
    )


_DIFFERENCES = {"ledger": _difference_page(_LEDGER_ONLY), "statement": _difference_page(_STATEMENT_ONLY)}

_MATCHES = statement(
    f"""
    WITH chosen AS (
        SELECT * FROM reconciliation_match
        WHERE county_code = :county AND month_id = :month_id AND state = :state
            AND (CAST(:how AS text) IS NULL OR how = CAST(:how AS text))
            AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
        ORDER BY id LIMIT :limit
    ), named AS (
        SELECT p.match_id, p.line_id, p.transfer_id FROM reconciliation_part p
        WHERE p.county_code = :county AND p.match_id IN (SELECT id FROM chosen)
    ), all_lines AS (
        SELECT l.id, s.channel, s.account_name, l.row_number, l.day, l.direction, l.amount_fen, l.reference,
            l.counterparty, l.summary AS title
        FROM reconciliation_line l
        JOIN reconciliation_statement s ON s.county_code = :county AND s.id = l.statement_id
        WHERE l.county_code = :county AND l.id IN (SELECT line_id FROM named)
    ), all_entries AS (SELECT * FROM ({ENTRIES} AND t.id IN (SELECT transfer_id FROM named)) e)
    SELECT c.id, c.how, c.state, c.direction, c.amount_fen AS amount, c.gap_days, c.note, c.decided_by_name,
        c.decided_at, c.undone_by_name, c.undone_at, c.undo_reason,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'day', l.day, 'direction', l.direction,
            'amount', l.amount_fen, 'reference', l.reference, 'counterparty', l.counterparty, 'title', l.title,
            'channel', l.channel, 'account_name', l.account_name, 'row_number', l.row_number) ORDER BY l.day, l.id),
            '[]') FROM named n JOIN all_lines l ON l.id = n.line_id WHERE n.match_id = c.id) AS lines,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'day', e.day, 'direction', e.direction,
            'amount', e.amount_fen, 'reference', e.reference, 'counterparty', e.counterparty, 'title', e.title,
            'kind', e.kind, 'payment_id', e.payment_id, 'document_id', e.document_id) ORDER BY e.day, e.id), '[]')
            FROM named n JOIN all_entries e ON e.id = n.transfer_id WHERE n.match_id = c.id) AS entries
    FROM chosen c ORDER BY c.id
    """  # noqa: S608 - constants
)


async def summary(session: AsyncSession, bound: dict[str, Any], month_id: UUID, begins: Any) -> dict[str, Any]:
    """Figures of a month; amounts in fen. ``begins`` is its first instant."""
    values = bound | {"month_id": month_id, "begins": begins}
    found: dict[str, Any] = (await session.execute(_SUMMARY, values)).scalar_one()
    return found


async def digest(session: AsyncSession, bound: dict[str, Any], month_id: UUID) -> bytes:
    """SHA-256 over everything that a closed month stands for; it never changes again."""
    found: bytes = (await session.execute(_DIGEST, bound | {"month_id": month_id})).scalar_one()
    return found


async def differences(
    session: AsyncSession, bound: dict[str, Any], side: Side, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Any]:
    values = {"after_day": after[0] if after else None, "after_id": after[1] if after else None, "limit": limit}
    rows: Sequence[Any] = (await session.execute(_DIFFERENCES[side], bound | values)).all()
    return rows


async def matches(
    session: AsyncSession,
    bound: dict[str, Any],
    month_id: UUID,
    *,
    state: str,
    how: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Any]:
    values = {"month_id": month_id, "state": state, "how": how, "after": after, "limit": limit}
    rows: Sequence[Any] = (await session.execute(_MATCHES, bound | values)).all()
    return rows
