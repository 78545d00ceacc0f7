"""Reading whom the register lists, and whom it knows by number: one statement a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.db import ReadConnection

from monitoring_api.entitlements.schemas import Among, ListedBy
from monitoring_api.sql import Statement

_AMONG: dict[Among, str] = {
    "any": "true",
    "lifted_or_monitored": "(h.lifted OR h.monitored)",
    "monitored": "h.monitored",
}


async def list_entitled(
    db: ReadConnection,
    region: str,
    *,
    listed_by: ListedBy,
    value: str,
    among: Among,
    on: date,
    after: tuple[str, UUID, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    """Rows ``(member_id, household_id, village_code, name, id_number)`` in the order of village, household, member.

    A benefit of a whole household is paid to its head; the status lists each household once, by its head.
    """
    statement = Statement(region)
    where = statement.inside("m")
    wanted = statement.arg(value)
    if listed_by in ("schooling", "employment"):
        chosen = f"m.{listed_by} = {wanted}"
    elif listed_by == "status":
        chosen = f"m.is_head AND {wanted}::text IS NOT NULL"
    else:
        day = statement.arg(on)
        chosen = f"""EXISTS (SELECT FROM policy_benefit b
            WHERE {statement.county("b")} AND b.county_code = m.county_code AND b.village_code = m.village_code
              AND b.household_id = m.household_id AND b.kind = {wanted}
              AND (b.member_id = m.id OR (b.member_id IS NULL AND m.is_head))
              AND b.since <= {day} AND (b.until IS NULL OR b.until >= {day}))"""
    beyond = ""
    if after:
        key = ", ".join(statement.arg(part) for part in after)
        beyond = f"AND (m.village_code, m.household_id, m.id) > ({key})"
    return await db.rows(
        f"""
    SELECT m.id, m.household_id, m.village_code, m.name, m.id_number
    FROM household_member m
    JOIN household h ON {statement.county("h")} AND h.county_code = m.county_code AND h.id = m.household_id
    WHERE {where} AND m.state = 'present' AND h.state = 'active' AND {_AMONG[among]} AND {chosen} {beyond}
    ORDER BY m.village_code, m.household_id, m.id LIMIT {statement.arg(limit)}""",  # noqa: S608 - our own text
        *statement.args,
    )


async def match_numbers(db: ReadConnection, region: str, indexes: Sequence[bytes]) -> Sequence[Any]:
    """Rows ``(id_number_index, member_id, household_id, village_code, name, state)`` of who is registered."""
    statement = Statement(region)
    return await db.rows(
        f"""
    SELECT r.id_number_index, m.id, m.household_id, m.village_code, m.name,
        CASE WHEN m.state = 'present' AND h.state = 'closed' THEN 'closed' ELSE m.state END AS state,
        h.lifted OR h.monitored AS supported
    FROM person_registry r
    JOIN household_member m ON {statement.county("m")} AND m.county_code = r.county_code AND m.id = r.member_id
    JOIN household h ON {statement.county("h")} AND h.county_code = m.county_code AND h.id = m.household_id
    WHERE r.id_number_index = ANY({statement.arg(list(indexes))}::bytea[]) AND {statement.inside("m")}""",  # noqa: S608
        *statement.args,
    )
