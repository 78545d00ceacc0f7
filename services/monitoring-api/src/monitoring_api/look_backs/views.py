"""Reading look-backs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.look_backs import rules
from monitoring_api.sql import Statement, iso
from monitoring_api.visits.views import photo_receipts


def _fields(statement: Statement, today: str) -> str:
    return f"""
'id', l.id, 'case_id', l.case_id, 'seq', l.seq, 'household_id', l.household_id, 'household_no', h.household_no,
'turns', (SELECT count(*) FROM look_back s WHERE {statement.county("s")} AND s.county_code = l.county_code
    AND s.case_id = l.case_id),
'head_name', m.name, 'village_code', l.village_code, 'village_name', coalesce(r.name, ''), 'monitored', h.monitored,
'opens_on', l.opens_on, 'due_on', l.due_on, 'opened', l.opens_on <= {today},
'overdue', l.state = 'due' AND l.due_on < {today}, 'state', l.state, 'outcome', l.outcome,
'done_at', {iso("l.done_at")},
'late', coalesce((l.done_at AT TIME ZONE 'Asia/Shanghai')::date > l.due_on, false),
'visitor_name', v.visitor_name, 'review', l.review, 'stopped_on', l.stopped_on, 'stop_reason', l.stop_reason
"""  # noqa: S608 - our own text


RECORD_FIELDS = f"""
'id', v.id, 'visited_at', {iso("v.visited_at")}, 'received_at', {iso("v.received_at")}, 'visitor_name', v.visitor_name,
'form_version', v.form_version, 'findings', v.findings, 'outcome', v.outcome, 'location', v.location,
'receipt_number', v.receipt_number, 'counts', v.id = l.record_id, 'demo', v.demo
"""

RECEIPT_FIELDS = f"""
'id', v.id, 'number', v.receipt_number, 'received_at', {iso("v.received_at")}, 'payload_hash', v.payload_hash
"""


def _joins(statement: Statement) -> str:
    return (
        " LEFT JOIN region r ON r.code = l.village_code"
        f" JOIN household h ON {statement.county('h')} AND h.county_code = l.county_code AND h.id = l.household_id"
        f" LEFT JOIN household_member m ON {statement.county('m')} AND m.county_code = l.county_code"
        " AND m.household_id = l.household_id AND m.is_head"
        f" LEFT JOIN look_back_record v ON {statement.county('v')} AND v.county_code = l.county_code"
        " AND v.id = l.record_id"
    )


@dataclass(frozen=True, slots=True)
class Filters:
    region: str
    when: rules.When | None
    household_id: UUID | None
    review: bool
    today: date


def _when(statement: Statement, filters: Filters) -> str:
    arg = statement.arg
    today, end = filters.today, rules.quarter_end(filters.today)
    match filters.when:
        case "overdue":
            return f" AND l.state = 'due' AND l.due_on < {arg(today)}"
        case "this_quarter":
            return f" AND l.state = 'due' AND l.due_on BETWEEN {arg(today)} AND {arg(end)}"
        case "later":
            return f" AND l.state = 'due' AND l.due_on > {arg(end)}"
        case "done" | "stopped" as state:
            return f" AND l.state = '{state}'"
    return ""


async def list_look_backs(db: ReadConnection, filters: Filters, paging: PageParams) -> bytes:
    """A page, soonest due first; the first one with how many there are of each."""
    statement = Statement(filters.region)
    condition = statement.inside("l")
    if filters.household_id is not None:
        condition += f" AND l.household_id = {statement.arg(filters.household_id)}"
    if filters.review:
        condition += " AND l.review = 'open'"
    counts = b"null" if paging.cursor else await _counts(db, filters)
    condition += _when(statement, filters)
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM look_back l WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(date, UUID):
        due, last = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (l.due_on, l.id) > ({due}::date, {last}::uuid)"
    limit, today = statement.arg(paging.limit + 1), statement.arg(filters.today)
    rows = await db.rows(
        f"""
    SELECT json_build_object({_fields(statement, today)})::text, l.due_on, l.id
    FROM (SELECT l.* FROM look_back l WHERE {condition} ORDER BY l.due_on, l.id LIMIT {limit}) l
    {_joins(statement)}
    ORDER BY l.due_on, l.id""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)[:-1] + b',"counts":' + counts + b"}"


async def _counts(db: ReadConnection, filters: Filters) -> bytes:
    statement = Statement(filters.region)
    condition = statement.inside("l")
    if filters.household_id is not None:
        condition += f" AND l.household_id = {statement.arg(filters.household_id)}"
    today, end = statement.arg(filters.today), statement.arg(rules.quarter_end(filters.today))
    row = await db.row(
        f"""
    SELECT count(*) FILTER (WHERE l.state = 'due' AND l.due_on < {today}) AS overdue,
           count(*) FILTER (WHERE l.state = 'due' AND l.due_on BETWEEN {today} AND {end}) AS this_quarter,
           count(*) FILTER (WHERE l.state = 'due' AND l.due_on > {end}) AS later,
           count(*) FILTER (WHERE l.state = 'done') AS done, count(*) FILTER (WHERE l.state = 'stopped') AS stopped
    FROM look_back l WHERE {condition}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return orjson.dumps(dict(row) if row else {})


def _one(statement: Statement, today: str) -> str:
    return f"""(jsonb_build_object({_fields(statement, today)}) || jsonb_build_object('records', coalesce((
        SELECT json_agg(json_build_object({RECORD_FIELDS}) ORDER BY v.received_at, v.id) FROM look_back_record v
        WHERE {statement.county("v")} AND v.county_code = l.county_code AND v.look_back_id = l.id), '[]'::json)))"""  # noqa: S608


async def get_look_back(db: ReadConnection, region: str, look_back_id: UUID, today: date) -> bytes | None:
    """One with all its records."""
    statement = Statement(region)
    wanted, day = statement.arg(look_back_id), statement.arg(today)
    return await db.json(
        f"SELECT {_one(statement, day)}::text FROM look_back l {_joins(statement)}"  # noqa: S608 - our own text
        f" WHERE {statement.inside('l')} AND l.id = {wanted}",
        *statement.args,
    )


async def get_uploaded(
    db: ReadConnection, region: str, look_back_id: UUID, record_id: UUID, today: date
) -> bytes | None:
    """One with all its records, and the receipt of one of them."""
    statement = Statement(region)
    wanted, record, day = statement.arg(look_back_id), statement.arg(record_id), statement.arg(today)
    receipt = f"json_build_object({RECEIPT_FIELDS}, 'photos', {photo_receipts(statement, 'look_back_record', 'v')})"
    return await db.json(
        f"SELECT json_build_object('receipt', (SELECT {receipt} FROM look_back_record v"  # noqa: S608 - our own text
        f" WHERE {statement.county('v')} AND v.id = {record}), 'look_back', {_one(statement, day)})::text"
        f" FROM look_back l {_joins(statement)} WHERE {statement.inside('l')} AND l.id = {wanted}",
        *statement.args,
    )
