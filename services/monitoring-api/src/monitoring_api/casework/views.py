"""Reading cases: queues by urgency, and one case with its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

import orjson
from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page
from service_kit.region import level_of
from service_kit.tokens import Actor

from monitoring_api.casework import rules
from monitoring_api.policy.rules import Stage, StepRole
from monitoring_api.sql import Statement, iso, yuan

QueueName = Literal["todo", "done", "started_by_me", "all"]


def _row_fields(today: str) -> str:
    return f"""
'id', c.id, 'county_code', c.county_code, 'village_code', c.village_code, 'village_name', coalesce(r.name, ''),
'household_id', c.household_id, 'household_no', h.household_no, 'head_name', m.name, 'kind', c.kind,
'origin', c.origin, 'state', c.state, 'state_since', {iso("c.state_since")}, 'due_on', c.due_on,
'urgency', CASE WHEN c.due_on IS NULL THEN NULL WHEN c.due_on < {today}::date THEN 'overdue'
    WHEN c.due_on = {today}::date THEN 'today'
    WHEN c.due_on <= {today}::date + (7 - extract(isodow FROM {today}::date)::int) THEN 'this_week'
    ELSE 'later' END,
'risks', to_json(c.risks), 'opened_at', {iso("c.opened_at")}, 'opened_by_name', c.opened_by_name,
'income_line', {yuan("c.income_line")}, 'people', c.people, 'net_income_per_head', {yuan("c.net_income_per_head")},
'version', c.version
"""


_AMOUNTS = ", ".join(
    f"'{name}', " + yuan(f"(c.income ->> '{name}')::bigint")
    for name in ("wage", "business", "property", "transfer", "rigid_expense")
)

CASE_FIELDS = f"""
'difficulty', c.difficulty, 'lead_id', c.lead_id, 'previous_case_id', c.previous_case_id,
'closed_at', {iso("c.closed_at")}, 'profile_code', c.profile_code, 'profile_name', p.name,
'object_name', p.object_name, 'class_name', c.rules -> 'class_names' ->> c.monitored_class,
'window_from', c.window_from, 'window_to', c.window_to, 'monitored_class', c.monitored_class,
'determined_risks', to_json(c.determined_risks),
'income', CASE WHEN c.income IS NOT NULL THEN json_build_object({_AMOUNTS}) END,
'policy', json_build_object('time_limits', c.rules -> 'time_limits', 'approvers', c.rules -> 'approvers',
    'notice_days', c.rules -> 'notice_days' -> 'days', 'class_names', c.rules -> 'class_names',
    'risk_points', coalesce(c.rules -> 'risk_points' -> 'items', '[]'::jsonb),
    'enrolled_months', c.rules -> 'elimination' -> 'enrolled_months')
