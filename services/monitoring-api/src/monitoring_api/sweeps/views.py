"""Reading sweeps: rounds, live progress, items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page
from service_kit.scope import Scope

from monitoring_api.sql import Statement, iso
from monitoring_api.sweeps.rules import ItemState
from monitoring_api.visits.views import photo_receipts

MOST_CADRES = 200


def _round_fields(statement: Statement, today: str) -> str:
    """A round with counts of what lies in the statement's region: index-only over the items."""
    items = f"FROM sweep_item i WHERE {statement.inside('i')} AND i.county_code = s.county_code AND i.round_id = s.id"
    return f"""
'id', s.id, 'county_code', s.county_code, 'region_code', s.region_code, 'region_name', coalesce(r.name, ''),
'title', s.title, 'year', s.year, 'half', s.half, 'starts_on', s.starts_on, 'ends_on', s.ends_on,
'form_version', s.form_version, 'households', s.households, 'opened_at', {iso("s.opened_at")},
'opened_by_name', s.opened_by_name, 'is_open', s.is_open, 'overdue', s.is_open AND s.ends_on < {today},
'closed_at', {iso("s.closed_at")}, 'closed_by_name', s.closed_by_name,
'total', (SELECT count(*) {items}), 'done', (SELECT count(*) {items} AND i.state = 'done'),
'excused', (SELECT count(*) {items} AND i.state = 'excused'),
'open_issues', (SELECT count(*) FROM sweep_issue i WHERE {statement.inside("i")} AND i.county_code = s.county_code
    AND i.round_id = s.id AND i.state = 'open'),
'version', s.version, 'demo', s.demo
"""  # noqa: S608 - our own text


def _of_region(statement: Statement, region: str) -> str:
    """Rounds whose area has a part in the region: inside it, or around it."""
    scope = Scope(region)
    lo, hi, code = statement.arg(scope.lo), statement.arg(scope.hi), statement.arg(region)
    return (
        f"{statement.county('s')} AND ((s.region_code >= {lo} AND s.region_code < {hi})"
        f" OR {code}::text LIKE s.region_code || '%')"
    )


@dataclass(frozen=True, slots=True)
class RoundFilter:
    region: str
    year: int | None
    is_open: bool | None
    today: date


