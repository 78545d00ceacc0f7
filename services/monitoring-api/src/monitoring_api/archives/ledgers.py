"""The three archives above the household: village register 村册, township ledger 乡镇簿, county archive 县档.

Every figure is recounted from the register when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
from service_kit.clock import today
from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page
from service_kit.region import child_length

from monitoring_api.archives.cards import chosen
from monitoring_api.counting import counts
from monitoring_api.households.views import family
from monitoring_api.policy.views import names_of_risks, words
from monitoring_api.sql import Statement, yuan
from monitoring_api.terms import Status

_NET = "(i.wage + i.business + i.property + i.transfer - i.rigid_expense)::numeric"
_SUMMED = (
    "villages",
    "households",
    "people",
    "lifted_households",
    "lifted_people",
    "monitored_households",
    "monitored_people",
    "unsafe_dwellings",
    "unsafe_water",
    "dropouts",
    "uninsured",
    "without_helper",
    "open_cases",
    "eliminated",
    "visits_this_year",
)


def _register(statement: Statement, source: str, *, secrets: bool) -> str:
    secret = ", 'head_id_number', encode(hd.id_number, 'base64')" if secrets else ""
    head = (
        f" LEFT JOIN household_member hd ON {statement.county('hd')} AND hd.county_code = h.county_code"
        " AND hd.household_id = h.id AND hd.is_head"
    )
    mine = "{0}.county_code = h.county_code AND {0}.household_id = h.id"
    return f"""
    WITH {words(statement, today())}
    SELECT json_build_object(
        'id', h.id, 'household_no', h.household_no, 'group_name', h.group_name, 'head_name', f.head_name,
        'head_id_number_masked', f.head_id_number_masked, 'people', f.people, 'lifted', h.lifted,
        'monitored', h.monitored, 'monitored_class_name', mc.name,
        'risk_names', {names_of_risks("h", "h.risks")},
        'dwelling_grade', h.dwelling_grade, 'water_supply', h.water_supply, 'income_year', n.year,
        'net_income_per_head', {yuan("n.per_head")}, 'helper_name', a.helper_name,
        'last_visited_on', w.visited_on{secret})::text AS item, h.village_code, h.household_no
    FROM ({source}) h
    LEFT JOIN class_word mc ON mc.county_code = h.county_code AND mc.code = h.monitored_class
    {family(statement)}
    LEFT JOIN LATERAL (
        SELECT i.year, floor({_NET} / nullif(f.people, 0)) AS per_head FROM household_income i
        WHERE {statement.county("i")} AND {mine.format("i")} ORDER BY i.year DESC LIMIT 1) n ON true
    LEFT JOIN helper_assignment a ON {statement.county("a")} AND {mine.format("a")} AND a.until IS NULL
    LEFT JOIN LATERAL (
        SELECT (v.visited_at AT TIME ZONE 'Asia/Shanghai')::date AS visited_on FROM visit v
        WHERE {statement.county("v")} AND {mine.format("v")} ORDER BY v.visited_at DESC LIMIT 1) w ON true
    {head if secrets else ""}
    ORDER BY h.county_code, h.village_code, h.household_no"""  # noqa: S608 - our own text, values are arguments


async def register_page(db: ReadConnection, village: str, status: Status | None, paging: PageParams) -> bytes:
    """A page of ``RegisterRow`` in the order of household numbers."""
    statement = Statement(village)
    condition = chosen(statement, status)
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM household h WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(str, str):
        code, number = (statement.arg(value) for value in key)
        condition += f" AND (h.village_code, h.household_no) > ({code}, {number})"
    source = (
        f"SELECT h.* FROM household h WHERE {condition}"  # noqa: S608 - our own text, values are arguments
        f" ORDER BY h.county_code, h.village_code, h.household_no LIMIT {statement.arg(paging.limit + 1)}"
    )
    rows = await db.rows(_register(statement, source, secrets=False), *statement.args)
    return json_page(rows, paging.limit, total)


async def whole_register(
    db: ReadConnection, village: str, status: Status | None, *, secrets: bool
) -> list[dict[str, Any]]:
    """Every row of a village's register; with ``secrets`` each has ``head_id_number``, still encrypted."""
    statement = Statement(village)
    source = f"SELECT h.* FROM household h WHERE {chosen(statement, status)}"  # noqa: S608 - as above
    rows = await db.rows(_register(statement, source, secrets=secrets), *statement.args)
    return [orjson.loads(row["item"]) for row in rows]