"""

HELPER_FIELDS = "'name', a.helper_name, 'unit', a.helper_unit, 'since', a.since"

STEP_FIELDS = f"""
'seq', s.seq, 'from_state', s.from_state, 'to_state', s.to_state, 'action', s.action, 'opinion', s.opinion,
'evidence', s.evidence, 'at', {iso("s.at")}, 'actor_name', s.actor_name, 'actor_role', s.actor_role,
'due_on', s.due_on, 'late', coalesce((s.at AT TIME ZONE 'Asia/Shanghai')::date > s.due_on, false)
"""

NOTICE_FIELDS = """
'id', n.id, 'starts_on', n.starts_on, 'ends_on', n.ends_on, 'open_objections', n.open_objections,
'upheld_objections', n.upheld_objections, 'closed_on', n.closed_on
"""

OBJECTION_FIELDS = f"""
'id', o.id, 'notice_id', o.notice_id, 'received_at', {iso("o.received_at")}, 'name_masked', o.name_masked,
'phone_masked', o.phone_masked, 'statement', o.statement, 'state', o.state, 'finding', o.finding,
'handled_at', {iso("o.handled_at")}, 'handled_by_name', o.handled_by_name
"""


def _joins(statement: Statement) -> str:
    return (
        " LEFT JOIN region r ON r.code = c.village_code"
        f" LEFT JOIN household h ON {statement.county('h')} AND h.county_code = c.county_code AND h.id = c.household_id"
        f" LEFT JOIN household_member m ON {statement.county('m')} AND m.county_code = c.county_code"
        " AND m.household_id = c.household_id AND m.is_head"
    )


@dataclass(frozen=True, slots=True)
class QueueFilter:
    queue: QueueName
    region: str
    urgency: rules.Urgency | None
    stage: Stage | None
    kind: rules.Kind | None
    today: date
    household_id: UUID | None = None


def _todo(statement: Statement, actor: Actor, region: str) -> str:
    """Open cases whose next step is the actor's.

    The role stands in the text, because each role has an index of its own work; other roles have none.
    """
    if actor.role not in get_args(StepRole):
        return f"{statement.inside('c')} AND false"
    stages = statement.arg(rules.stages_of(actor.region))
    # Of one village the index gives the work in its order; of a range of villages it cannot.
    village = f" AND c.village_code = {statement.arg(region)}" if level_of(region) == "village" else ""
    return (
        f"{statement.inside('c')}{village} AND c.is_open AND '{actor.role}' = ANY (c.roles) AND c.state = ANY({stages})"
    )


def _narrowed(statement: Statement, wanted: QueueFilter) -> str:
    text = ""
    if wanted.stage is not None:
        text += f" AND c.state = {statement.arg(wanted.stage)}"
    if wanted.kind is not None:
        text += f" AND c.kind = {statement.arg(wanted.kind)}"
    if wanted.household_id is not None:
        text += f" AND c.household_id = {statement.arg(wanted.household_id)}"
    if wanted.urgency is not None:
        week_end = rules.week_end(wanted.today)
        bounds: dict[rules.Urgency, tuple[date, date]] = {
            "overdue": (date.min, wanted.today - timedelta(days=1)),
            "today": (wanted.today, wanted.today),
            "this_week": (wanted.today + timedelta(days=1), week_end),
            "later": (week_end + timedelta(days=1), date.max),
        }
        first, last = (statement.arg(day) for day in bounds[wanted.urgency])
        text += f" AND c.due_on BETWEEN {first} AND {last}"
    return text


async def list_queue(db: ReadConnection, actor: Actor, wanted: QueueFilter, paging: PageParams) -> bytes:
    """A page of a queue; that of open work with its counts, soonest limit first."""
    if wanted.queue == "todo":
        await _plan_for_work(db)
        found, rows = await db.at_once(_counts(db, actor, wanted), _todo_rows(db, actor, wanted, paging))
        counts = orjson.dumps(found)
        total = found[wanted.urgency] if wanted.urgency else sum(found.values())
        page = json_page(rows, paging.limit, total if paging.with_total else None)
    else:
        counts = b"null"
        page = await _mine(db, actor, wanted, paging)
    return page[:-1] + b',"counts":' + counts + b"}"


async def _plan_for_work(db: ReadConnection) -> None:
    """How many of the open cases are a role's, and how many days a filter spans, decides which index is the right one;
    one plan for all of them took forty times as long for a county."""
    await db.plan_by_values()


async def _counts(db: ReadConnection, actor: Actor, wanted: QueueFilter) -> dict[str, int]:
    statement = Statement(wanted.region)
    base = _todo(statement, actor, wanted.region)
    narrow = _narrowed(statement, replace(wanted, urgency=None))
    today, week_end = statement.arg(wanted.today), statement.arg(rules.week_end(wanted.today))
    row = await db.row(
        f"""
    SELECT {_by_urgency(today, week_end)}
    FROM monitoring_case c WHERE {base}{narrow}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return {name: row[name] if row else 0 for name in get_args(rules.Urgency)}


