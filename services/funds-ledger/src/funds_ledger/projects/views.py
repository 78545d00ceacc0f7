"""Reading the library: the list, its counts, and one project with all that is known of it."""

# ruff: noqa: S608 - our own text, values are arguments

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import orjson
from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso, yuan
from service_kit.pagination import TOTAL_CAP, PageParams, json_page
from service_kit.tokens import Actor

from funds_ledger.projects import rules

_PURPOSE = (
    "CASE "
    + " ".join(f"WHEN p.category = '{category}' THEN '{purpose}'" for category, purpose in rules.PURPOSE_OF.items())
    + " END"
)

_ROW = f"""
'id', p.id, 'county_code', p.county_code, 'region_code', p.region_code, 'region_name', r.name, 'year', p.year,
'name', p.name, 'category', p.category, 'purpose', {_PURPOSE}, 'nature', p.nature, 'planned', {yuan("p.planned_fen")},
'allocated', {yuan("coalesce(e.allocated_fen, 0)")}, 'state', p.state, 'state_since', {iso("p.state_since")},
'open_findings', p.open_findings, 'priority', p.priority, 'proposed_by_name', p.proposed_by_name,
'created_at', {iso("p.created_at")}, 'demo', p.demo, 'version', p.version
"""

_DETAIL = """
'place', p.place, 'starts_on', p.starts_on, 'ends_on', p.ends_on, 'responsible_unit', p.responsible_unit,
'tasks', p.tasks, 'size', p.size, 'beneficiaries', p.beneficiaries,
'beneficiary_households', p.beneficiary_households, 'beneficiary_people', p.beneficiary_people, 'goals', p.goals,
'benefit_kinds', to_json(p.benefit_kinds), 'benefit_mechanism', p.benefit_mechanism, 'entered_on', e.entered_on,
'left_on', e.left_on, 'pending', p.pending
"""


def _money_lines(column: str, *fields: str) -> str:
    """A JSON array column whose lines hold ``amount_fen``, as the API spells it."""
    kept = "".join(f"'{name}', l -> '{name}', " for name in fields)
    amount = yuan("(l ->> 'amount_fen')::bigint")
    return (
        f"(SELECT coalesce(json_agg(json_build_object({kept}'amount', {amount}) ORDER BY n), '[]')"
        f" FROM jsonb_array_elements({column}) WITH ORDINALITY AS x(l, n))"
    )


@dataclass(frozen=True, slots=True)
class Filter:
    region: str
    state: str | None = None
    year: int | None = None
    category: str | None = None
    plan_year: int | None = None
    mine: bool = False
    """Only what waits for the actor."""
    q: str | None = None
    purpose: str | None = None
    """``industry`` is the library of industry projects: one library, seen by what its money is for."""


def _conditions(statement: Statement, actor: Actor, wanted: Filter) -> str:
    found = statement.inside("p")
    if wanted.state is not None:
        found += f" AND p.state = {statement.arg(wanted.state)}"
    if wanted.year is not None:
        found += f" AND p.year = {statement.arg(wanted.year)}"
    if wanted.category is not None:
        found += f" AND p.category = {statement.arg(wanted.category)}"
    if wanted.purpose is not None:
        categories = [name for name, purpose in rules.PURPOSE_OF.items() if purpose == wanted.purpose]
        found += f" AND p.category = ANY({statement.arg(categories)})"
    if wanted.q:
        pattern = "%" + wanted.q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        found += f" AND p.name LIKE {statement.arg(pattern)}"
    if wanted.plan_year is not None:
        found += (
            f" AND EXISTS (SELECT FROM plan_entry t WHERE {statement.county('t')} AND t.county_code = p.county_code"
            f" AND t.project_id = p.id AND t.year = {statement.arg(wanted.plan_year)} AND t.ended_on IS NULL)"
        )
    if wanted.mine:
        found += f" AND p.state = ANY({statement.arg(waiting_for(actor))})"
    return found


