"""Reading applications: the list by state, and one with the households it may be about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from service_kit.clock import today
from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page
from service_kit.tokens import Actor

from monitoring_api.applications import rules
from monitoring_api.sql import Statement, iso


def _fields(day: str) -> str:
    return f"""
'id', a.id, 'county_code', a.county_code, 'village_code', a.village_code, 'village_name', coalesce(r.name, ''),
'receipt_number', a.receipt_number, 'received_at', {iso("a.received_at")}, 'due_on', a.due_on,
'overdue', a.state = 'to_check' AND a.due_on < {day}::date, 'head_name', a.head_name,
'id_number_masked', a.id_number_masked, 'phone_masked', a.phone_masked, 'difficulty', a.difficulty, 'risk', a.risk,
'proxy_name', a.proxy_name, 'proxy_relation', a.proxy_relation, 'state', a.state, 'joined', a.joined,
'household_id', a.household_id, 'case_id', a.case_id, 'reason', a.reason,
'decided_at', {iso("a.decided_at")}, 'decided_by_name', a.decided_by_name, 'version', a.version
"""


@dataclass(frozen=True, slots=True)
class Filter:
    region: str
    state: rules.State


async def list_applications(db: ReadConnection, wanted: Filter, paging: PageParams) -> bytes:
    """What is to be checked stands with the soonest limit first; the others newest first."""
    statement = Statement(wanted.region)
    waiting = wanted.state == "to_check"
    condition = f"{statement.inside('a')} AND a.state = " + ("'to_check'" if waiting else statement.arg(wanted.state))
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM application a WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    column, kind, sign, order = ("due_on", date, ">", "") if waiting else ("received_at", datetime, "<", "DESC")
    if key := paging.after(kind, UUID):
        at, application_id = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (a.{column}, a.id) {sign} ({at}, {application_id}::uuid)"
    limit, day = statement.arg(paging.limit + 1), statement.arg(today())
    rows = await db.rows(
        f"""
    SELECT json_build_object({_fields(day)})::text, a.{column}, a.id
    FROM (SELECT a.* FROM application a WHERE {condition} ORDER BY a.{column} {order}, a.id {order} LIMIT {limit}) a
    LEFT JOIN region r ON r.code = a.village_code
    ORDER BY a.{column} {order}, a.id {order}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def get_application(db: ReadConnection, actor: Actor, application_id: UUID) -> bytes | None:
    statement = Statement(actor.region)
    wanted, day = statement.arg(application_id), statement.arg(today())
    row = await db.row(
        f"""
    SELECT (jsonb_build_object({_fields(day)}) || jsonb_build_object('candidates', CASE WHEN a.state = 'to_check'
        THEN coalesce((SELECT json_agg(c.candidate ORDER BY c.rank DESC, c.household_no)
            FROM ({_candidates(statement)}) c), '[]'::json) ELSE '[]'::json END))::text AS body
    FROM application a LEFT JOIN region r ON r.code = a.village_code
    WHERE {statement.inside("a")} AND a.id = {wanted}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return row["body"].encode() if row else None


def _candidates(statement: Statement) -> str:
    """Households with the identity number, or with a head of the name in the same township; at most ten."""
    m, p, h, head, c = (statement.county(alias) for alias in ("m", "p", "h", "head", "c"))
    return f"""
    SELECT json_build_object('household_id', h.id, 'village_name', coalesce(v.name, ''), 'household_no', h.household_no,
        'head_name', head.name, 'head_id_number_masked', head.id_number_masked, 'monitored', h.monitored,
        'open_case_id', (SELECT c.id FROM monitoring_case c WHERE {c} AND c.county_code = h.county_code
            AND c.household_id = h.id AND c.is_open),
        'grounds', CASE WHEN by_number AND by_name THEN json_build_array('id_number', 'name')
            WHEN by_number THEN json_build_array('id_number') ELSE json_build_array('name') END) AS candidate,
        h.household_no, by_number::int * 2 + by_name::int AS rank
    FROM (
        SELECT u.household_id, bool_or(u.by_number) AS by_number, bool_or(NOT u.by_number) AS by_name FROM (
            SELECT m.household_id, true AS by_number FROM person_registry p JOIN household_member m
                ON {m} AND m.county_code = p.county_code AND m.id = p.member_id
            WHERE {p} AND p.county_code = a.county_code AND p.id_number_index = a.id_number_index
            UNION ALL
            (SELECT m.household_id, false FROM household_member m
            WHERE {m} AND m.county_code = a.county_code AND m.name = a.head_name AND m.is_head
                AND left(m.village_code, 9) = left(a.village_code, 9) LIMIT 10)
        ) u GROUP BY u.household_id
    ) u JOIN household h ON {h} AND h.county_code = a.county_code AND h.id = u.household_id AND h.state = 'active'
    JOIN household_member head ON {head} AND head.county_code = h.county_code AND head.household_id = h.id
        AND head.is_head
    LEFT JOIN region v ON v.code = h.village_code"""  # noqa: S608 - our own text, values are arguments