async def count_work(db: ReadConnection, actor: Actor, region: str, today: date) -> dict[str, Any]:
    """How much waits for the actor, by urgency and by step: one scan of the open cases."""
    await _plan_for_work(db)
    statement = Statement(region)
    base = _todo(statement, actor, region)
    day, week_end = statement.arg(today), statement.arg(rules.week_end(today))
    rows = await db.rows(
        f"""
    SELECT c.state, {_by_urgency(day, week_end)}
    FROM monitoring_case c WHERE {base} GROUP BY c.state""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    by_stage = {row["state"]: sum(row[name] for name in rules.URGENCIES) for row in rows}
    counts: dict[str, Any] = {name: sum(row[name] for row in rows) for name in rules.URGENCIES}
    return {**counts, "total": sum(counts.values()), "by_stage": by_stage}


def _by_urgency(today: str, week_end: str) -> str:
    return (
        f"count(*) FILTER (WHERE c.due_on < {today}) AS overdue, count(*) FILTER (WHERE c.due_on = {today}) AS today,"
        f" count(*) FILTER (WHERE c.due_on > {today} AND c.due_on <= {week_end}) AS this_week,"
        f" count(*) FILTER (WHERE c.due_on > {today} AND c.due_on > {week_end}) AS later"
    )


async def _todo_rows(db: ReadConnection, actor: Actor, wanted: QueueFilter, paging: PageParams) -> list[Any]:
    """First the ids, from the index alone, then what stands in their lines. As an array they are some rows to the
    planner; of one row, as it takes a village's work to be, it read all the village's households for each line."""
    statement = Statement(wanted.region)
    condition = _todo(statement, actor, wanted.region) + _narrowed(statement, wanted)
    if key := paging.after(date, UUID):
        due, case_id = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (c.due_on, c.id) > ({due}::date, {case_id}::uuid)"
    limit, today = statement.arg(paging.limit + 1), statement.arg(wanted.today)
    return await db.rows(
        f"""
    SELECT json_build_object({_row_fields(today)})::text, c.due_on, c.id
    FROM unnest(ARRAY(
        SELECT c.id FROM monitoring_case c WHERE {condition} ORDER BY c.due_on, c.id LIMIT {limit})) AS chosen (id)
    LEFT JOIN monitoring_case c ON {statement.county("c")} AND c.id = chosen.id
    {_joins(statement)}
    ORDER BY c.due_on, c.id""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )


