"""Proof that the ledger agrees with itself, from the rows alone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_POOL_DIFFERENCES = text(
    """
    WITH moved AS (
        SELECT t.seq, a.purpose,
               CASE t.kind WHEN 'reversal' THEN o.kind ELSE t.kind END AS kind,
               CASE WHEN t.kind IN ('reversal', 'cut', 'return') THEN -t.amount_fen ELSE t.amount_fen END
                   AS signed_fen,
               t.received_after_fen, t.industry_after_fen, t.other_after_fen
        FROM transfer t
        LEFT JOIN transfer o ON o.county_code = t.county_code AND o.id = t.reverses_id
        LEFT JOIN allocation a ON a.county_code = t.county_code AND a.id = t.allocation_id
        WHERE t.county_code = :county_code AND t.pool_id = :pool_id
    ), replayed AS (
        SELECT seq, received_after_fen, industry_after_fen, other_after_fen,
               row_number() OVER history AS place,
               sum(CASE WHEN kind IN ('receipt', 'supplement', 'cut', 'return') THEN signed_fen ELSE 0 END)
                   OVER history AS received,
               sum(CASE WHEN kind = 'allocation' AND purpose = 'industry' THEN signed_fen ELSE 0 END)
                   OVER history AS industry,
               sum(CASE WHEN kind = 'allocation' AND purpose <> 'industry' THEN signed_fen ELSE 0 END)
                   OVER history AS other
        FROM moved WINDOW history AS (ORDER BY seq)
    ), final AS (
        SELECT coalesce(max(seq), 0) AS seq, coalesce(max(place), 0) AS count,
               coalesce((array_agg(received ORDER BY seq DESC))[1], 0) AS received,
               coalesce((array_agg(industry ORDER BY seq DESC))[1], 0) AS industry,
               coalesce((array_agg(other ORDER BY seq DESC))[1], 0) AS other
        FROM replayed
    ), held AS (
        SELECT a.id, a.debited_fen, a.credited_fen,
               coalesce(sum(t.amount_fen) FILTER (WHERE t.debit_account_id = a.id), 0) AS debited,
               coalesce(sum(t.amount_fen) FILTER (WHERE t.credit_account_id = a.id), 0) AS credited
        FROM account a
        LEFT JOIN transfer t ON t.county_code = a.county_code AND t.pool_id = a.pool_id
            AND (t.debit_account_id = a.id OR t.credit_account_id = a.id)
        WHERE a.county_code = :county_code AND a.pool_id = :pool_id
        GROUP BY a.county_code, a.id, a.debited_fen, a.credited_fen
    ), in_effect AS (
        SELECT coalesce(sum(amount_fen), 0) AS allocated, coalesce(sum(paid_fen), 0) AS paid FROM allocation
        WHERE county_code = :county_code AND pool_id = :pool_id AND status = 'allocated'
    ), documents AS (
        SELECT coalesce(sum(amount_fen + adjusted_fen), 0) AS received FROM fund_document
        WHERE county_code = :county_code AND pool_id = :pool_id
    ), drawn AS (
        SELECT d.id, d.allocated_fen, d.adjusted_fen,
               (SELECT coalesce(sum(a.amount_fen), 0) FROM allocation a
                WHERE a.county_code = d.county_code AND a.document_id = d.id AND a.status = 'allocated') AS allocated,
               (SELECT coalesce(sum(CASE t.kind WHEN 'supplement' THEN t.amount_fen ELSE -t.amount_fen END), 0)
                FROM transfer t WHERE t.county_code = d.county_code AND t.document_id = d.id
                    AND t.act_id IS NOT NULL) AS adjusted
        FROM fund_document d WHERE d.county_code = :county_code AND d.pool_id = :pool_id
    ), spent AS (
        SELECT a.id, a.paid_fen, a.committed_fen,
               (SELECT coalesce(sum(CASE t.kind WHEN 'payment' THEN t.amount_fen ELSE -t.amount_fen END), 0)
                FROM transfer t WHERE t.county_code = a.county_code AND t.allocation_id = a.id
                    AND t.payment_id IS NOT NULL) AS posted,
               (SELECT coalesce(sum(p.amount_fen) FILTER (WHERE p.status = 'paid'), 0) FROM payment p
                WHERE p.county_code = a.county_code AND p.allocation_id = a.id) AS paid,
               (SELECT coalesce(sum(p.amount_fen) FILTER (WHERE p.status IN ('requested', 'approved', 'paid')), 0)
                FROM payment p WHERE p.county_code = a.county_code AND p.allocation_id = a.id) AS committed
        FROM allocation a WHERE a.county_code = :county_code AND a.pool_id = :pool_id
    ), contracted AS (
        SELECT c.id, c.paid_fen, c.committed_fen,
               coalesce(sum(p.amount_fen) FILTER (WHERE p.status = 'paid'), 0) AS paid,
               coalesce(sum(p.amount_fen) FILTER (WHERE p.status IN ('requested', 'approved', 'paid')), 0)
                   AS committed
        FROM contract c JOIN payment p ON p.county_code = c.county_code AND p.contract_id = c.id
        WHERE c.county_code = :county_code AND c.id IN (
            SELECT contract_id FROM payment WHERE county_code = :county_code AND pool_id = :pool_id)
        GROUP BY c.county_code, c.id, c.paid_fen, c.committed_fen
    )
    SELECT 'gap before transfer ' || seq FROM replayed WHERE seq <> place
    UNION ALL
    SELECT 'state after transfer ' || seq FROM replayed
    WHERE (received, industry, other) IS DISTINCT FROM (received_after_fen, industry_after_fen, other_after_fen)
    UNION ALL
    SELECT 'pool' FROM pool p, final f
    WHERE p.county_code = :county_code AND p.id = :pool_id
        AND (p.received_fen, p.allocated_industry_fen, p.allocated_other_fen, p.last_seq)
            IS DISTINCT FROM (f.received, f.industry, f.other, f.seq)
    UNION ALL
    SELECT 'account ' || id FROM held WHERE (debited_fen, credited_fen) IS DISTINCT FROM (debited, credited)
    UNION ALL
    SELECT 'accounts do not balance' FROM held HAVING sum(debited_fen) IS DISTINCT FROM sum(credited_fen)
    UNION ALL
    SELECT 'allocations in effect' FROM in_effect, final WHERE allocated <> industry + other
    UNION ALL
    SELECT 'document ' || id FROM drawn WHERE (allocated_fen, adjusted_fen) IS DISTINCT FROM (allocated, adjusted)
    UNION ALL
    SELECT 'paid of allocation ' || id FROM spent
    WHERE (paid_fen, paid_fen, committed_fen) IS DISTINCT FROM (posted, paid, committed)
    UNION ALL
    SELECT 'paid of contract ' || id FROM contracted
    WHERE (paid_fen, committed_fen) IS DISTINCT FROM (paid, committed)
    UNION ALL
    SELECT 'documents received' FROM documents d, final f WHERE d.received <> f.received
    """
)


async def pool_differences(session: AsyncSession, county_code: str, pool_id: UUID) -> list[str]:
    """Every place where a pool, its accounts, documents and allocations do not follow from its transfers.

    Replays the transfers in order of ``seq``: numbers without a gap, the state noted after each, the sums of today.
    The session must see the whole county.
    """
    values = {"county_code": county_code, "pool_id": pool_id}
    return list((await session.scalars(_POOL_DIFFERENCES, values)).all())


async def pool_reconciles(session: AsyncSession, county_code: str, pool_id: UUID) -> bool:
    """True when nothing differs."""
    return not await pool_differences(session, county_code, pool_id)
