"""The checks of a list, all lines in one statement: against the register's newest news, the list itself, all other
lists of the county, the accounts that failed before, and the standard (FND-10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.payouts.models import PayoutBatch
from funds_ledger.payouts.rules import CLAIMING
from funds_ledger.terms import sql_list

_CLAIMS = f"state IN ({sql_list(CLAIMING)})"

_FOUND = f"""
    live AS (
        -- One pass with windows: joins of a list with itself would be planned for a handful of lines, not for 20,000.
        SELECT l.*,
            count(*) OVER (PARTITION BY l.person_key) AS same_person,
            count(*) OVER (PARTITION BY l.member_id) AS same_member,
            l.account_index IS NOT NULL
                AND min(encode(l.person_key, 'hex')) OVER (PARTITION BY l.account_index)
                 <> max(encode(l.person_key, 'hex')) OVER (PARTITION BY l.account_index) AS shared,
            CASE WHEN ps.changed_at > l.matched_at THEN nullif(ps.state, 'present')
                 WHEN l.register_state IN ('present', 'closed') AND hs.state = 'closed' THEN 'closed'
                 ELSE l.register_state END AS told
        FROM payout_line l
        LEFT JOIN person_status ps ON ps.county_code = CAST(:county_code AS text) AND ps.id = l.member_id
        LEFT JOIN household_status hs ON hs.county_code = CAST(:county_code AS text) AND hs.id = l.household_id
            AND hs.changed_at > l.matched_at
        WHERE l.county_code = CAST(:county_code AS text) AND l.batch_id = CAST(:batch_id AS uuid)
            AND l.state NOT IN ('excluded', 'given_up')
    ), found AS (
        SELECT l.id, l.kept, array_remove(ARRAY[
            CASE WHEN l.member_id IS NULL THEN 'not_registered' END,
            CASE WHEN l.name_differs THEN 'name_differs' END,
            CASE WHEN l.told = 'died' THEN 'died' END,
            CASE WHEN l.told = 'moved_out' THEN 'moved_out' END,
            CASE WHEN l.told IN ('merged', 'void') THEN 'registered_twice' END,
            CASE WHEN l.told = 'closed' THEN 'household_closed' END,
            CASE WHEN l.same_person > 1 OR (l.member_id IS NOT NULL AND l.same_member > 1) THEN 'repeated' END,
            CASE WHEN EXISTS (
                SELECT FROM payout_line o WHERE o.county_code = CAST(:county_code AS text)
                    AND o.person_key = l.person_key AND o.standard_code = l.standard_code AND o.period = l.period
                    AND o.{_CLAIMS} AND o.id <> l.id AND o.batch_id <> l.batch_id
            ) OR EXISTS (
                SELECT FROM payout_line o WHERE o.county_code = CAST(:county_code AS text)
                    AND o.member_id = l.member_id AND o.standard_code = l.standard_code AND o.period = l.period
                    AND o.{_CLAIMS} AND o.id <> l.id AND o.batch_id <> l.batch_id
            ) THEN 'paid_already' END,
            CASE WHEN l.account_number IS NULL THEN 'account_missing' END,
            CASE WHEN l.account_number IS NOT NULL AND NOT l.account_valid THEN 'account_invalid' END,
            CASE WHEN l.shared THEN 'account_shared' END,
            CASE WHEN EXISTS (
                SELECT FROM payout_return r WHERE r.county_code = CAST(:county_code AS text)
                    AND r.account_index = l.account_index
            ) THEN 'account_failed' END,
            CASE WHEN before.account_index <> l.account_index THEN 'account_changed' END,
            CASE WHEN l.holder NOT IN ('', l.name) THEN 'holder_differs' END,
            CASE WHEN l.amount_fen > CAST(:limit_fen AS bigint) * l.quantity THEN 'over_standard' END,
            CASE WHEN left(l.village_code, length(CAST(:given_to AS text))) <> CAST(:given_to AS text)
                 THEN 'outside_allocation' END
        ], NULL) AS problems
        FROM live l
        LEFT JOIN LATERAL (
            SELECT p.account_index FROM payout_line p
            WHERE p.county_code = CAST(:county_code AS text) AND p.person_key = l.person_key AND p.state = 'paid'
                AND p.id <> l.id
            ORDER BY p.paid_at DESC LIMIT 1
        ) before ON true
        WHERE l.state = ANY(CAST(:states AS text[]))
    )
"""  # noqa: S608 - constants

_NOTE = text(
    f"""
    WITH {_FOUND}
    UPDATE payout_line l SET problems = found.problems, updated_at = :at, version = l.version + 1,
        kept = ARRAY(SELECT p FROM unnest(l.kept) AS k(p) WHERE p = ANY(found.problems))
    FROM found
    WHERE l.county_code = CAST(:county_code AS text) AND l.id = found.id AND l.problems <> found.problems
    """  # noqa: S608 - constants
)

_OPEN = text(
    f"""
    WITH {_FOUND}
    SELECT count(*) FROM found WHERE NOT problems <@ kept
    """  # noqa: S608 - constants
)

LISTED = ("listed", "failed")
SUBMITTED = ("ready",)


def _values(batch: PayoutBatch, given_to: str, states: tuple[str, ...]) -> dict[str, Any]:
    return {
        "county_code": batch.county_code,
        "batch_id": batch.id,
        "limit_fen": batch.limit_fen,
        "given_to": given_to,
        "states": list(states),
    }


async def note_problems(session: AsyncSession, batch: PayoutBatch, given_to: str, at: Any) -> None:
    """Look at every line that may still be changed, and write down what is found.

    Args:
        given_to: the region that the allocation gives the money to.
    """
    await session.execute(_NOTE, _values(batch, given_to, LISTED) | {"at": at})


async def open_lines(session: AsyncSession, batch: PayoutBatch, given_to: str, states: tuple[str, ...]) -> int:
    """How many lines in these states have, right now, a problem that nobody has let pass. Changes nothing."""
    return int((await session.execute(_OPEN, _values(batch, given_to, states))).scalar_one())
