"""Reading assets to be registered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso, yuan
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

# ruff: noqa: S608 - our own text, values are arguments

_AMOUNT = yuan("(l ->> 'amount_fen')::bigint")
_FIELDS = f"""
'id', p.id, 'county_code', p.county_code, 'region_code', p.region_code, 'region_name', coalesce(r.name, ''),
'project_id', p.project_id, 'project_name', p.project_name, 'accepted_on', p.accepted_on, 'name', p.name,
'kind', p.kind, 'category', p.category, 'location', p.location, 'original_value', {yuan("p.value_fen")},
'fund_composition', (SELECT json_agg(json_build_object('source_level', l ->> 'source_level',
    'year', (l ->> 'year')::int, 'document_number', l ->> 'document_number', 'amount', {_AMOUNT}) ORDER BY n)
    FROM jsonb_array_elements(p.fund_composition) WITH ORDINALITY AS x(l, n)),
'state', p.state, 'asset_id', p.asset_id, 'received_at', {iso("p.received_at")}
"""


async def list_pending(db: ReadConnection, region: str, paging: PageParams) -> bytes:
    """What waits to be registered, newest first."""
    s = Statement(region)
    condition = f"{s.inside('p')} AND p.state = 'pending'"
    total: int | None = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM pending_asset p WHERE {condition} LIMIT {TOTAL_CAP + 1}) t", *s.args
        )
    if key := paging.after(datetime, UUID):
        condition += f" AND (p.received_at, p.id) < ({s.arg(key[0])}::timestamptz, {s.arg(key[1])}::uuid)"
    rows = await db.rows(
        f"""
    SELECT json_build_object({_FIELDS})::text, p.received_at, p.id
    FROM (SELECT p.* FROM pending_asset p WHERE {condition}
          ORDER BY p.received_at DESC, p.id DESC LIMIT {s.arg(paging.limit + 1)}) p
    LEFT JOIN region r ON r.code = p.region_code ORDER BY p.received_at DESC, p.id DESC""",
        *s.args,
    )
    return json_page(rows, paging.limit, total)


async def get_pending(db: ReadConnection, region: str, pending_id: UUID) -> bytes | None:
    s = Statement(region)
    wanted = s.arg(pending_id)
    return await db.json(
        f"SELECT json_build_object({_FIELDS})::text FROM pending_asset p LEFT JOIN region r ON r.code = p.region_code"
        f" WHERE {s.inside('p')} AND p.id = {wanted}",
        *s.args,
    )
