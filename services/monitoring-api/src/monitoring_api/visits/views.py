"""Reading visits."""

from __future__ import annotations

from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.sql import Statement, iso

FIELDS = f"""
'id', v.id, 'household_id', v.household_id, 'household_head_name', m.name, 'village_code', v.village_code,
'village_name', coalesce(r.name, ''), 'visited_at', {iso("v.visited_at")}, 'received_at', {iso("v.received_at")},
'visitor_name', v.visitor_name, 'form_version', v.form_version, 'findings', v.findings, 'location', v.location,
'receipt_number', v.receipt_number, 'demo', v.demo
"""

RECEIPT_FIELDS = f"""
'id', v.id, 'number', v.receipt_number, 'received_at', {iso("v.received_at")}, 'payload_hash', v.payload_hash
"""


def photo_receipts(statement: Statement, subject_type: str, record: str) -> str:
    """SQL: the JSON list of the photos of ``record`` (an alias), each with whether its bytes are here."""
    return (
        "(SELECT coalesce(json_agg(json_build_object('id', a.id, 'sha256', a.sha256,"  # noqa: S608 - our own text
        " 'received', a.received_at IS NOT NULL) ORDER BY a.declared_at, a.id), '[]') FROM attachment a"
        f" WHERE {statement.county('a')} AND a.county_code = {record}.county_code"
        f" AND a.subject_type = '{subject_type}' AND a.subject_id = {record}.id)"
    )


def _joins(statement: Statement) -> str:
    return (
        " LEFT JOIN region r ON r.code = v.village_code"
        f" LEFT JOIN household_member m ON {statement.county('m')} AND m.county_code = v.county_code"
        " AND m.household_id = v.household_id AND m.is_head"
    )


async def list_visits(db: ReadConnection, region: str, household_id: UUID | None, paging: PageParams) -> bytes:
    """A page, latest visit first."""
    statement = Statement(region)
    condition = statement.inside("v")
    if household_id is not None:
        condition += f" AND v.household_id = {statement.arg(household_id)}"
    total = None
    if paging.with_total:
        total = await db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM visit v WHERE {condition} LIMIT {TOTAL_CAP + 1}) t",  # noqa: S608
            *statement.args,
        )
    if key := paging.after(str, UUID):
        at, visit_id = statement.arg(key[0]), statement.arg(key[1])
        condition += f" AND (v.visited_at, v.id) < ({at}::text::timestamptz, {visit_id})"
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    SELECT json_build_object({FIELDS})::text, {iso("v.visited_at")}, v.id
    FROM (SELECT v.* FROM visit v WHERE {condition} ORDER BY v.visited_at DESC, v.id DESC LIMIT {limit}) v
    {_joins(statement)}
    ORDER BY v.visited_at DESC, v.id DESC""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def get_visit(db: ReadConnection, region: str, visit_id: UUID) -> bytes | None:
    statement = Statement(region)
    wanted = statement.arg(visit_id)
    return await db.json(
        f"SELECT json_build_object({FIELDS})::text FROM visit v {_joins(statement)}"  # noqa: S608 - our own text
        f" WHERE {statement.inside('v')} AND v.id = {wanted}",
        *statement.args,
    )


async def get_uploaded(db: ReadConnection, region: str, visit_id: UUID) -> bytes | None:
    """The visit with its receipt."""
    statement = Statement(region)
    wanted, photos = statement.arg(visit_id), photo_receipts(statement, "visit", "v")
    return await db.json(
        f"SELECT json_build_object('receipt', json_build_object({RECEIPT_FIELDS}, 'photos', {photos}),"  # noqa: S608
        f" 'visit', json_build_object({FIELDS}))::text FROM visit v {_joins(statement)}"
        f" WHERE {statement.inside('v')} AND v.id = {wanted}",
        *statement.args,
    )