async def list_rounds(db: ReadConnection, wanted: RoundFilter, paging: PageParams) -> bytes:
    """A page, latest begun first."""
    statement = Statement(wanted.region)
    condition = _of_region(statement, wanted.region)
    if wanted.year is not None:
        condition += f" AND s.year = {statement.arg(wanted.year)}"
    if wanted.is_open is not None:
        condition += f" AND s.is_open = {statement.arg(wanted.is_open)}"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM sweep_round s WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(date, UUID):
        starts, last = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (s.starts_on, s.id) < ({starts}::date, {last}::uuid)"
    limit, today = statement.arg(paging.limit + 1), statement.arg(wanted.today)
    rows = await db.rows(
        f"""
    SELECT json_build_object({_round_fields(statement, today)})::text, s.starts_on, s.id
    FROM (SELECT s.* FROM sweep_round s WHERE {condition} ORDER BY s.starts_on DESC, s.id DESC LIMIT {limit}) s
    LEFT JOIN region r ON r.code = s.region_code
    ORDER BY s.starts_on DESC, s.id DESC""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def get_round(db: ReadConnection, region: str, county_code: str, round_id: UUID, today: date) -> bytes | None:
    """One round as far as it lies in ``region``."""
    statement = Statement(region)
    county, wanted, day = statement.arg(county_code), statement.arg(round_id), statement.arg(today)
    return await db.json(
        f"SELECT json_build_object({_round_fields(statement, day)})::text FROM sweep_round s"  # noqa: S608
        f" LEFT JOIN region r ON r.code = s.region_code WHERE s.county_code = {county} AND s.id = {wanted}",
        *statement.args,
    )


async def find_county(db: ReadConnection, region: str, round_id: UUID) -> str | None:
    """The county of a round that has a part in ``region``."""
    statement = Statement(region)
    condition = _of_region(statement, region)
    county: str | None = await db.value(
        f"SELECT s.county_code FROM sweep_round s WHERE {condition} AND s.id = {statement.arg(round_id)}",  # noqa: S608
        *statement.args,
    )
    return county


async def progress(db: ReadConnection, region: str, county_code: str, round_id: UUID) -> bytes:
    """How far each village and each cadre is, in one statement over the round's items."""
    statement = Statement(region)
    county, wanted = statement.arg(county_code), statement.arg(round_id)
    body = await db.json(
        f"""
    WITH items AS MATERIALIZED (
        SELECT i.village_code, i.state, i.unchanged, i.problems, i.review, i.recorded_at, i.visitor_id, i.visitor_name,
               i.assignee_id, i.assignee_name
        FROM sweep_item i WHERE {statement.inside("i")} AND i.county_code = {county} AND i.round_id = {wanted}
    ), found AS MATERIALIZED (
        SELECT i.village_code, count(*) AS issues, count(*) FILTER (WHERE i.state = 'open') AS open_issues
        FROM sweep_issue i WHERE {statement.inside("i")} AND i.county_code = {county} AND i.round_id = {wanted}
        GROUP BY i.village_code
    ), villages AS (
        SELECT i.village_code AS code, count(*) AS total, count(*) FILTER (WHERE i.state = 'done') AS done,
               count(*) FILTER (WHERE i.state = 'excused') AS excused, count(*) FILTER (WHERE i.unchanged) AS unchanged,
               count(*) FILTER (WHERE i.problems > 0) AS with_problems,
               count(*) FILTER (WHERE i.review = 'open') AS reviews, max(i.recorded_at) AS last_at
        FROM items i GROUP BY i.village_code
    ), people AS (
        SELECT i.assignee_id AS id, i.assignee_name AS name, 1 AS assigned, (i.state = 'done')::int AS assigned_done,
               0 AS done, 0 AS unchanged, 0 AS with_problems, NULL::timestamptz AS last_at
        FROM items i WHERE i.assignee_id IS NOT NULL
        UNION ALL
        SELECT i.visitor_id, i.visitor_name, 0, 0, 1, i.unchanged::int, (i.problems > 0)::int, i.recorded_at
        FROM items i WHERE i.visitor_id IS NOT NULL
    ), cadres AS (
        SELECT p.id, max(p.name) AS name, sum(p.assigned) AS assigned, sum(p.assigned_done) AS assigned_done,
               sum(p.done) AS done, sum(p.unchanged) AS unchanged, sum(p.with_problems) AS with_problems,
               max(p.last_at) AS last_at
        FROM people p GROUP BY p.id
        ORDER BY sum(p.assigned) - sum(p.assigned_done) DESC, sum(p.done) DESC, p.id LIMIT {MOST_CADRES}
    )
    SELECT json_build_object(
        'total', (SELECT coalesce(sum(v.total), 0) FROM villages v),
        'done', (SELECT coalesce(sum(v.done), 0) FROM villages v),
        'excused', (SELECT coalesce(sum(v.excused), 0) FROM villages v),
        'unchanged', (SELECT coalesce(sum(v.unchanged), 0) FROM villages v),
        'with_problems', (SELECT coalesce(sum(v.with_problems), 0) FROM villages v),
        'reviews', (SELECT coalesce(sum(v.reviews), 0) FROM villages v),
        'issues', (SELECT coalesce(sum(f.issues), 0) FROM found f),
        'open_issues', (SELECT coalesce(sum(f.open_issues), 0) FROM found f),
        'villages', (SELECT coalesce(json_agg(json_build_object(
            'code', v.code, 'name', coalesce(r.name, ''), 'township_name', coalesce(t.name, ''), 'total', v.total,
            'done', v.done, 'excused', v.excused, 'unchanged', v.unchanged, 'with_problems', v.with_problems,
            'reviews', v.reviews, 'issues', coalesce(f.issues, 0), 'open_issues', coalesce(f.open_issues, 0),
            'last_at', {iso("v.last_at")}) ORDER BY v.code), '[]')
            FROM villages v LEFT JOIN region r ON r.code = v.code LEFT JOIN region t ON t.code = r.parent_code
            LEFT JOIN found f ON f.village_code = v.code),
        'cadres', (SELECT coalesce(json_agg(json_build_object(
            'id', c.id, 'name', c.name, 'assigned', c.assigned, 'assigned_done', c.assigned_done, 'done', c.done,
            'unchanged', c.unchanged, 'with_problems', c.with_problems, 'last_at', {iso("c.last_at")})
            ORDER BY c.assigned - c.assigned_done DESC, c.done DESC, c.id), '[]') FROM cadres c)
    )::text""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return body or b"{}"


_ITEM_FIELDS = f"""
'household_id', i.household_id, 'household_no', h.household_no, 'group_name', h.group_name, 'head_name', m.name,
'village_code', i.village_code, 'village_name', coalesce(r.name, ''), 'lifted', h.lifted, 'monitored', h.monitored,
'active', h.state = 'active', 'assignee_name', i.assignee_name, 'state', i.state, 'recorded_at', {iso("i.recorded_at")},
'visitor_name', i.visitor_name, 'unchanged', i.unchanged, 'problems', i.problems, 'records', i.records,
'review', i.review, 'excuse', i.excuse, 'excused_by_name', i.excused_by_name
"""

_RECORD_FIELDS = f"""
'id', v.id, 'visited_at', {iso("v.visited_at")}, 'received_at', {iso("v.received_at")}, 'visitor_name', v.visitor_name,
'form_version', v.form_version, 'unchanged', v.unchanged, 'findings', v.findings, 'problems', v.problems,
'location', v.location, 'receipt_number', v.receipt_number, 'counts', v.id = i.record_id, 'demo', v.demo
"""

_RECEIPT_FIELDS = f"""
'id', v.id, 'number', v.receipt_number, 'received_at', {iso("v.received_at")}, 'payload_hash', v.payload_hash
"""


def _item_joins(statement: Statement) -> str:
    return (
        " LEFT JOIN region r ON r.code = i.village_code"
        f" JOIN household h ON {statement.county('h')} AND h.county_code = i.county_code AND h.id = i.household_id"
        f" LEFT JOIN household_member m ON {statement.county('m')} AND m.county_code = i.county_code"
        " AND m.household_id = i.household_id AND m.is_head"
    )


@dataclass(frozen=True, slots=True)
class ItemFilter:
    region: str
    county_code: str
    round_id: UUID
    state: ItemState | None
    review: bool
    problems: bool


async def list_items(db: ReadConnection, wanted: ItemFilter, paging: PageParams) -> bytes:
    """A page of a round's households in the order of village and household number."""
    statement = Statement(wanted.region)
    county, number = statement.arg(wanted.county_code), statement.arg(wanted.round_id)
    condition = f"{statement.inside('i')} AND i.county_code = {county} AND i.round_id = {number}"
    if wanted.state is not None:
        condition += f" AND i.state = {statement.arg(wanted.state)}"
    if wanted.review:
        condition += " AND i.review = 'open'"
    if wanted.problems:
        condition += " AND i.problems > 0"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM sweep_item i WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(str, str):
        village, household_no = (statement.arg(value) for value in key)
        condition += f" AND (h.village_code, h.household_no) > ({village}, {household_no})"
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    SELECT json_build_object({_ITEM_FIELDS})::text, h.village_code, h.household_no
    FROM sweep_item i {_item_joins(statement)}
    WHERE {condition} ORDER BY h.county_code, h.village_code, h.household_no LIMIT {limit}""",  # noqa: S608
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


def _item(statement: Statement) -> str:
    return f"""(jsonb_build_object({_ITEM_FIELDS}) || jsonb_build_object('round_id', i.round_id,
        'records_received', coalesce((
        SELECT json_agg(json_build_object({_RECORD_FIELDS}) ORDER BY v.received_at, v.id) FROM sweep_record v
        WHERE {statement.county("v")} AND v.county_code = i.county_code AND v.round_id = i.round_id
          AND v.household_id = i.household_id), '[]'::json)))"""  # noqa: S608 - our own text


async def get_item(db: ReadConnection, region: str, round_id: UUID, household_id: UUID) -> bytes | None:
    """A household's item with all its records."""
    statement = Statement(region)
    wanted, household = statement.arg(round_id), statement.arg(household_id)
    return await db.json(
        f"SELECT {_item(statement)}::text FROM sweep_item i {_item_joins(statement)}"  # noqa: S608 - our own text
        f" WHERE {statement.inside('i')} AND i.round_id = {wanted} AND i.household_id = {household}",
        *statement.args,
    )


async def get_uploaded(
    db: ReadConnection, region: str, round_id: UUID, household_id: UUID, record_id: UUID
) -> bytes | None:
    """A household's item with all its records, and the receipt of one of them."""
    sql, arguments = uploaded(region, round_id, household_id, record_id)
    return await db.json(sql, *arguments)


def uploaded(region: str, round_id: UUID, household_id: UUID, record_id: UUID) -> tuple[str, list[Any]]:
    """The statement of ``get_uploaded``; after the JSON the hash of the record, if it is one of this item."""
    statement = Statement(region)
    wanted, household, record = statement.arg(round_id), statement.arg(household_id), statement.arg(record_id)
    receipt = f"json_build_object({_RECEIPT_FIELDS}, 'photos', {photo_receipts(statement, 'sweep_record', 'v')})"
    sql = (
        f"SELECT json_build_object('receipt', {receipt}, 'item', {_item(statement)})::text,"  # noqa: S608 - our own text
        " CASE WHEN v.round_id = i.round_id AND v.household_id = i.household_id THEN v.payload_hash END"
        f" FROM sweep_item i {_item_joins(statement)}"
        f" JOIN sweep_record v ON {statement.county('v')} AND v.county_code = i.county_code AND v.id = {record}"
        f" WHERE {statement.inside('i')} AND i.round_id = {wanted} AND i.household_id = {household}"
    )
    return sql, statement.args