async def _mine(db: ReadConnection, actor: Actor, wanted: QueueFilter, paging: PageParams) -> bytes:
    """Cases that the actor opened, or took a step of (the last such step counts), or all there are; newest first."""
    statement = Statement(wanted.region)
    condition = statement.inside("c") + _narrowed(statement, wanted)
    source, at = "monitoring_case c", "c.opened_at"
    if wanted.queue == "started_by_me":
        condition += f" AND c.opened_by = {statement.arg(actor.id)}"
    elif wanted.queue == "done":
        me = statement.arg(actor.id)
        source = (
            "case_step s JOIN monitoring_case c ON c.county_code = s.county_code AND c.id = s.case_id"
            f" AND {statement.county('s')} AND s.actor_id = {me}"
        )
        at = "s.at"
        condition += (
            " AND NOT EXISTS (SELECT 1 FROM case_step l WHERE"  # noqa: S608 - our own text, values are arguments
            " l.county_code = s.county_code AND l.case_id = s.case_id"
            f" AND {statement.county('l')} AND l.actor_id = {me} AND l.seq > s.seq)"
        )
    total = await _total(db, statement, condition, paging, source)
    if key := paging.after(str, UUID):
        instant, case_id = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND ({at}, c.id) < ({instant}::text::timestamptz, {case_id}::uuid)"
    limit, today = statement.arg(paging.limit + 1), statement.arg(wanted.today)
    rows = await db.rows(
        f"""
    SELECT json_build_object({_row_fields(today)})::text, {iso("c.mine_at")}, c.id
    FROM (SELECT c.*, {at} AS mine_at FROM {source} WHERE {condition}
          ORDER BY {at} DESC, c.id DESC LIMIT {limit}) c
    {_joins(statement)}
    ORDER BY c.mine_at DESC, c.id DESC""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def _total(
    db: ReadConnection, statement: Statement, condition: str, paging: PageParams, source: str = "monitoring_case c"
) -> int | None:
    if not paging.with_total:
        return None
    total: int = await db.value(
        f"SELECT count(*) FROM (SELECT 1 FROM {source} WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
        *statement.args,
    )
    return total


async def get_case(
    db: ReadConnection, actor: Actor, region: str, case_id: UUID, today: date
) -> tuple[bytes, int] | None:
    """A case with its steps, notice and objections, what the actor may do with it, and its version."""
    statement = Statement(region)
    wanted, day = statement.arg(case_id), statement.arg(today)
    row = await db.row(
        f"""
    SELECT (jsonb_build_object({_row_fields(day)}) || jsonb_build_object({CASE_FIELDS}) || jsonb_build_object(
        'notice', (SELECT json_build_object({NOTICE_FIELDS}) FROM case_notice n
            WHERE {statement.county("n")} AND n.county_code = c.county_code AND n.id = c.notice_id),
        'helper', (SELECT json_build_object({HELPER_FIELDS}) FROM helper_assignment a
            WHERE {statement.county("a")} AND a.county_code = c.county_code AND a.household_id = c.household_id
            AND a.until IS NULL),
        'objections', coalesce((SELECT json_agg(json_build_object({OBJECTION_FIELDS}) ORDER BY o.received_at, o.id)
            FROM objection o WHERE {statement.county("o")} AND o.county_code = c.county_code AND o.case_id = c.id),
            '[]'::json),
        'steps', (SELECT json_agg(json_build_object({STEP_FIELDS}) ORDER BY s.seq) FROM case_step s
            WHERE {statement.county("s")} AND s.county_code = c.county_code AND s.case_id = c.id)
    ))::text AS body, c.version, c.state, c.opened_by, c.kind, h.monitored, h.state AS household_state,
        (c.rules -> 'approvers')::text AS approvers
    FROM monitoring_case c JOIN policy_profile p ON p.code = c.profile_code {_joins(statement)}
    WHERE {statement.inside("c")} AND c.id = {wanted}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    if row is None:
        return None
    may = orjson.dumps(_may(actor, row))
    return row["body"][:-1].encode() + b',"may":' + may + b"}", row["version"]


def _may(actor: Actor, row: Any) -> list[str]:
    if not actor.may("monitoring.cases:write"):
        return []
    approvers = orjson.loads(row["approvers"])
    if row["state"] == "eliminated" and row["household_state"] == "active" and not row["monitored"]:
        return [
            act
            for act in get_args(rules.After)
            if rules.may_reverse(act, role=actor.role, region=actor.region, approvers=approvers)
        ]
    if not rules.is_open(row["state"]):
        return []
    started = row["opened_by"] == actor.id
    return [
        action
        for action in get_args(rules.Desk)
        if rules.may_take(
            row["state"], action, role=actor.role, region=actor.region, approvers=approvers, started=started
        )
        and not (action == "return" and (row["state"] == "application" or row["kind"] == "natural_elimination"))
    ]


async def list_objections(db: ReadConnection, region: str, state: str | None, paging: PageParams) -> bytes:
    """A page of objections, the oldest first."""
    statement = Statement(region)
    condition = statement.inside("o") + (f" AND o.state = {statement.arg(state)}" if state else "")
    total = await _total(db, statement, condition, paging, "objection o")
    if key := paging.after(str, UUID):
        instant, objection_id = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (o.received_at, o.id) > ({instant}::text::timestamptz, {objection_id}::uuid)"
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    SELECT (jsonb_build_object({OBJECTION_FIELDS}) || jsonb_build_object('county_code', o.county_code,
        'case_id', o.case_id, 'region_code', o.village_code, 'region_name', coalesce(r.name, ''),
        'notice_title', n.title, 'notice_ends_on', n.ends_on, 'receipt_number', o.receipt_number))::text,
        {iso("o.received_at")}, o.id
    FROM (SELECT o.* FROM objection o WHERE {condition} ORDER BY o.received_at, o.id LIMIT {limit}) o
    JOIN notice n ON {statement.county("n")} AND n.county_code = o.county_code AND n.id = o.notice_id
    LEFT JOIN region r ON r.code = o.village_code
    ORDER BY o.received_at, o.id""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)
