"""Reading acts: the timeline of a household."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import PageParams, json_page

from monitoring_api.acts.service.undoing import FOR_GOOD
from monitoring_api.sql import Statement, iso


def _line(statement: Statement) -> str:
    """SQL of one act as JSON; alias ``a``. The other household is shown as far as the reader may see it."""
    kinds = ", ".join(f"'{kind}'" for kind in FOR_GOOD)
    return f"""
    json_build_object('id', a.id, 'kind', a.kind, 'household_id', a.household_id, 'version', a.version,
        'other_household', (
            SELECT json_build_object('id', o.id, 'household_no', o.household_no, 'head_name', (
                SELECT m.name FROM household_member m
                WHERE {statement.county("m")} AND m.county_code = o.county_code AND m.village_code = o.village_code
                  AND m.household_id = o.id AND m.is_head
            ), 'village_name', coalesce(r.name, ''))
            FROM household o LEFT JOIN region r ON r.code = o.village_code
            WHERE {statement.county("o")} AND o.county_code = a.county_code
              AND o.id = CASE WHEN a.household_id = h.id THEN a.other_household_id ELSE a.household_id END
        ),
        'happened_on', a.happened_on, 'recorded_at', {iso("a.recorded_at")}, 'actor_name', a.actor_name,
        'reason', a.reason, 'evidence', a.evidence, 'people', a.people,
        'place', coalesce((SELECT string_agg(r.name, '' ORDER BY r.code) FROM region r
            WHERE a.relocation_id IS NOT NULL AND length(r.code) >= 6 AND starts_with(a.place, r.code)), a.place),
        'relocation_id', a.relocation_id, 'effects', a.effects, 'undoes', a.undoes,
        'undone_by', (
            SELECT u.id FROM register_act u
            WHERE {statement.county("u")} AND u.county_code = a.county_code AND u.undoes = a.id
        ),
        'undoable', a.household_id = h.id AND h.version = a.version AND a.kind NOT IN ({kinds})
            AND (a.other_household_id IS NULL OR EXISTS (
                SELECT FROM household o WHERE {statement.county("o")} AND o.county_code = a.county_code
                  AND o.id = a.other_household_id AND o.version = a.other_version
            ))
    )::text"""  # noqa: S608 - our own text, values are arguments


async def list_acts(db: ReadConnection, region: str, household_id: UUID, paging: PageParams) -> bytes | None:
    """A page of acts on a household, newest first; None when it is not in the region. Two statements."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    known = await db.value(
        f"SELECT h.county_code FROM household h WHERE {statement.inside('h')} AND h.id = {wanted}",  # noqa: S608
        *statement.args,
    )
    return None if known is None else await acts_page(db, region, household_id, paging)


async def acts_page(db: ReadConnection, region: str, household_id: UUID, paging: PageParams) -> bytes:
    """As ``list_acts``, of a household that is known to be there."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    before = ""
    if key := paging.after(datetime, UUID):
        at, act_id = (statement.arg(value) for value in key)
        before = f"AND (a.recorded_at, a.id) < ({at}, {act_id})"
    rows = await db.rows(
        f"""
    SELECT {_line(statement)}, a.recorded_at, a.id
    FROM household h
    JOIN register_act a ON a.county_code = h.county_code AND {statement.county("a")}
         AND (a.household_id = h.id OR a.other_household_id = h.id)
    WHERE {statement.inside("h")} AND h.id = {wanted} {before}
    ORDER BY a.recorded_at DESC, a.id DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def get_act(db: ReadConnection, county_code: str, household_id: UUID, act_id: UUID) -> bytes:
    """One act as it was just written."""
    statement = Statement(county_code)
    wanted, act = statement.arg(household_id), statement.arg(act_id)
    row = await db.row(
        f"""
    SELECT {_line(statement)} AS body
    FROM household h
    JOIN register_act a ON a.county_code = h.county_code AND {statement.county("a")} AND a.household_id = h.id
    WHERE {statement.county("h")} AND h.id = {wanted} AND a.id = {act}""",  # noqa: S608 - our own text
        *statement.args,
    )
    if row is None:
        raise LookupError("an act that was just written is not readable")
    body: str = row["body"]
    return body.encode()
