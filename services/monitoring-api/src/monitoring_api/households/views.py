"""Reading households: JSON made by the database, the tenant bound at every level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from monitoring_api.benefits.views import benefits_of
from monitoring_api.households.rules import NameSearch
from monitoring_api.sql import Statement, iso, yuan
from monitoring_api.terms import RigidKind, Status

ROW_FIELDS = """
'id', h.id, 'county_code', h.county_code, 'village_code', h.village_code, 'village_name', coalesce(r.name, ''),
'group_name', h.group_name, 'household_no', h.household_no, 'head_name', f.head_name,
'head_id_number_masked', f.head_id_number_masked, 'phone_masked', f.phone_masked, 'people', f.people,
'lifted', h.lifted, 'monitored', h.monitored, 'monitored_class', h.monitored_class, 'risks', h.risks,
'version', h.version
"""

MEMBER_FIELDS = """
'id', m.id, 'name', m.name, 'relation', m.relation, 'is_head', m.is_head, 'state', m.state, 'sex', m.sex,
'birth_date', m.birth_date, 'id_number_masked', m.id_number_masked, 'phone_masked', m.phone_masked,
'labour_ability', m.labour_ability, 'health', m.health, 'education', m.education, 'schooling', m.schooling,
'employment', m.employment, 'insured', m.insured, 'version', m.version
"""

_RIGID = ", ".join(f"'{kind}', {yuan(f'i.rigid_{kind}')}" for kind in get_args(RigidKind))
_AMOUNTS = ", ".join(
    f"'{name}', {yuan(f'i.{name}')}" for name in ("wage", "business", "property", "transfer", "rigid_expense")
)
INCOME_FIELDS = (
    f"'year', i.year, {_AMOUNTS},"
    f" 'rigid_kinds', CASE WHEN i.rigid_medical IS NOT NULL THEN json_build_object({_RIGID}) END"
)

REAL = "{0}.state NOT IN ('merged', 'void')"
"""A record that stands for a person: not one that was merged into another or undone."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of households is narrowed to; ``identity`` is the blind index of an identity number."""

    region: str
    monitored_class: str | None = None
    risk: str | None = None
    status: Status | None = None
    name: NameSearch | None = None
    identity: bytes | None = None


def family(statement: Statement) -> str:
    """Lateral subquery ``f``: the head and the number of people present of household ``h``, one index range."""
    return f"""
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE m.state = 'present') AS people,
               max(m.name) FILTER (WHERE m.is_head) AS head_name,
               max(m.id_number_masked) FILTER (WHERE m.is_head) AS head_id_number_masked,
               max(m.phone_masked) FILTER (WHERE m.is_head) AS phone_masked
        FROM household_member m
        WHERE {statement.county("m")} AND m.county_code = h.county_code AND m.village_code = h.village_code
          AND m.household_id = h.id
    ) f"""  # noqa: S608 - our own text, values are arguments


async def list_households(db: ReadConnection, filters: Filters, paging: PageParams) -> bytes:
    """A page in the order of village and household number, which is unique in its village.

    One statement, or two with a total.
    """
    if filters.name is not None:
        await db.plan_by_values()
    statement = Statement(filters.region)
    hits = _hits(statement, filters)
    source, conditions = _selection(statement, filters)
    total = None
    if paging.with_total:
        counted = f"SELECT count(*) FROM (SELECT 1 FROM {source} WHERE {conditions} LIMIT {TOTAL_CAP + 1}) t"  # noqa: S608
        total = await db.value(hits + counted, *statement.args)
    if key := paging.after(str, str):
        village, number = (statement.arg(value) for value in key)
        conditions += f" AND (h.village_code, h.household_no) > ({village}, {number})"
    limit = statement.arg(paging.limit + 1)
    page = f"""
    SELECT json_build_object({ROW_FIELDS})::text, h.village_code, h.household_no
    FROM (
        SELECT h.* FROM {source} WHERE {conditions}
        ORDER BY h.county_code, h.village_code, h.household_no LIMIT {limit}
    ) h
    LEFT JOIN region r ON r.code = h.village_code
    {family(statement)}
    ORDER BY h.county_code, h.village_code, h.household_no"""  # noqa: S608 - our own text
    rows = await db.rows(hits + page, *statement.args)
    return json_page(rows, paging.limit, total)


def _selection(statement: Statement, filters: Filters) -> tuple[str, str]:
    conditions = [statement.inside("h"), "h.state = 'active'"]
    match filters.status:
        case "lifted":
            conditions.append("h.lifted")
        case "monitored":
            conditions.append("h.monitored")
        case "ordinary":
            conditions.append("NOT h.lifted AND NOT h.monitored")
    if filters.monitored_class is not None:
        conditions.append(f"h.monitored AND h.monitored_class = {statement.arg(filters.monitored_class)}")
    if filters.risk is not None:
        conditions.append(f"h.monitored AND {statement.arg(filters.risk)} = ANY (h.risks)")
    source = "household h"
    if filters.name is not None:
        source += " JOIN named n ON n.county_code = h.county_code AND n.household_id = h.id"
    if filters.identity is not None:
        source += " JOIN identified i ON i.county_code = h.county_code AND i.household_id = h.id"
    return source, " AND ".join(conditions)


