"""Read-only SQL of the trail: rows of each level, and the same sums from the transfers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LISTED = 500

_CHOSEN = """
    county_code = CAST(:county_code AS text)
    AND (CAST(:allocation_id AS uuid) IS NULL OR {allocation} = CAST(:allocation_id AS uuid))
    AND (CAST(:document_id AS uuid) IS NULL OR document_id = CAST(:document_id AS uuid))
    AND (CAST(:project_id AS uuid) IS NULL OR project_id = CAST(:project_id AS uuid))
"""
_ALLOCATIONS = f"SELECT id FROM allocation WHERE {_CHOSEN.format(allocation='id')}"  # noqa: S608 - constants

_LIST_ALLOCATIONS = text(
    f"""
    SELECT a.id, a.region_code, r.name AS region_name, a.purpose, a.title, a.amount_fen AS amount, a.status,
        a.document_id
    FROM allocation a LEFT JOIN region r ON r.code = a.region_code
    WHERE a.county_code = CAST(:county_code AS text) AND a.id IN ({_ALLOCATIONS})
    ORDER BY a.created_at, a.id LIMIT {LISTED + 1}
    """  # noqa: S608 - constants
)

_LIST_PAYMENTS = text(
    f"""
    SELECT p.id, p.allocation_id, p.payee, p.amount_fen AS amount, p.status, p.paid_at FROM payment p
    WHERE p.county_code = CAST(:county_code AS text) AND p.allocation_id IN ({_ALLOCATIONS})
        AND (CAST(:payment_id AS uuid) IS NULL OR p.id = CAST(:payment_id AS uuid))
    ORDER BY p.created_at, p.id LIMIT {LISTED + 1}
    """  # noqa: S608 - constants
)

_RUNS = f"""
    FROM payout_run r
    JOIN payout_batch b ON b.county_code = CAST(:county_code AS text) AND b.id = r.batch_id
    JOIN payment p ON p.county_code = CAST(:county_code AS text) AND p.id = r.payment_id
    WHERE r.county_code = CAST(:county_code AS text) AND p.allocation_id IN ({_ALLOCATIONS})
        AND (CAST(:payment_id AS uuid) IS NULL OR p.id = CAST(:payment_id AS uuid))
"""
_LIST_PAYOUTS = text(
    f"""
    SELECT r.id, r.batch_id, b.title AS batch_title, r.number, r.payment_id, r.state, r.lines, r.amount_fen AS amount,
        r.paid_lines, r.paid_fen AS paid
    {_RUNS}
    ORDER BY r.created_at, r.id LIMIT {LISTED + 1}
    """
)

_SUMS = text(
    f"""
    SELECT
        (SELECT coalesce(sum(amount_fen), 0) FROM allocation
         WHERE county_code = CAST(:county_code AS text) AND status = 'allocated' AND id IN ({_ALLOCATIONS}))
            AS allocated,
        (SELECT coalesce(sum(CASE kind WHEN 'allocation' THEN amount_fen ELSE -amount_fen END), 0) FROM transfer
         WHERE county_code = CAST(:county_code AS text) AND kind IN ('allocation', 'reversal')
            AND allocation_id IN ({_ALLOCATIONS})) AS allocated_posted,
        (SELECT coalesce(sum(amount_fen), 0) FROM payment
         WHERE county_code = CAST(:county_code AS text) AND status = 'paid' AND allocation_id IN ({_ALLOCATIONS})
            AND (CAST(:payment_id AS uuid) IS NULL OR id = CAST(:payment_id AS uuid))) AS paid,
        (SELECT coalesce(sum(CASE kind WHEN 'payment' THEN amount_fen ELSE -amount_fen END), 0) FROM transfer
         WHERE county_code = CAST(:county_code AS text) AND kind IN ('payment', 'refund')
            AND allocation_id IN ({_ALLOCATIONS})
            AND (CAST(:payment_id AS uuid) IS NULL OR payment_id = CAST(:payment_id AS uuid))) AS paid_posted,
        (SELECT coalesce(sum(l.amount_fen), 0) FROM payout_line l
         WHERE l.county_code = CAST(:county_code AS text) AND l.state = 'paid'
            AND l.run_id IN (SELECT r.id {_RUNS})) AS paid_out,
        (SELECT coalesce(sum(CASE kind WHEN 'payment' THEN amount_fen ELSE -amount_fen END), 0) FROM transfer
         WHERE county_code = CAST(:county_code AS text) AND kind IN ('payment', 'refund')
            AND payment_id IN (SELECT r.payment_id {_RUNS})) AS paid_out_posted
    """  # noqa: S608 - constants
)

_DOCUMENT_POSTED = text(
    """
    SELECT coalesce(sum(CASE WHEN kind IN ('cut', 'return') THEN -amount_fen ELSE amount_fen END), 0) FROM transfer
    WHERE county_code = CAST(:county_code AS text) AND document_id = CAST(:document_id AS uuid)
        AND kind IN ('receipt', 'supplement', 'cut', 'return')
    """
)


async def allocations(session: AsyncSession, chosen: dict[str, Any]) -> Sequence[Any]:
    """One more than ``LISTED`` when there are more."""
    rows: Sequence[Any] = (await session.execute(_LIST_ALLOCATIONS, _without(chosen, "payment_id"))).all()
    return rows


async def payments(session: AsyncSession, chosen: dict[str, Any]) -> Sequence[Any]:
    """One more than ``LISTED`` when there are more."""
    rows: Sequence[Any] = (await session.execute(_LIST_PAYMENTS, chosen)).all()
    return rows


async def payouts(session: AsyncSession, chosen: dict[str, Any]) -> Sequence[Any]:
    """One more than ``LISTED`` when there are more."""
    rows: Sequence[Any] = (await session.execute(_LIST_PAYOUTS, chosen)).all()
    return rows


async def sums(session: AsyncSession, chosen: dict[str, Any]) -> Any:
    """Allocated, paid and paid out to persons, each from its rows and from the transfers, in fen."""
    return (await session.execute(_SUMS, chosen)).one()


async def document_posted(session: AsyncSession, county_code: str, document_id: UUID) -> int:
    values = {"county_code": county_code, "document_id": document_id}
    return int((await session.execute(_DOCUMENT_POSTED, values)).scalar_one())


def _without(chosen: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in chosen.items() if key != name}
