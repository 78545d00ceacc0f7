"""Making a phone's pack: one statement."""

from __future__ import annotations

from datetime import datetime

from service_kit.clock import SHANGHAI
from service_kit.db import ReadConnection

from monitoring_api.households.views import INCOME_FIELDS, MEMBER_FIELDS, ROW_FIELDS, family
from monitoring_api.policy.views import words, words_object
from monitoring_api.sql import Statement, iso

MOST_HOUSEHOLDS = 300


def _sweeps(statement: Statement, village: str) -> str:
    """Open rounds over the village, each with all its households: done or still to do."""
    return f"""(
            SELECT coalesce(json_agg(json_build_object('round_id', s.id, 'title', s.title, 'starts_on', s.starts_on,
                'ends_on', s.ends_on, 'form_version', s.form_version, 'items', (
                    SELECT coalesce(json_agg(json_build_object('household_id', h.id, 'household_no', h.household_no,
                        'group_name', h.group_name, 'head_name', m.name, 'done', i.state <> 'open')
                        ORDER BY h.household_no), '[]')
                    FROM sweep_item i
                    JOIN household h ON {statement.county("h")} AND h.county_code = i.county_code
                        AND h.id = i.household_id
                    LEFT JOIN household_member m ON {statement.county("m")} AND m.county_code = i.county_code
                        AND m.household_id = i.household_id AND m.is_head
                    WHERE {statement.inside("i")} AND i.round_id = s.id
                )) ORDER BY s.ends_on, s.id), '[]')
            FROM sweep_round s
            WHERE {statement.county("s")} AND s.is_open AND {village}::text LIKE s.region_code || '%'
        )"""  # noqa: S608 - our own text


async def make_pack(db: ReadConnection, code: str, generated_at: datetime) -> bytes | None:
    """The village's lifted and monitored households, those with an open case and those to be looked back at.

    None for a village that is not known.
    """
    statement = Statement(code)
    village, at, limit = statement.arg(code), statement.arg(generated_at), statement.arg(MOST_HOUSEHOLDS + 1)
    day_on = generated_at.astimezone(SHANGHAI).date()
    day = statement.arg(day_on)
    mine = "{0}.county_code = h.county_code AND {0}.household_id = h.id"
    return await db.json(
        f"""
    WITH {words(statement, day_on)}, due AS MATERIALIZED (
        SELECT l.id, l.household_id, l.seq, l.due_on FROM look_back l
        WHERE {statement.inside("l")} AND l.state = 'due' AND l.opens_on <= {day}
    ), opened AS MATERIALIZED (
        SELECT c.* FROM monitoring_case c WHERE {statement.inside("c")} AND c.is_open
    ), cards AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY h.in_hand DESC, h.monitored DESC, h.household_no) AS position,
               (jsonb_build_object({ROW_FIELDS}) || jsonb_build_object(
            'address', h.address, 'dwelling_grade', h.dwelling_grade, 'water_supply', h.water_supply,
            'members', (
                SELECT coalesce(json_agg(json_build_object({MEMBER_FIELDS})
                    ORDER BY m.is_head DESC, m.birth_date, m.id), '[]')
                FROM household_member m
                WHERE {statement.county("m")} AND {mine.format("m")} AND m.village_code = h.village_code
            ),
            'last_visit', (
                SELECT json_build_object('visited_at', {iso("v.visited_at")}, 'visitor_name', v.visitor_name,
                    'findings', v.findings)
                FROM visit v WHERE {statement.county("v")} AND {mine.format("v")}
                ORDER BY v.visited_at DESC, v.id DESC LIMIT 1
            ),
            'income', (
                SELECT json_build_object({INCOME_FIELDS})
                FROM household_income i WHERE {statement.county("i")} AND {mine.format("i")}
                ORDER BY i.year DESC LIMIT 1
            ),
            'open_case', (
                SELECT json_build_object('id', o.id, 'kind', o.kind, 'state', o.state, 'due_on', o.due_on,
                    'difficulty', o.difficulty, 'risks', o.risks,
                    'risk_points', coalesce(o.rules #> '{{risk_points,items}}', '[]'), 'window_from', o.window_from,
                    'window_to', o.window_to)
                FROM opened o WHERE {mine.format("o")}
            )))::json AS card
        FROM (
            SELECT h.*, h.id IN (SELECT o.household_id FROM opened o) AS in_hand FROM household h
            WHERE {statement.inside("h")} AND h.state = 'active'
              AND (h.lifted OR h.monitored OR h.id IN (SELECT d.household_id FROM due d)
                   OR h.id IN (SELECT o.household_id FROM opened o))
            ORDER BY in_hand DESC, h.monitored DESC, h.household_no LIMIT {limit}
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
        'look_backs_due', (SELECT coalesce(json_agg(json_build_object('id', d.id, 'household_id', d.household_id,
            'seq', d.seq, 'due_on', d.due_on) ORDER BY d.due_on, d.id), '[]') FROM due d),
        'words', {words_object(f"left({village}, 6)")},
        'sweeps', {_sweeps(statement, village)},
        'truncated', (SELECT count(*) > {MOST_HOUSEHOLDS} FROM cards)
    )::text
    FROM region r LEFT JOIN region t ON t.code = r.parent_code WHERE r.code = {village}""",  # noqa: S608 - our own text
        *statement.args,
    )
