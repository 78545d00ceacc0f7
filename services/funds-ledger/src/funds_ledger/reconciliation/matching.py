"""Finding what belongs together, set by set in SQL: exact pairs, and candidates for a person (FND-13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.reconciliation.rules import Candidate
from funds_ledger.reconciliation.sets import FREE_ENTRIES, FREE_LINES, keyed, statement

_FREE = f"WITH lines AS ({keyed(FREE_LINES)}), entries AS ({keyed(FREE_ENTRIES)})"
_MOST_CANDIDATES = 100_000

_EXACT = statement(
    f"""
    {_FREE},
    ranked_lines AS (
        SELECT *, row_number() OVER (PARTITION BY direction, amount_fen, day, key ORDER BY id) AS place
        FROM lines WHERE key <> ''
    ), ranked_entries AS (
        SELECT *, row_number() OVER (PARTITION BY direction, amount_fen, day, key ORDER BY id) AS place
        FROM entries WHERE key <> ''
    )
    SELECT 'exact' AS how, ARRAY[l.id] AS lines, ARRAY[e.id] AS entries, l.amount_fen, l.direction, 0 AS gap
    FROM ranked_lines l JOIN ranked_entries e USING (direction, amount_fen, day, key, place)
    """  # noqa: S608 - constants
)

_PROPOSALS = statement(
    f"""
    {_FREE},
    pairs AS (
        SELECT CASE WHEN l.key = e.key AND l.key <> '' THEN 'reference' ELSE 'near' END AS how,
            ARRAY[l.id] AS lines, ARRAY[e.id] AS entries, l.amount_fen, l.direction, abs(l.day - e.day) AS gap
        FROM lines l JOIN entries e ON e.direction = l.direction AND e.amount_fen = l.amount_fen
        WHERE abs(l.day - e.day) <= :days OR (l.key = e.key AND l.key <> '')
    ), entry_groups AS (
        SELECT direction, min(day) AS first, max(day) AS last, sum(amount_fen) AS total, array_agg(id) AS ids
        FROM entries WHERE key <> '' GROUP BY direction, key HAVING count(*) BETWEEN 2 AND 500
        UNION ALL
        SELECT direction, day, day, sum(amount_fen), array_agg(id)
        FROM entries WHERE counterparty <> '' GROUP BY direction, day, counterparty HAVING count(*) BETWEEN 2 AND 500
        UNION ALL
        SELECT direction, day, day, sum(amount_fen), array_agg(id)
        FROM entries GROUP BY direction, day HAVING count(*) BETWEEN 2 AND 500
    ), line_groups AS (
        SELECT direction, min(day) AS first, max(day) AS last, sum(amount_fen) AS total, array_agg(id) AS ids
        FROM lines WHERE key <> '' GROUP BY direction, key HAVING count(*) BETWEEN 2 AND 500
        UNION ALL
        SELECT direction, day, day, sum(amount_fen), array_agg(id)
        FROM lines WHERE counterparty <> '' GROUP BY direction, day, counterparty HAVING count(*) BETWEEN 2 AND 500
    ), sums AS (
        SELECT 'sum' AS how, ARRAY[l.id] AS lines, g.ids AS entries, l.amount_fen, l.direction,
            greatest(abs(l.day - g.first), abs(l.day - g.last)) AS gap
        FROM lines l JOIN entry_groups g ON g.direction = l.direction AND g.total = l.amount_fen
        UNION ALL
        SELECT 'sum', g.ids, ARRAY[e.id], e.amount_fen, e.direction,
            greatest(abs(e.day - g.first), abs(e.day - g.last))
        FROM entries e JOIN line_groups g ON g.direction = e.direction AND g.total = e.amount_fen
    )
    SELECT * FROM (SELECT * FROM pairs UNION ALL SELECT * FROM sums WHERE gap <= :days) found
    ORDER BY array_position(ARRAY['reference', 'near', 'sum'], how), gap, lines, entries LIMIT {_MOST_CANDIDATES}
    """  # noqa: S608 - constants
)

_REFUSED = statement(
    """
    SELECT array_agg(coalesce(p.line_id, p.transfer_id)) AS named
    FROM reconciliation_match m JOIN reconciliation_part p ON p.county_code = :county AND p.match_id = m.id
    WHERE m.county_code = :county AND m.state = 'rejected' GROUP BY m.id
    """
)

_LAPSE = statement(
    """
    UPDATE reconciliation_match m SET state = 'lapsed'
    WHERE m.county_code = :county AND m.state = 'proposed' AND (NOT :only_taken OR EXISTS (
        SELECT 1 FROM reconciliation_part p
        JOIN reconciliation_part q ON q.county_code = :county AND q.active
            AND (q.line_id = p.line_id OR q.transfer_id = p.transfer_id)
        WHERE p.county_code = :county AND p.match_id = m.id
    ) OR EXISTS (
        SELECT 1 FROM reconciliation_part p
        WHERE p.county_code = :county AND p.match_id = m.id AND p.line_live IS FALSE
    ))
    """
)

_PICK = statement(
    f"""
    WITH lines AS ({FREE_LINES}), entries AS ({FREE_ENTRIES})
    SELECT
        (SELECT count(*) FROM lines l WHERE l.id = ANY(:line_ids)) AS lines,
        (SELECT count(*) FROM entries e WHERE e.id = ANY(:entry_ids)) AS entries,
        (SELECT coalesce(sum(CASE direction WHEN 'in' THEN amount_fen ELSE -amount_fen END), 0) FROM lines l
         WHERE l.id = ANY(:line_ids)) AS line_fen,
        (SELECT coalesce(sum(CASE direction WHEN 'in' THEN amount_fen ELSE -amount_fen END), 0) FROM entries e
         WHERE e.id = ANY(:entry_ids)) AS entry_fen,
        (SELECT coalesce(max(day) - min(day), 0) FROM (
            SELECT day FROM lines WHERE id = ANY(:line_ids) UNION ALL SELECT day FROM entries WHERE id = ANY(:entry_ids)
        ) days) AS gap
    """  # noqa: S608 - constants
)

_ADD_MATCHES = statement(
    """
    INSERT INTO reconciliation_match (county_code, id, month_id, closed_at, how, state, active, direction, amount_fen,
        gap_days, note, created_at, decided_by, decided_by_name, decided_at)
    SELECT :county, given.id, :month_id, :closed_at, given.how, :state, :state = 'matched', given.direction,
        given.amount, given.gap, :note, :at, :by, :by_name, CASE WHEN :by IS NULL THEN NULL ELSE :at END
    FROM unnest(:ids, :hows, :directions, CAST(:amounts AS bigint[]), CAST(:gaps AS int[]))
        AS given (id, how, direction, amount, gap)
    """
)

_ADD_PARTS = statement(
    """
    INSERT INTO reconciliation_part (county_code, id, match_id, active, line_id, line_live, transfer_id)
    SELECT :county, given.id, given.match_id, :active, given.line_id,
        CASE WHEN given.line_id IS NULL THEN NULL ELSE true END, given.transfer_id
    FROM unnest(:ids, :match_ids, :line_ids, :entry_ids) AS given (id, match_id, line_id, transfer_id)
    """
)


def bounds(county_code: str, month: date, since: datetime, until: datetime) -> dict[str, Any]:
    """What every statement of ``sets`` binds."""
    return {"county": county_code, "month": month, "since": since, "until": until}


async def exact(session: AsyncSession, bound: dict[str, Any]) -> list[Candidate]:
    """Pairs of equal amount, date and reference; of several equal ones each is used once."""
    return _candidates((await session.execute(_EXACT, bound)).all())


async def candidates(session: AsyncSession, bound: dict[str, Any], days: int) -> list[Candidate]:
    """What may belong together, the best first; several may name the same line."""
    return _candidates((await session.execute(_PROPOSALS, bound | {"days": days})).all())


def _candidates(rows: Iterable[Any]) -> list[Candidate]:
    return [
        Candidate(row.how, tuple(row.lines), tuple(row.entries), row.amount_fen, row.direction, row.gap) for row in rows
    ]


async def refused(session: AsyncSession, county_code: str) -> set[frozenset[UUID]]:
    rows = await session.execute(_REFUSED, {"county": county_code})
    return {frozenset(row.named) for row in rows}


async def lapse(session: AsyncSession, county_code: str, *, only_taken: bool) -> None:
    """Proposals that name what has been matched otherwise, or all of them before new ones are made."""
    await session.execute(_LAPSE, {"county": county_code, "only_taken": only_taken})


async def picked(
    session: AsyncSession, bound: dict[str, Any], line_ids: Sequence[UUID], entry_ids: Sequence[UUID]
) -> Any:
    """How many of these are free, and their totals: income positive, in fen."""
    return (await session.execute(_PICK, bound | {"line_ids": line_ids, "entry_ids": entry_ids})).one()


async def add(
    session: AsyncSession, common: dict[str, Any], found: Sequence[tuple[UUID, Candidate]], part_ids: Iterable[UUID]
) -> None:
    """Write matches with their parts.

    Args:
        common: county, month_id, closed_at, state, note, at, by, by_name.
        part_ids: at least as many as there are parts.
    """
    if not found:
        return
    values = {
        "ids": [match_id for match_id, _ in found],
        "hows": [one.how for _, one in found],
        "directions": [one.direction for _, one in found],
        "amounts": [one.amount for _, one in found],
        "gaps": [one.gap for _, one in found],
    }
    await session.execute(_ADD_MATCHES, common | values)
    parts: list[tuple[UUID, UUID | None, UUID | None]] = []
    parts += [(match_id, line, None) for match_id, one in found for line in one.lines]
    parts += [(match_id, None, entry) for match_id, one in found for entry in one.entries]
    ids = iter(part_ids)
    await session.execute(
        _ADD_PARTS,
        {
            "county": common["county"],
            "active": common["state"] == "matched",
            "ids": [next(ids) for _ in parts],
            "match_ids": [part[0] for part in parts],
            "line_ids": [part[1] for part in parts],
            "entry_ids": [part[2] for part in parts],
        },
    )
