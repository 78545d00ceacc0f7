"""Making a phone's pack: one statement."""

from __future__ import annotations

from datetime import datetime

from service_kit.db import ReadConnection

from monitoring_api.households.views import MEMBER_FIELDS, ROW_FIELDS, family
from monitoring_api.sql import Statement, iso

MOST_HOUSEHOLDS = 300


async def make_pack(db: ReadConnection, code: str, generated_at: datetime) -> bytes | None:
    """The village's lifted and monitored households, monitored first; None for a village that is not known."""
    statement = Statement(code)
    village, at, limit = statement.arg(code), statement.arg(generated_at), statement.arg(MOST_HOUSEHOLDS + 1)
    mine = "{0}.county_code = h.county_code AND {0}.household_id = h.id"
    return await db.json(
        f"""
    WITH cards AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY h.monitored DESC, h.household_no) AS position,
               (jsonb_build_object({ROW_FIELDS}) || jsonb_build_object(
            'address', h.address, 'dwelling_grade', h.dwelling_grade, 'water_supply', h.water_supply,
            'members', (
                SELECT coalesce(json_agg(json_build_object({MEMBER_FIELDS})
                    ORDER BY m.is_head DESC, m.birth_date, m.id), '[]')
                FROM household_member m
                WHERE {statement.county("m")} AND {mine.format("m")} AND m.village_code = h.village_code
            ),
            'last_visit', (
                SELECT json_build_object('visited_at', {iso("v.visited_at")}, 'visitor_name', v.visitor_name)
                FROM visit v WHERE {statement.county("v")} AND {mine.format("v")}
                ORDER BY v.visited_at DESC, v.id DESC LIMIT 1
            )))::json AS card
        FROM (
            SELECT h.* FROM household h
            WHERE {statement.inside("h")} AND h.state = 'active' AND (h.lifted OR h.monitored)
            ORDER BY h.monitored DESC, h.household_no LIMIT {limit}
        ) h
        LEFT JOIN region r ON r.code = h.village_code
        {family(statement)}
    )
    SELECT json_build_object(
        'village', json_build_object('code', r.code, 'name', r.name, 'township_name', coalesce(t.name, ''),
            'types', coalesce((SELECT p.types FROM village p WHERE {statement.inside("p")}), '{{}}')),
        'generated_at', {iso(f"{at}::timestamptz")},
        'households', (SELECT coalesce(json_agg(c.card ORDER BY c.position), '[]') FROM cards c
                       WHERE c.position <= {MOST_HOUSEHOLDS}),
        'truncated', (SELECT count(*) > {MOST_HOUSEHOLDS} FROM cards)
    )::text
    FROM region r LEFT JOIN region t ON t.code = r.parent_code WHERE r.code = {village}""",  # noqa: S608 - our own text
        *statement.args,
    )
