"""Reading submissions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.sql import Statement, iso
from monitoring_api.submissions import rules

_LATE = (
    "greatest((s.received_at AT TIME ZONE 'Asia/Shanghai')::date"
    " - (s.visited_at AT TIME ZONE 'Asia/Shanghai')::date, 0)"
)


def _duplicates(statement: Statement) -> str:
    """SQL: how many persons of a registered household stand on the list of duplicates."""
    return f"""CASE WHEN s.kind <> 'registration' THEN 0 ELSE (
        SELECT count(*) FROM household_member dm
        WHERE {statement.county("dm")} AND dm.county_code = s.county_code AND dm.household_id = s.household_id
          AND EXISTS (SELECT FROM duplicate_candidate d
                      WHERE {statement.county("d")} AND d.county_code = dm.county_code AND d.state = 'open'
                        AND (d.first_id = dm.id OR d.second_id = dm.id))) END"""  # noqa: S608 - our own text


def _waits(statement: Statement) -> str:
    """SQL: nobody has looked at this supplement yet."""
    return f"""(s.outcome = 'supplement' AND NOT EXISTS (SELECT FROM submission_opinion o
        WHERE {statement.county("o")} AND o.county_code = s.county_code AND o.id = s.id))"""


def _fields(statement: Statement) -> str:
    return f"""
'id', s.id, 'kind', s.kind, 'outcome', s.outcome, 'household_id', s.household_id, 'household_head_name', m.name,
'village_code', s.village_code, 'village_name', coalesce(r.name, ''), 'case_id', s.case_id,
'visited_at', {iso("s.visited_at")}, 'received_at', {iso("s.received_at")}, 'visitor_name', s.visitor_name,
'form_version', s.form_version, 'content', s.content, 'location', s.location, 'receipt_number', s.receipt_number,
'late_days', {_LATE}, 'duplicates', w.duplicates,
'opinion', (SELECT json_build_object('opinion', o.opinion, 'written_at', {iso("o.written_at")},
        'actor_name', o.actor_name) FROM submission_opinion o
    WHERE {statement.county("o")} AND o.county_code = s.county_code AND o.id = s.id),
'needs_person', w.duplicates > 0 OR {_waits(statement)}
"""  # noqa: S608 - our own text


def _receipt(statement: Statement) -> str:
    return f"""json_build_object('id', s.id, 'number', s.receipt_number, 'received_at', {iso("s.received_at")},
        'payload_hash', s.payload_hash, 'photos', (
            SELECT coalesce(json_agg(json_build_object('id', a.id, 'sha256', a.sha256,
                'received', a.received_at IS NOT NULL) ORDER BY a.declared_at, a.id), '[]')
            FROM attachment a WHERE {statement.county("a")} AND a.county_code = s.county_code
                AND a.id = ANY(s.photo_ids)))"""  # noqa: S608 - our own text


def _joins(statement: Statement) -> str:
    return (
        " LEFT JOIN region r ON r.code = s.village_code"
        f" LEFT JOIN household_member m ON {statement.county('m')} AND m.county_code = s.county_code"
        " AND m.household_id = s.household_id AND m.is_head"
        f" CROSS JOIN LATERAL (SELECT {_duplicates(statement)} AS duplicates) w"
    )


@dataclass(frozen=True, slots=True)
class Filters:
    region: str
    kind: rules.Kind | None
    household_id: UUID | None
    case_id: UUID | None
    attention: bool = False
    late: bool = False


async def list_submissions(db: ReadConnection, filters: Filters, paging: PageParams) -> bytes:
    """A page, latest received first."""
    statement = Statement(filters.region)
    condition = statement.inside("s")
    for column in ("kind", "household_id", "case_id"):
        value = getattr(filters, column)
        if value is not None:
            condition += f" AND s.{column} = {statement.arg(value)}"
    if filters.attention:
        condition += f" AND ({_waits(statement)} OR {_duplicates(statement)} > 0)"
    if filters.late:
        condition += f" AND {_LATE} > 0"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM submission s WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(str, UUID):
        at, last = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (s.received_at, s.id) < ({at}::text::timestamptz, {last}::uuid)"
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    SELECT json_build_object({_fields(statement)})::text, {iso("s.received_at")}, s.id
    FROM (SELECT s.* FROM submission s WHERE {condition} ORDER BY s.received_at DESC, s.id DESC LIMIT {limit}) s
    {_joins(statement)}
    ORDER BY s.received_at DESC, s.id DESC""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def get_submitted(db: ReadConnection, region: str, submission_id: UUID) -> bytes | None:
    """The submission with its receipt."""
    statement = Statement(region)
    wanted = statement.arg(submission_id)
    return await db.json(
        f"SELECT json_build_object('receipt', {_receipt(statement)},"  # noqa: S608 - our own text
        f" 'submission', json_build_object({_fields(statement)}))::text FROM submission s {_joins(statement)}"
        f" WHERE {statement.inside('s')} AND s.id = {wanted}",
        *statement.args,
    )


async def get_submission(db: ReadConnection, region: str, submission_id: UUID) -> bytes | None:
    statement = Statement(region)
    wanted = statement.arg(submission_id)
    return await db.json(
        f"SELECT json_build_object({_fields(statement)})::text FROM submission s {_joins(statement)}"  # noqa: S608
        f" WHERE {statement.inside('s')} AND s.id = {wanted}",
        *statement.args,
    )