async def make_ledger(db: ReadConnection, region: str, day: date) -> dict[str, Any] | None:
    """A ``Ledger`` as plain data; None for a region that is not known."""
    name = await db.value("SELECT name FROM region WHERE code = $1", region)
    if name is None:
        return None
    rows = await ledger_rows(db, region, child_length(region) or 12, day)
    return {
        "region_code": region,
        "region_name": name,
        "level": "township" if len(region) == 9 else "county",
        "total": total_of(region, name, rows),
        "classes": await _classes(db, region, day),
        "rows": rows,
    }


def total_of(region: str, name: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sum line of a ledger."""
    return {"code": region, "name": name} | {key: sum(row[key] for row in rows) for key in _SUMMED}


async def ledger_rows(db: ReadConnection, region: str, length: int, day: date) -> list[dict[str, Any]]:
    """One ``LedgerRow`` per region of ``length`` digits under ``region``, in the order of codes."""
    statement = Statement(region)
    start = statement.arg(day.replace(month=1, day=1))

    def inside(alias: str) -> str:
        return statement.inside(alias)

    rows = await db.rows(
        f"""
    WITH {counts(statement)}, vv AS (
        SELECT v.village_code FROM village v WHERE {inside("v")}
    ), dw AS (
        SELECT h.village_code, count(*) FILTER (WHERE h.dwelling_grade IN ('C', 'D')) AS unsafe_dwellings,
               count(*) FILTER (WHERE h.water_supply = 'unsafe') AS unsafe_water
        FROM household h WHERE {inside("h")} AND h.state = 'active' GROUP BY h.village_code
    ), mm AS (
        SELECT m.village_code, count(*) FILTER (WHERE m.schooling = 'dropout') AS dropouts,
               count(*) FILTER (WHERE NOT m.insured) AS uninsured
        FROM household_member m WHERE {inside("m")} AND m.state = 'present' GROUP BY m.village_code
    ), hp AS (
        SELECT h.village_code, count(*) AS without_helper FROM household h
        WHERE {inside("h")} AND h.monitored AND h.state = 'active' AND NOT EXISTS (
            SELECT FROM helper_assignment a WHERE {statement.county("a")} AND a.county_code = h.county_code
                AND a.household_id = h.id AND a.until IS NULL)
        GROUP BY h.village_code
    ), ca AS (
        SELECT c.village_code, count(*) FILTER (WHERE c.is_open) AS open_cases,
               count(DISTINCT c.household_id) FILTER (WHERE c.state = 'eliminated') AS eliminated
        FROM monitoring_case c WHERE {inside("c")} GROUP BY c.village_code
    ), vi AS (
        SELECT v.village_code, count(*) AS visits_this_year FROM visit v
        WHERE {inside("v")} AND v.visited_at >= {start}::date::timestamp AT TIME ZONE 'Asia/Shanghai'
        GROUP BY v.village_code
    ), per_village AS (
        SELECT * FROM vv FULL JOIN hh USING (village_code) FULL JOIN pp USING (village_code)
            LEFT JOIN sp USING (village_code) LEFT JOIN dw USING (village_code) LEFT JOIN mm USING (village_code)
            LEFT JOIN hp USING (village_code) LEFT JOIN ca USING (village_code) LEFT JOIN vi USING (village_code)
    )
    SELECT left(village_code, {length}) AS code, coalesce(max(r.name), '') AS name, count(*) AS villages,
           {", ".join(f"coalesce(sum({key}), 0)::bigint AS {key}" for key in _SUMMED[1:])}
    FROM per_village LEFT JOIN region r ON r.code = left(village_code, {length})
    GROUP BY left(village_code, {length}) ORDER BY 1""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return [dict(row) for row in rows]


async def _classes(db: ReadConnection, region: str, day: date) -> list[dict[str, Any]]:
    statement = Statement(region)
    rows = await db.rows(
        f"""
    WITH {words(statement, day)}
    SELECT k.code, k.name, coalesce(sum(t.households), 0)::bigint AS households,
           coalesce(sum(t.people), 0)::bigint AS people
    FROM class_word k
    LEFT JOIN (
        SELECT h.monitored_class, 1 AS households, f.people FROM household h {family(statement)}
        WHERE {statement.inside("h")} AND h.monitored AND h.state = 'active'
    ) t ON t.monitored_class = k.code
    GROUP BY k.code, k.name, k.position ORDER BY k.position, k.code""",  # noqa: S608 - our own text
        *statement.args,
    )
    return [dict(row) for row in rows]
