"""Reading who changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso
from service_kit.pagination import PageParams, json_page


async def list_changes(db: ReadConnection, region: str, paging: PageParams) -> bytes:
    """A page of persons who are not present any more, the newest news first. One statement."""
    statement = Statement(region)
    where = statement.inside("p")
    before = ""
    if key := paging.after(datetime, UUID):
        at, row_id = (statement.arg(value) for value in key)
        before = f"AND (p.changed_at, p.id) < ({at}, {row_id})"
    rows = await db.rows(
        f"""
    SELECT json_build_object('member_id', p.id, 'household_id', p.household_id, 'region_code', p.region_code,
        'state', p.state, 'household_closed', coalesce(h.state = 'closed', false),
        'changed_at', {iso("p.changed_at")})::text, p.changed_at, p.id
    FROM person_status p
    LEFT JOIN household_status h ON h.county_code = p.county_code AND h.id = p.household_id AND {statement.county("h")}
    WHERE {where} AND p.state <> 'present' {before}
    ORDER BY p.changed_at DESC, p.id DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)
