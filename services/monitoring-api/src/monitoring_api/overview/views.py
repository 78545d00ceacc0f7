"""The overview of a region: one statement over the register (GW-2, GW-3)."""

from __future__ import annotations

from service_kit.db import ReadConnection
from service_kit.region import child_length, level_of

from monitoring_api.counting import counts
from monitoring_api.sql import Statement

TOTALS = """
'population', json_build_object('people', coalesce(sum(people), 0), 'households', coalesce(sum(households), 0)),
'lifted', json_build_object('households', coalesce(sum(lifted_households), 0),
                            'people', coalesce(sum(lifted_people), 0)),
'villages', json_build_object('total', count(types), 'by_type', json_build_object(
    'lifted', count(*) FILTER (WHERE 'lifted' = ANY (types)),
    'key_assistance', count(*) FILTER (WHERE 'key_assistance' = ANY (types)),
    'model', count(*) FILTER (WHERE 'model' = ANY (types))))
"""

MONITORED = "'households', coalesce(sum(monitored_households), 0), 'people', coalesce(sum(monitored_people), 0)"


async def make_overview(db: ReadConnection, region: str) -> bytes | None:
    """Totals of ``region`` ("" for the nation) and of its next level; None for a region that is not known.

    Counts villages first and adds them up, so that the register is read once whatever the number of children.
    """
    statement = Statement(region)
    code = statement.arg(region)
    length = child_length(region)
    children = "'[]'::json" if length is None else "(SELECT coalesce(json_agg(c.child ORDER BY c.code), '[]') FROM c)"
    return await db.json(
        f"""
    WITH {counts(statement)}, vv AS (
        SELECT v.village_code, v.types FROM village v WHERE {statement.inside("v")}
    ), per_village AS MATERIALIZED (
        SELECT village_code, vv.types, pp.people, hh.households, hh.lifted_households, hh.monitored_households,
               sp.lifted_people, sp.monitored_people
        FROM vv FULL JOIN hh USING (village_code) FULL JOIN pp USING (village_code) FULL JOIN sp USING (village_code)
    ), marked AS MATERIALIZED (
        SELECT h.monitored_class, h.risks FROM household h
        WHERE {statement.inside("h")} AND h.monitored AND h.state = 'active'
    ), c AS (
        SELECT left(village_code, {length or 12}) AS code, json_build_object(
                   'code', left(village_code, {length or 12}), 'name', coalesce(max(r.name), ''),
                   'level', '{level_of("0" * (length or 12))}', {TOTALS},
                   'monitored', json_build_object({MONITORED})) AS child
        FROM per_village LEFT JOIN region r ON r.code = left(village_code, {length or 12})
        GROUP BY left(village_code, {length or 12})
    )
    SELECT json_build_object(
        'region', (SELECT json_build_object('code', {code}::text, 'name', k.name, 'level', '{level_of(region)}')),
        {TOTALS},
        'monitored', json_build_object({MONITORED},
            'by_class', (SELECT json_object_agg(x.code, (SELECT count(*) FROM marked WHERE monitored_class = x.code))
                         FROM monitored_class x),
            'by_risk', (SELECT json_object_agg(x.code, (SELECT count(*) FROM marked WHERE x.code = ANY (risks)))
                        FROM (SELECT code FROM risk_kind UNION SELECT unnest(risks) FROM marked) x)),
        'children', {children}
    )::text
    FROM (SELECT r.name FROM region r WHERE r.code = {code} UNION ALL SELECT '全国' WHERE {code} = '') k
    LEFT JOIN per_village ON true
    GROUP BY k.name""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
