"""Reading the issues that sweeps found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

import orjson
from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.sql import Statement, iso
from monitoring_api.sweeps.rules import ProblemKind

Wanted = Literal["open", "overdue", "struck_off"]


@dataclass(frozen=True, slots=True)
class IssueFilter:
    region: str
    round_id: UUID | None
    household_id: UUID | None
    state: Wanted | None
    kind: ProblemKind | None
    today: date


def _fields(today: str) -> str:
    return f"""
'id', i.id, 'round_id', i.round_id, 'round_title', s.title, 'household_id', i.household_id,
'household_no', h.household_no, 'head_name', m.name, 'village_code', i.village_code,
'village_name', coalesce(r.name, ''), 'kind', i.kind, 'description', i.description, 'found_at', {iso("i.found_at")},
'found_by_name', i.found_by_name, 'due_on', i.due_on, 'overdue', i.state = 'open' AND i.due_on < {today},
'state', i.state, 'measure', i.measure, 'evidence', i.evidence, 'struck_off_on', i.struck_off_on,
'struck_off_by_name', i.struck_off_by_name, 'version', i.version, 'demo', i.demo
"""


def _narrowed(statement: Statement, wanted: IssueFilter) -> str:
    text = statement.inside("i")
    if wanted.round_id is not None:
        text += f" AND i.round_id = {statement.arg(wanted.round_id)}"
    if wanted.household_id is not None:
        text += f" AND i.household_id = {statement.arg(wanted.household_id)}"
    if wanted.kind is not None:
        text += f" AND i.kind = {statement.arg(wanted.kind)}"
    return text


async def list_issues(db: ReadConnection, wanted: IssueFilter, paging: PageParams) -> bytes:
    """A page, soonest limit first; the first one with how many there are of each state."""
    counts = b"null" if paging.cursor else await _counts(db, wanted)
    statement = Statement(wanted.region)
    condition = _narrowed(statement, wanted)
    match wanted.state:
        case "open" | "struck_off" as state:
            condition += f" AND i.state = '{state}'"
        case "overdue":
            condition += f" AND i.state = 'open' AND i.due_on < {statement.arg(wanted.today)}"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM sweep_issue i WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(date, UUID):
        due, last = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (i.due_on, i.id) > ({due}::date, {last}::uuid)"
    limit, today = statement.arg(paging.limit + 1), statement.arg(wanted.today)
    rows = await db.rows(
        f"""
    SELECT json_build_object({_fields(today)})::text, i.due_on, i.id
    FROM (SELECT i.* FROM sweep_issue i WHERE {condition} ORDER BY i.due_on, i.id LIMIT {limit}) i
    JOIN sweep_round s ON s.county_code = i.county_code AND s.id = i.round_id
    LEFT JOIN region r ON r.code = i.village_code
    JOIN household h ON {statement.county("h")} AND h.county_code = i.county_code AND h.id = i.household_id
    LEFT JOIN household_member m ON {statement.county("m")} AND m.county_code = i.county_code
        AND m.household_id = i.household_id AND m.is_head
    ORDER BY i.due_on, i.id""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)[:-1] + b',"counts":' + counts + b"}"


async def _counts(db: ReadConnection, wanted: IssueFilter) -> bytes:
    statement = Statement(wanted.region)
    condition = _narrowed(statement, wanted)
    today = statement.arg(wanted.today)
    row = await db.row(
        f"""
    SELECT count(*) FILTER (WHERE i.state = 'open') AS open,
           count(*) FILTER (WHERE i.state = 'open' AND i.due_on < {today}) AS overdue,
           count(*) FILTER (WHERE i.state = 'struck_off') AS struck_off
    FROM sweep_issue i WHERE {condition}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return orjson.dumps(dict(row) if row else {})
