"""Reading village profiles with their recounted figures."""

from __future__ import annotations

from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.counting import counts
from monitoring_api.sql import Statement, yuan
from monitoring_api.terms import VillageType

FIELDS = f"""
'code', v.village_code, 'name', coalesce(r.name, ''), 'township_name', coalesce(t.name, ''), 'types', v.types,
'population', coalesce(pp.people, 0), 'households', coalesce(hh.households, 0),
'lifted_households', coalesce(hh.lifted_households, 0), 'lifted_people', coalesce(sp.lifted_people, 0),
'monitored_households', coalesce(hh.monitored_households, 0), 'monitored_people', coalesce(sp.monitored_people, 0),
'collective_income', {yuan("v.collective_income")},
'published', CASE WHEN v.published_source IS NOT NULL THEN json_build_object(
    'population', v.published_population, 'lifted_households', v.published_lifted_households,
    'lifted_people', v.published_lifted_people, 'monitored_households', v.published_monitored_households,
    'monitored_people', v.published_monitored_people, 'source', v.published_source) END,
'version', v.version
"""

JOINS = """
LEFT JOIN region r ON r.code = v.village_code
LEFT JOIN region t ON t.code = left(v.village_code, 9)
LEFT JOIN hh ON hh.village_code = v.village_code
LEFT JOIN pp ON pp.village_code = v.village_code
LEFT JOIN sp ON sp.village_code = v.village_code
"""


async def list_villages(db: ReadConnection, region: str, kind: VillageType | None, paging: PageParams) -> bytes:
    """A page in the order of codes; recounts only the villages of the page."""
    await db.plan_by_values()
    statement = Statement(region)
    condition = statement.inside("v")
    if kind is not None:
        condition += f" AND {statement.arg(kind)} = ANY (v.types)"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM village v WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(str):
        condition += f" AND v.village_code > {statement.arg(key[0])}"
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    WITH page AS MATERIALIZED (
        SELECT v.* FROM village v WHERE {condition} ORDER BY v.county_code, v.village_code LIMIT {limit}
    ), {counts(statement, villages="{0}.village_code = ANY (ARRAY(SELECT p.village_code FROM page p))")}
    SELECT json_build_object({FIELDS})::text, v.village_code FROM page v {JOINS}
    ORDER BY v.county_code, v.village_code""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def get_village(db: ReadConnection, code: str) -> tuple[bytes, int] | None:
    """One village and its version; None when there is no profile in the reader's region."""
    statement = Statement(code)
    row = await db.row(
        f"""
    WITH {counts(statement)}
    SELECT json_build_object({FIELDS})::text AS body, v.version FROM village v {JOINS}
    WHERE {statement.inside("v")}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return None if row is None else (row["body"].encode(), row["version"])
