"""Reading leads: JSON made by the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import PageParams, json_page

from monitoring_api.leads.schemas import LeadState
from monitoring_api.sql import Statement, iso, yuan


async def list_leads(
    db: ReadConnection, region: str, paging: PageParams, *, state: LeadState | None, lead_id: UUID | None = None
) -> bytes:
    """A page of ``LeadRead``, the newest first. One statement."""
    statement = Statement(region)
    where = [statement.inside("l")]
    if state:
        where.append(f"l.state = {statement.arg(state)}")
    if lead_id:
        where.append(f"l.id = {statement.arg(lead_id)}")
    if key := paging.after(datetime, UUID):
        at, row_id = (statement.arg(value) for value in key)
        where.append(f"(l.told_at, l.id) < ({at}, {row_id})")
    rows = await db.rows(
        f"""
    SELECT json_build_object('id', l.id, 'kind', l.kind, 'village_code', l.village_code, 'village_name', v.name,
        'household_id', l.household_id, 'head_name', f.name, 'household_no', h.household_no, 'member_name', m.name,
        'monitored', h.monitored, 'since', l.since, 'amount', {yuan("l.amount")}, 'state', l.state,
        'told_at', {iso("l.told_at")}, 'note', l.note, 'handled_by_name', l.handled_by_name,
        'handled_at', {iso("l.handled_at")})::text, l.told_at, l.id
    FROM lead l
    LEFT JOIN region v ON v.code = l.village_code
    LEFT JOIN household h ON {statement.county("h")} AND h.county_code = l.county_code AND h.id = l.household_id
    LEFT JOIN household_member f ON {statement.county("f")} AND f.county_code = l.county_code
        AND f.household_id = l.household_id AND f.is_head
    LEFT JOIN household_member m ON {statement.county("m")} AND m.county_code = l.county_code AND m.id = l.member_id
    WHERE {" AND ".join(where)} ORDER BY l.told_at DESC, l.id DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608
        *statement.args,
    )
    return json_page(rows, paging.limit)