def waiting_for(actor: Actor) -> list[str]:
    """States in which the next step forward is the actor's."""
    forward = ("submit", "approve", "enter", "confirm", "settle", "hand_over")
    return [
        state
        for state in rules.STATES
        for action in forward
        if rules.may_take(state, action, role=actor.role, region=actor.region, is_proposer=False)  # type: ignore[arg-type]
    ]


async def list_projects(db: ReadConnection, actor: Actor, wanted: Filter, paging: PageParams) -> bytes:
    """Newest first."""
    statement = Statement(wanted.region)
    condition = _conditions(statement, actor, wanted)
    total: int | None = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM project p WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",
            *statement.args,
        )
    if key := paging.after(datetime, str, UUID):
        at, county, project_id = (statement.arg(value) for value in key)
        condition += (
            f" AND (p.created_at, p.county_code, p.id) < ({at}::timestamptz, {county}::text, {project_id}::uuid)"
        )
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    SELECT (jsonb_build_object({_ROW}) || jsonb_build_object('plan_years', coalesce((
            SELECT json_agg(t.year ORDER BY t.year) FROM plan_entry t
            WHERE {statement.county("t")} AND t.county_code = p.county_code AND t.project_id = p.id
              AND t.ended_on IS NULL), '[]'::json)))::text, p.created_at, p.county_code, p.id
    FROM (SELECT p.* FROM project p WHERE {condition}
          ORDER BY p.created_at DESC, p.county_code DESC, p.id DESC LIMIT {limit}) p
    LEFT JOIN region r ON r.code = p.region_code
    LEFT JOIN library_entry e ON {statement.county("e")} AND e.county_code = p.county_code AND e.id = p.id
    ORDER BY p.created_at DESC, p.county_code DESC, p.id DESC""",
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def count_states(db: ReadConnection, region: str, year: int | None) -> dict[str, int]:
    """Projects by state, for the chips of the list."""
    statement = Statement(region)
    condition = statement.inside("p") + (f" AND p.year = {statement.arg(year)}" if year is not None else "")
    rows = await db.rows(
        f"SELECT p.state, count(*) AS found FROM project p WHERE {condition} GROUP BY p.state",
        *statement.args,
    )
    return {row["state"]: row["found"] for row in rows}


def _parts(s: Statement) -> str:
    """What hangs on a project ``p``: each a subquery that names the county."""

    def many(fields: str, source: str, order: str) -> str:
        alias = source.split()[1]
        return (
            f"(SELECT coalesce(json_agg(json_build_object({fields}) ORDER BY {order}), '[]') FROM {source}"
            f" WHERE {s.county(alias)} AND {alias}.county_code = p.county_code AND {alias}.project_id = p.id)"
        )

    steps = f"""'seq', s.seq, 'from_state', s.from_state, 'to_state', s.to_state, 'action', s.action,
        'opinion', s.opinion, 'evidence', s.evidence, 'at', {iso("s.at")}, 'actor_name', s.actor_name,
        'actor_role', s.actor_role"""
    findings = f"""'id', f.id, 'kind', f.kind, 'subject_id', f.subject_id, 'detail', f.detail, 'active', f.active,
        'verdict', f.verdict, 'reason', f.reason, 'decided_by_name', f.decided_by_name,
        'decided_at', {iso("f.decided_at")}"""
    plan = f"""'year', t.year, 'planned', {yuan("t.planned_fen")}, 'allocated', {yuan("t.allocated_fen")},
        'priority', t.priority, 'effective_on', t.effective_on, 'ended_on', t.ended_on"""
    payable = "a.notice_id IS NULL OR a.released_on IS NOT NULL"
    ends_on = (
        f"(SELECT n.ends_on FROM act_notice n WHERE {s.county('n')} AND n.county_code = a.county_code"
        " AND n.id = a.notice_id)"
    )
    money = f"""'id', a.id, 'year', a.year, 'source_level', a.source_level, 'amount', {yuan("a.amount_fen")},
        'paid', {yuan("a.paid_fen")}, 'status', a.status, 'created_at', {iso("a.created_at")}, 'payable', {payable},
        'notice_ends_on', {ends_on}"""
    composition = _money_lines("c.composition", "source_level", "year", "document_number")
    assets = _money_lines("c.assets", "name", "kind", "category", "location")
    shown_until = (
        f"(SELECT n.ends_on FROM act_notice n WHERE {s.county('n')} AND n.county_code = c.county_code"
        " AND n.id = c.notice_id)"
    )
    acceptances = f"""'id', c.id, 'accepted_on', c.accepted_on, 'unit', c.unit, 'conclusion', c.conclusion,
        'accepted_by_name', c.accepted_by_name, 'settled', {yuan("c.settled_fen")},
        'settlement_number', c.settlement_number, 'settled_by_name', c.settled_by_name, 'composition', {composition},
        'result', c.result, 'result_note', c.result_note, 'assets', {assets}, 'ended_at', {iso("c.ended_at")},
        'notice_ends_on', {shown_until}"""
    became = f"""'id', w.id, 'code', w.code, 'name', w.name, 'kind', w.kind, 'value', {yuan("w.value_fen")},
        'registered_at', {iso("w.registered_at")}"""
    performance = f"""'id', m.id, 'kind', m.kind, 'as_of', m.as_of, 'actuals', m.actuals, 'score_bp', m.score_bp,
        'benefited_households', m.benefited_households, 'benefited_people', m.benefited_people,
        'income', {yuan("m.income_fen")}, 'problems', m.problems, 'at', {iso("m.at")}, 'actor_name', m.actor_name"""
    notice = f"""(SELECT json_build_object('id', n.id, 'act', n.act, 'starts_on', n.starts_on, 'ends_on', n.ends_on,
        'closed_on', n.closed_on) FROM act_notice n
        WHERE {s.county("n")} AND n.county_code = p.county_code AND n.id = p.notice_id)"""
    years = (
        f"(SELECT coalesce(json_agg(y.year ORDER BY y.year), '[]') FROM plan_entry y WHERE {s.county('y')}"
        " AND y.county_code = p.county_code AND y.project_id = p.id AND y.ended_on IS NULL)"
    )
    return f"""
        'financing', {_money_lines("p.financing", "source_level")}, 'plan_years', {years}, 'notice', {notice},
        'steps', {many(steps, "project_step s", "s.seq")},
        'findings', {many(findings, "project_finding f", "f.kind, f.id")},
        'plan', {many(plan, "plan_entry t", "t.year")},
        'allocations', {many(money, "allocation a", "a.created_at, a.id")},
        'acceptances', {many(acceptances, "acceptance c", "c.created_at, c.id")},
        'assets', {many(became, "project_asset w", "w.code")},
        'performance', {many(performance, "performance_record m", "m.at, m.id")}"""


async def get_project(db: ReadConnection, actor: Actor, region: str, project_id: UUID) -> tuple[bytes, int] | None:
    """A project with its history, what it lacks and what the actor may do with it; and its version."""
    statement = Statement(region)
    wanted = statement.arg(project_id)
    row = await db.row(
        f"""
    SELECT (jsonb_build_object({_ROW}) || jsonb_build_object({_DETAIL})
        || jsonb_build_object({_parts(statement)}))::text AS body, p.version, p.state, p.proposed_by
    FROM project p LEFT JOIN region r ON r.code = p.region_code
    LEFT JOIN library_entry e ON {statement.county("e")} AND e.county_code = p.county_code AND e.id = p.id
    WHERE {statement.inside("p")} AND p.id = {wanted}""",
        *statement.args,
    )
    if row is None:
        return None
    content: dict[str, Any] = orjson.loads(row["body"])
    content["missing"] = rules.missing(content)
    content["may"] = _may(actor, row["state"], row["proposed_by"] == actor.id)
    return orjson.dumps(content), row["version"]


def _may(actor: Actor, state: rules.State, is_proposer: bool) -> list[str]:
    if not actor.may("funds.projects:write"):
        return []
    return [
        action
        for action in get_args(rules.Action)
        if rules.may_take(state, action, role=actor.role, region=actor.region, is_proposer=is_proposer)
    ]