def _hits(statement: Statement, filters: Filters) -> str:
    """WITH clause of the searched members, or nothing. Those who died or moved out are found too: papers name them."""
    parts = []
    if filters.name is not None:
        lo, hi = statement.arg(filters.name.lo), statement.arg(filters.name.hi)
        columns = ("initials",) if filters.name.by == "initials" else ("name", "name_tail")
        found = " UNION ".join(
            f"SELECT m.county_code, m.household_id FROM household_member m WHERE {statement.inside('m')}"  # noqa: S608
            f" AND m.{column} >= {lo} AND m.{column} < {hi}"
            for column in columns
        )
        distinct = found if len(columns) > 1 else found.replace("SELECT", "SELECT DISTINCT", 1)
        parts.append(f"named AS MATERIALIZED ({distinct})")
    if filters.identity is not None:
        # The registry of persons knows the one county to look in, whatever the size of the reader's region.
        parts.append(
            "identified AS MATERIALIZED (SELECT m.county_code, m.household_id FROM person_registry p"  # noqa: S608
            " JOIN household_member m ON m.county_code = p.county_code AND m.id = p.member_id"
            f" WHERE p.id_number_index = {statement.arg(filters.identity)} AND {statement.inside('m')})"
        )
    return f"WITH {', '.join(parts)} " if parts else ""


async def find_names(db: ReadConnection, village_code: str, search: NameSearch) -> bytes:
    """Up to twenty active households of a village whose head is called so."""
    statement = Statement(village_code)
    lo, hi = statement.arg(search.lo), statement.arg(search.hi)
    columns = ("initials",) if search.by == "initials" else ("name", "name_tail")
    named = " OR ".join(f"(m.{column} >= {lo} AND m.{column} < {hi})" for column in columns)
    body = await db.json(
        f"""
    SELECT coalesce(json_agg(json_build_object('id', f.id, 'head_name', f.name, 'household_no', f.household_no,
        'village_name', f.village_name, 'group_name', f.group_name) ORDER BY f.household_no), '[]')::text
    FROM (
        SELECT h.id, m.name, h.household_no, coalesce(r.name, '') AS village_name, h.group_name
        FROM household h
        JOIN household_member m ON m.county_code = h.county_code AND m.village_code = h.village_code
             AND m.household_id = h.id AND m.is_head AND {statement.inside("m")}
        LEFT JOIN region r ON r.code = h.village_code
        WHERE {statement.inside("h")} AND h.state = 'active' AND ({named})
        ORDER BY h.household_no LIMIT 20
    ) f""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return body or b"[]"


async def get_household(db: ReadConnection, region: str, household_id: UUID) -> tuple[bytes, int] | None:
    """The household card as JSON and its version; None when there is none in the region."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    mine = "{0}.county_code = h.county_code AND {0}.household_id = h.id AND {0}.village_code = h.village_code"
    newest = yuan(
        "floor((i.wage + i.business + i.property + i.transfer - i.rigid_expense)::numeric / nullif(f.people, 0))"
    )
    row = await db.row(
        f"""
    SELECT (jsonb_build_object({ROW_FIELDS}) || jsonb_build_object(
        'state', h.state, 'address', h.address, 'dwelling_grade', h.dwelling_grade, 'water_supply', h.water_supply,
        'lifted_year', h.lifted_year, 'monitored_since', h.monitored_since,
        'net_income_per_head', (
            SELECT {newest} FROM household_income i
            WHERE {statement.county("i")} AND {mine.format("i")} ORDER BY i.year DESC LIMIT 1
        ),
        'incomes', (
            SELECT coalesce(json_agg(json_build_object({INCOME_FIELDS}) ORDER BY i.year DESC), '[]')
            FROM household_income i WHERE {statement.county("i")} AND {mine.format("i")}
        ),
        'members', (
            SELECT coalesce(json_agg(json_build_object({MEMBER_FIELDS})
                ORDER BY m.is_head DESC, m.birth_date, m.id), '[]')
            FROM household_member m WHERE {statement.county("m")} AND {mine.format("m")} AND {REAL.format("m")}
        ),
        'benefits', {benefits_of(statement)},
        'created_at', {iso("h.created_at")}, 'updated_at', {iso("h.updated_at")}, 'demo', h.demo
    ))::text AS body, h.version
    FROM household h
    LEFT JOIN region r ON r.code = h.village_code
    {family(statement)}
    WHERE {statement.inside("h")} AND h.id = {wanted}""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return None if row is None else (row["body"].encode(), row["version"])


async def list_history(db: ReadConnection, region: str, household_id: UUID, paging: PageParams) -> bytes | None:
    """A page of acts, newest first; None when the household is not in the region."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    known: Any = await db.value(
        f"SELECT h.version FROM household h WHERE {statement.inside('h')} AND h.id = {wanted}",  # noqa: S608
        *statement.args,
    )
    return None if known is None else await history_page(db, region, household_id, paging)


async def history_page(db: ReadConnection, region: str, household_id: UUID, paging: PageParams) -> bytes:
    """As ``list_history``, of a household that is known to be there."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    before = ""
    if key := paging.after(int):
        before = f"AND c.version < {statement.arg(key[0])}"
    rows = await db.rows(
        f"""
    SELECT json_build_object('version', c.version, 'at', {iso("c.at")}, 'actor_name', c.actor_name, 'act', c.act,
        'member_id', c.member_id, 'reason', c.reason, 'changes', c.changes)::text, c.version
    FROM household_change c
    WHERE {statement.inside("c")} AND c.household_id = {wanted} {before}
    ORDER BY c.version DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def read_catalogue(db: ReadConnection) -> bytes:
    """Monitored classes and risks in the order in which screens show them."""
    listed = "coalesce(json_agg(json_build_object('code', code, 'name', name, 'valid_from', valid_from, 'valid_to', valid_to) ORDER BY position, code), '[]')"  # noqa: E501
    body = await db.json(
        f"SELECT json_build_object('monitored_classes', (SELECT {listed} FROM monitored_class),"  # noqa: S608
        f" 'risks', (SELECT {listed} FROM risk_kind))::text"
    )
    return body or b""
