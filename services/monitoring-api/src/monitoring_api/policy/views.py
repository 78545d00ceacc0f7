"""What classes and risks are called, for statements that read many households at once (MON-3, MON-4).

The same answer as ``policy.service.get_words``, as common table expressions: a list of households must not ask for the
words of each.
"""

from __future__ import annotations

from datetime import date

from monitoring_api.sql import Statement, yuan


def words(statement: Statement, day: date) -> str:
    """CTEs with the words of the statement's counties on ``day``, without the leading WITH.

    ``policy_period``: the profile in force. ``policy_value (county_code, key, value)``. ``class_word (county_code,
    code, name, position)``. ``risk_word (county_code, code, name, position, in_use)``: those in use as the county
    orders them, then all that were ever named there.
    """
    on = f"{statement.arg(day)}::date"
    return f"""
    policy_period AS MATERIALIZED (
        SELECT p.* FROM policy_profile p WHERE p.valid_from <= {on} AND coalesce(p.valid_to >= {on}, true)
        ORDER BY p.valid_from DESC LIMIT 1
    ), policy_county AS MATERIALIZED (
        SELECT c.county_code FROM (SELECT r.code AS county_code FROM region r WHERE r.level = 'county') c
        WHERE {statement.county("c")}
    ), policy_value AS MATERIALIZED (
        SELECT c.county_code, d.key, coalesce((
            SELECT s.value FROM policy_setting s
            WHERE {statement.county("s")} AND s.county_code = c.county_code AND s.key = d.key AND s.valid_from <= {on}
              AND (s.valid_from >= p.valid_from OR d.key = 'income_line')
            ORDER BY s.valid_from DESC, s.revision DESC LIMIT 1), d.value) AS value
        FROM policy_period p
        JOIN policy_default d ON d.profile_code = p.code AND d.key IN ('class_names', 'income_line', 'risk_points')
        CROSS JOIN policy_county c
    ), class_word AS MATERIALIZED (
        SELECT c.county_code, k.code, coalesce(v.value ->> k.code, k.name) AS name, k.position
        FROM policy_county c CROSS JOIN monitored_class k
        LEFT JOIN policy_value v ON v.county_code = c.county_code AND v.key = 'class_names'
    ), risk_word AS MATERIALIZED (
        SELECT DISTINCT ON (w.county_code, w.code) w.* FROM (
            SELECT v.county_code, i.item ->> 'code' AS code, i.item ->> 'name' AS name, i.position::int, true AS in_use,
                   NULL::date AS since, 0 AS revision
            FROM policy_value v, jsonb_array_elements(v.value -> 'items') WITH ORDINALITY AS i(item, position)
            WHERE v.key = 'risk_points'
            UNION ALL
            SELECT s.county_code, i.item ->> 'code', i.item ->> 'name', 100 + i.position::int, false, s.valid_from,
                   s.revision
            FROM policy_setting s, jsonb_array_elements(s.value -> 'items') WITH ORDINALITY AS i(item, position)
            WHERE {statement.county("s")} AND s.key = 'risk_points'
            UNION ALL
            SELECT c.county_code, k.code, k.name, 200 + k.position, false, NULL, 0
            FROM policy_county c CROSS JOIN risk_kind k
        ) w ORDER BY w.county_code, w.code, w.in_use DESC, w.since DESC NULLS LAST, w.revision DESC
    )"""  # noqa: S608 - our own text, values are arguments


def names_of_risks(household: str, codes: str) -> str:
    """SQL: the JSON list of the names of ``codes`` (a text array) in the county of the household's alias."""
    return (
        "(SELECT coalesce(json_agg(k.name ORDER BY k.position), '[]') FROM risk_word k"  # noqa: S608 - our own text
        f" WHERE k.county_code = {household}.county_code AND k.code = ANY ({codes}))"
    )


def words_object(county: str) -> str:
    """SQL: the ``Words`` of one county as JSON; NULL when no profile is in force."""
    return f"""(
        SELECT json_build_object('profile_code', p.code, 'profile_name', p.name, 'object_name', p.object_name,
            'fund_name', p.fund_name,
            'income_line', (SELECT {yuan("(v.value ->> 'fen')::bigint")} FROM policy_value v
                            WHERE v.county_code = {county} AND v.key = 'income_line'),
            'classes', (SELECT json_agg(json_build_object('code', k.code, 'name', k.name, 'in_use', true)
                            ORDER BY k.position) FROM class_word k WHERE k.county_code = {county}),
            'risks', (SELECT json_agg(json_build_object('code', k.code, 'name', k.name, 'in_use', k.in_use)
                            ORDER BY k.position, k.code) FROM risk_word k WHERE k.county_code = {county}))
        FROM policy_period p)"""  # noqa: S608 - our own text
