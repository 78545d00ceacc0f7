"""Reading what happened to the household of an asset."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso
from service_kit.pagination import PageParams, json_page


async def list_news(db: ReadConnection, region: str, asset_id: UUID, paging: PageParams) -> bytes:
    """A page of changes, the newest first; empty for an asset that belongs to no household or is not in the region."""
    statement = Statement(region)
    wanted = statement.arg(asset_id)
    before = ""
    if key := paging.after(datetime, UUID):
        at, row_id = (statement.arg(value) for value in key)
        before = f"AND (n.changed_at, n.id) < ({at}, {row_id})"
    rows = await db.rows(
        f"""
    SELECT json_build_object('change', n.change, 'state', n.state, 'people', n.people,
        'changed_at', {iso("n.changed_at")})::text, n.changed_at, n.id
    FROM asset_household_change n
    WHERE {statement.inside("n")} AND n.asset_id = {wanted} {before}
    ORDER BY n.changed_at DESC, n.id DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)
