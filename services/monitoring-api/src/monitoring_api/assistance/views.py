"""Reading plans and measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import orjson
from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.assistance.repository import ABLE_TO_WORK
from monitoring_api.assistance.rules import BACKSTOP, SOON_DAYS, MeasureType
from monitoring_api.sql import Statement, iso, yuan

PlanFilterState = Literal["draft", "overdue", "confirmed", "backstop_missing", "closed"]
MeasureFilterState = Literal["planned", "overdue", "delivered", "cancelled"]

_SETTLED = "(p.state <> 'draft')::int"
_ABLE = ", ".join(f"'{word}'" for word in ABLE_TO_WORK)


def _urgency(due: str, today: str, soon: str) -> str:
    return f"CASE WHEN {due} < {today} THEN 'overdue' WHEN {due} <= {soon} THEN 'due_soon' ELSE 'in_time' END"


def _labour(statement: Statement) -> str:
    """Whether anybody present in the household of plan ``p`` can work."""
    return (
        f"EXISTS (SELECT 1 FROM household_member w WHERE {statement.county('w')} AND w.county_code = p.county_code"  # noqa: S608
        " AND w.village_code = p.village_code AND w.household_id = p.household_id AND w.state = 'present'"
        f" AND w.labour_ability IN ({_ABLE}))"
    )


def _backstop_missing(statement: Statement) -> str:
    return (
        f"(p.state <> 'closed' AND NOT {_labour(statement)} AND NOT EXISTS (SELECT 1 FROM assistance_measure b"  # noqa: S608
        f" WHERE {statement.county('b')} AND b.county_code = p.county_code AND b.plan_id = p.id AND b.kept"
        f" AND b.type = '{BACKSTOP}'))"
    )


def _plan_fields(statement: Statement, today: str, soon: str) -> str:
    return f"""
'id', p.id, 'household_id', p.household_id, 'household_no', h.household_no, 'head_name', m.name,
'village_code', p.village_code, 'village_name', coalesce(r.name, ''), 'monitored_class', h.monitored_class,
'risks', to_json(h.risks), 'since', p.since, 'working_days', p.working_days, 'due_on', p.due_on, 'state', p.state,
'urgency', CASE WHEN p.state = 'draft' THEN {_urgency("p.due_on", today, soon)} END,
'goal', p.goal, 'confirmed_at', {iso("p.confirmed_at")}, 'confirmed_by_name', p.confirmed_by_name,
'confirmed_risks', to_json(p.confirmed_risks),
'risks_changed', p.state = 'confirmed' AND h.monitored AND p.confirmed_risks IS DISTINCT FROM h.risks,
'labour_people', p.labour_people, 'has_labour', {_labour(statement)},
'backstop_missing', {_backstop_missing(statement)},
'measures', c.measures, 'delivered', c.delivered, 'overdue_measures', c.overdue,
'closed_on', p.closed_on, 'version', p.version, 'demo', p.demo
"""


def _plan_joins(statement: Statement, today: str) -> str:
    return f"""
    LEFT JOIN region r ON r.code = p.village_code
    JOIN household h ON {statement.county("h")} AND h.county_code = p.county_code AND h.id = p.household_id
    LEFT JOIN household_member m ON {statement.county("m")} AND m.county_code = p.county_code
        AND m.household_id = p.household_id AND m.is_head
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE x.kept) AS measures, count(*) FILTER (WHERE x.state = 'delivered') AS delivered,
               count(*) FILTER (WHERE x.state = 'planned' AND x.planned_to < {today}) AS overdue
        FROM assistance_measure x
        WHERE {statement.county("x")} AND x.county_code = p.county_code AND x.plan_id = p.id
    ) c"""  # noqa: S608 - our own text


_MEASURE_FIELDS = f"""
'id', x.id, 'plan_id', x.plan_id, 'household_id', x.household_id, 'household_no', h.household_no, 'head_name', m.name,
'village_code', x.village_code, 'village_name', coalesce(r.name, ''), 'type', x.type, 'title', x.title,
'department', x.department, 'planned_from', x.planned_from, 'planned_to', x.planned_to, 'amount', {yuan("x.amount")},
'state', x.state, 'delivered_on', x.delivered_on, 'delivered_amount', {yuan("x.delivered_amount")},
'evidence', x.evidence, 'delivered_by_name', x.delivered_by_name, 'result', x.result,
'cancel_reason', x.cancel_reason, 'version', x.version, 'demo', x.demo
"""


def _measure(today: str, soon: str) -> str:
    urgency = f"CASE WHEN x.state = 'planned' THEN {_urgency('x.planned_to', today, soon)} END"
    return f"{_MEASURE_FIELDS}, 'urgency', {urgency}, 'backstop', p.backstop_id IS NOT DISTINCT FROM x.id"


@dataclass(frozen=True, slots=True)
class PlanFilter:
    region: str
    state: PlanFilterState | None
    household_id: UUID | None
    today: date


def _plan_state(statement: Statement, wanted: PlanFilter) -> str:
    match wanted.state:
        case "overdue":
            return f" AND p.state = 'draft' AND p.due_on < {statement.arg(wanted.today)}"
        case "backstop_missing":
            return f" AND {_backstop_missing(statement)}"
        case "draft" | "confirmed" | "closed" as state:
            return f" AND p.state = '{state}'"
    return ""


def _plans_of(statement: Statement, wanted: PlanFilter) -> str:
    text = statement.inside("p")
    if wanted.household_id is not None:
        text += f" AND p.household_id = {statement.arg(wanted.household_id)}"
    return text


async def list_plans(db: ReadConnection, wanted: PlanFilter, paging: PageParams) -> bytes:
    """A page, those still to be confirmed first, soonest limit first; the first page with how many of each."""
    counts = b"null" if paging.cursor else await _plan_counts(db, wanted)
    statement = Statement(wanted.region)
    condition = _plans_of(statement, wanted) + _plan_state(statement, wanted)
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM assistance_plan p WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(int, date, UUID):
        settled, due, last = (statement.arg(value) for value in key)
        condition += f" AND ({_SETTLED}, p.due_on, p.id) > ({settled}::int, {due}::date, {last}::uuid)"
    limit = statement.arg(paging.limit + 1)
    today, soon = statement.arg(wanted.today), statement.arg(wanted.today + timedelta(days=SOON_DAYS))
    rows = await db.rows(
        f"""
    SELECT json_build_object({_plan_fields(statement, today, soon)})::text, {_SETTLED}, p.due_on, p.id
    FROM (SELECT p.* FROM assistance_plan p WHERE {condition} ORDER BY {_SETTLED}, p.due_on, p.id LIMIT {limit}) p
    {_plan_joins(statement, today)}
    ORDER BY {_SETTLED}, p.due_on, p.id""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)[:-1] + b',"counts":' + counts + b"}"


