"""Reading moves between regions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import PageParams, json_page

from monitoring_api.relocations.rules import State
from monitoring_api.sql import Statement, iso

_FIELDS = f"""
'id', t.id, 'region_code', t.region_code, 'region_name', coalesce((
    SELECT string_agg(r.name, '' ORDER BY r.code) FROM region r
    WHERE length(r.code) >= 6 AND starts_with(t.region_code, r.code)), t.region_code),
'state', t.state, 'from_village_code', t.from_village_code, 'from_place', coalesce((
    SELECT string_agg(r.name, '' ORDER BY r.code) FROM region r
    WHERE length(r.code) >= 6 AND starts_with(t.from_village_code, r.code)), t.from_village_code),
'same_county', t.from_county_code = t.county_code, 'whole', t.whole, 'head_name', t.head_name, 'people', t.people,
'was_monitored', t.was_monitored, 'monitored_class', t.monitored_class, 'lifted', t.lifted,
'happened_on', t.happened_on, 'reason', t.reason, 'declared_at', {iso("t.declared_at")},
'declared_by_name', t.declared_by_name, 'decided_at', {iso("t.decided_at")}, 'decided_by_name', t.decided_by_name,
'opinion', t.opinion, 'household_id', t.household_id, 'version', t.version
"""  # noqa: S608 - our own text


def _inside(statement: Statement, region: str) -> str:
    lo, hi = statement.arg(region or "0"), statement.arg(f"{region}:")
    return f"{statement.county('t')} AND t.region_code >= {lo} AND t.region_code < {hi}"


async def list_relocations(db: ReadConnection, region: str, state: State, paging: PageParams) -> bytes:
    """A page of moves into a region, the newest first. One statement."""
    statement = Statement(region)
    where = _inside(statement, region)
    after = ""
    if key := paging.after(datetime, UUID):
        at, row_id = (statement.arg(value) for value in key)
        after = f"AND (t.declared_at, t.id) < ({at}, {row_id})"
    rows = await db.rows(
        f"""
    SELECT json_build_object({_FIELDS})::text, t.declared_at, t.id
    FROM relocation t
    WHERE {where} AND t.state = {statement.arg(state)} {after}
    ORDER BY t.declared_at DESC, t.id DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def get_relocation(db: ReadConnection, region: str, relocation_id: UUID) -> tuple[bytes, int] | None:
    """One move into the region, and its version."""
    statement = Statement(region)
    where = _inside(statement, region)
    row = await db.row(
        f"SELECT json_build_object({_FIELDS})::text AS body, t.version"  # noqa: S608 - our own text
        f" FROM relocation t WHERE {where} AND t.id = {statement.arg(relocation_id)}",
        *statement.args,
    )
    return None if row is None else (row["body"].encode(), row["version"])


async def find_places(db: ReadConnection, wanted: str) -> bytes:
    """Up to twenty counties, townships and villages anywhere whose name or pinyin initials begin so, with full names.

    Regions are public, so this looks beyond the reader's own: people move there.
    """
    body = await db.json(
        """
    SELECT coalesce(json_agg(json_build_object('code', f.code, 'name', (
        SELECT string_agg(r.name, '' ORDER BY r.code) FROM region r
        WHERE length(r.code) >= 6 AND starts_with(f.code, r.code)
    )) ORDER BY length(f.code), f.code), '[]')::text
    FROM (
        SELECT r.code FROM region r
        WHERE length(r.code) >= 6 AND (starts_with(r.name, $1) OR starts_with(r.initials, lower($1)))
        ORDER BY length(r.code), r.code LIMIT 20
    ) f""",
        wanted,
    )
    return body or b"[]"