async def _plan_counts(db: ReadConnection, wanted: PlanFilter) -> bytes:
    statement = Statement(wanted.region)
    condition = _plans_of(statement, wanted)
    today = statement.arg(wanted.today)
    row = await db.row(
        f"""
    SELECT count(*) FILTER (WHERE p.state = 'draft') AS draft,
           count(*) FILTER (WHERE p.state = 'draft' AND p.due_on < {today}) AS overdue,
           count(*) FILTER (WHERE p.state = 'confirmed') AS confirmed,
           count(*) FILTER (WHERE {_backstop_missing(statement)}) AS backstop_missing
    FROM assistance_plan p WHERE {condition} AND p.state <> 'closed'""",  # noqa: S608 - our own text
        *statement.args,
    )
    return orjson.dumps(dict(row) if row else {})


async def plans_of_household(db: ReadConnection, region: str, household_id: UUID, today: date) -> list[bytes]:
    """All plans of a household as JSON, the one that goes on first, then the latest."""
    statement = Statement(region)
    household, day = statement.arg(household_id), statement.arg(today)
    soon = statement.arg(today + timedelta(days=SOON_DAYS))
    rows = await db.rows(
        f"""
    SELECT json_build_object({_plan_fields(statement, day, soon)})::text
    FROM assistance_plan p {_plan_joins(statement, day)}
    WHERE {statement.inside("p")} AND p.household_id = {household}
    ORDER BY p.state = 'closed', p.since DESC, p.id DESC""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return [row[0].encode() for row in rows]


async def get_plan(db: ReadConnection, region: str, plan_id: UUID, today: date) -> bytes | None:
    statement = Statement(region)
    plan, day = statement.arg(plan_id), statement.arg(today)
    soon = statement.arg(today + timedelta(days=SOON_DAYS))
    return await db.json(
        f"SELECT json_build_object({_plan_fields(statement, day, soon)})::text"  # noqa: S608 - our own text
        f" FROM assistance_plan p {_plan_joins(statement, day)} WHERE {statement.inside('p')} AND p.id = {plan}",
        *statement.args,
    )


async def measures_of(db: ReadConnection, region: str, plan_id: UUID, today: date) -> bytes:
    """The measures of a plan as a JSON list."""
    statement = Statement(region)
    plan, day = statement.arg(plan_id), statement.arg(today)
    soon = statement.arg(today + timedelta(days=SOON_DAYS))
    body = await db.json(
        f"""
    SELECT coalesce(json_agg(json_build_object({_measure(day, soon)})
        ORDER BY x.state = 'cancelled', x.planned_from, x.id), '[]')::text
    FROM assistance_measure x {_measure_joins(statement)}
    WHERE {statement.inside("x")} AND x.plan_id = {plan}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return body or b"[]"


async def get_measure(db: ReadConnection, region: str, measure_id: UUID, today: date) -> bytes | None:
    statement = Statement(region)
    wanted, day = statement.arg(measure_id), statement.arg(today)
    soon = statement.arg(today + timedelta(days=SOON_DAYS))
    return await db.json(
        f"SELECT json_build_object({_measure(day, soon)})::text FROM assistance_measure x {_measure_joins(statement)}"  # noqa: S608
        f" WHERE {statement.inside('x')} AND x.id = {wanted}",
        *statement.args,
    )


def _measure_joins(statement: Statement) -> str:
    return (
        f" JOIN assistance_plan p ON {statement.county('p')} AND p.county_code = x.county_code AND p.id = x.plan_id"
        " LEFT JOIN region r ON r.code = x.village_code"
        f" JOIN household h ON {statement.county('h')} AND h.county_code = x.county_code AND h.id = x.household_id"
        f" LEFT JOIN household_member m ON {statement.county('m')} AND m.county_code = x.county_code"
        " AND m.household_id = x.household_id AND m.is_head"
    )


@dataclass(frozen=True, slots=True)
class MeasureFilter:
    region: str
    state: MeasureFilterState | None
    type: MeasureType | None
    department: str | None
    today: date


def _measures(statement: Statement, wanted: MeasureFilter) -> str:
    text = statement.inside("x")
    if wanted.type is not None:
        text += f" AND x.type = {statement.arg(wanted.type)}"
    if wanted.department is not None:
        text += f" AND x.department = {statement.arg(wanted.department)}"
    return text


async def list_measures(db: ReadConnection, wanted: MeasureFilter, paging: PageParams) -> bytes:
    """A page, soonest end first; the first one with how many there are of each and what they cost."""
    counts = b"null" if paging.cursor else await _measure_counts(db, wanted)
    statement = Statement(wanted.region)
    condition = _measures(statement, wanted)
    match wanted.state:
        case "overdue":
            condition += f" AND x.state = 'planned' AND x.planned_to < {statement.arg(wanted.today)}"
        case "planned" | "delivered" | "cancelled" as state:
            condition += f" AND x.state = '{state}'"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM assistance_measure x WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(date, UUID):
        ends, last = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (x.planned_to, x.id) > ({ends}::date, {last}::uuid)"
    limit = statement.arg(paging.limit + 1)
    today, soon = statement.arg(wanted.today), statement.arg(wanted.today + timedelta(days=SOON_DAYS))
    rows = await db.rows(
        f"""
    SELECT json_build_object({_measure(today, soon)})::text, x.planned_to, x.id
    FROM (SELECT x.* FROM assistance_measure x WHERE {condition} ORDER BY x.planned_to, x.id LIMIT {limit}) x
    {_measure_joins(statement)}
    ORDER BY x.planned_to, x.id""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)[:-1] + b',"counts":' + counts + b"}"


async def _measure_counts(db: ReadConnection, wanted: MeasureFilter) -> bytes:
    statement = Statement(wanted.region)
    condition = _measures(statement, wanted)
    today = statement.arg(wanted.today)
    body = await db.json(
        f"""
    SELECT json_build_object('planned', count(*) FILTER (WHERE x.state = 'planned'),
        'overdue', count(*) FILTER (WHERE x.state = 'planned' AND x.planned_to < {today}),
        'delivered', count(*) FILTER (WHERE x.state = 'delivered'),
        'cancelled', count(*) FILTER (WHERE x.state = 'cancelled'),
        'amount', {yuan("coalesce(sum(x.amount) FILTER (WHERE x.kept), 0)")},
        'delivered_amount', {yuan("coalesce(sum(x.delivered_amount), 0)")})::text
    FROM assistance_measure x WHERE {condition}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return body or b"null"
