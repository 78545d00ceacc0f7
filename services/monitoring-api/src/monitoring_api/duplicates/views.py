"""Reading pairs of records that may be one person, side by side. Numbers are masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import PageParams, json_page

from monitoring_api.duplicates.rules import Basis, State
from monitoring_api.sql import Statement, iso


@dataclass(frozen=True, slots=True)
class Filters:
    region: str
    state: State = "open"
    basis: Basis | None = None


def _side(statement: Statement, member: str) -> str:
    """One record with where it stands, as JSON."""
    return f"""(
        SELECT json_build_object('id', m.id, 'version', m.version, 'name', m.name, 'relation', m.relation,
            'state', m.state, 'sex', m.sex, 'birth_date', m.birth_date, 'id_number_masked', m.id_number_masked,
            'phone_masked', m.phone_masked, 'labour_ability', m.labour_ability, 'health', m.health,
            'education', m.education, 'schooling', m.schooling, 'employment', m.employment, 'insured', m.insured,
            'household_id', h.id, 'household_no', h.household_no, 'head_name', f.head_name, 'people', f.people,
            'village_code', h.village_code, 'village_name', coalesce(r.name, ''), 'lifted', h.lifted,
            'monitored', h.monitored, 'registered_at', {iso("m.created_at")})
        FROM household_member m
        JOIN household h ON h.county_code = m.county_code AND h.id = m.household_id AND {statement.county("h")}
        LEFT JOIN region r ON r.code = h.village_code
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE k.state = 'present') AS people,
                   max(k.name) FILTER (WHERE k.is_head) AS head_name
            FROM household_member k
            WHERE {statement.county("k")} AND k.county_code = h.county_code AND k.village_code = h.village_code
              AND k.household_id = h.id
        ) f
        WHERE {statement.county("m")} AND m.county_code = d.county_code AND m.id = {member}
    )"""  # noqa: S608 - our own text, values are arguments


def _row(statement: Statement) -> str:
    return f"""
    'id', d.id, 'county_code', d.county_code, 'region_code', d.region_code, 'basis', d.basis, 'state', d.state,
    'found_at', {iso("d.found_at")}, 'decided_at', {iso("d.decided_at")}, 'decided_by_name', d.decided_by_name,
    'reason', d.reason, 'kept_id', d.kept_id,
    'other_county_name', (SELECT coalesce(r.name, d.other_county_code) FROM (SELECT 1) x
        LEFT JOIN region r ON r.code = d.other_county_code WHERE d.other_county_code IS NOT NULL),
    'first', {_side(statement, "d.first_id")},
    'second', CASE WHEN d.other_county_code IS NULL THEN {_side(statement, "d.second_id")} END,
    'version', d.version"""  # noqa: S608 - our own text, values are arguments


def _inside(statement: Statement, region: str) -> str:
    lo, hi = statement.arg(region or "0"), statement.arg(f"{region}:")
    return f"{statement.county('d')} AND d.region_code >= {lo} AND d.region_code < {hi}"


def _still_two(statement: Statement) -> str:
    """An open pair of which one died, moved away or was merged meanwhile needs no decision."""
    return f"""(d.state <> 'open' OR NOT EXISTS (
        SELECT FROM household_member m
        WHERE {statement.county("m")} AND m.county_code = d.county_code AND m.state <> 'present'
          AND m.id IN (d.first_id, d.second_id)
    ))"""


async def list_candidates(db: ReadConnection, filters: Filters, paging: PageParams) -> bytes:
    """A page of pairs, the newest first. One statement."""
    statement = Statement(filters.region)
    where = [
        _inside(statement, filters.region),
        f"d.state = {statement.arg(filters.state)}",
        _still_two(statement),
    ]
    if filters.basis is not None:
        where.append(f"d.basis = {statement.arg(filters.basis)}")
    if key := paging.after(datetime, UUID):
        at, row_id = (statement.arg(value) for value in key)
        where.append(f"(d.found_at, d.id) < ({at}, {row_id})")
    rows = await db.rows(
        f"""
    SELECT json_build_object({_row(statement)})::text, d.found_at, d.id
    FROM duplicate_candidate d
    WHERE {" AND ".join(where)}
    ORDER BY d.found_at DESC, d.id DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def get_candidate(db: ReadConnection, region: str, candidate_id: UUID) -> tuple[bytes, int] | None:
    """The pair side by side, and its version."""
    statement = Statement(region)
    where = _inside(statement, region)
    row = await db.row(
        f"""
    SELECT json_build_object({_row(statement)},
        'same_id_number', d.other_county_code IS NOT NULL OR coalesce(p.same, false),
        'other_pairs', coalesce(p.others, 0))::text AS body, d.version
    FROM duplicate_candidate d
    LEFT JOIN LATERAL (
        SELECT a.id_number_index = b.id_number_index AS same, (
            SELECT count(*) FROM duplicate_candidate o
            JOIN household_member x ON x.county_code = o.county_code AND x.id = o.first_id AND {statement.county("x")}
            JOIN household_member y ON y.county_code = o.county_code AND y.id = o.second_id AND {statement.county("y")}
            WHERE {statement.county("o")} AND o.county_code = d.county_code AND o.state = 'open' AND o.id <> d.id
              AND a.household_id <> b.household_id AND x.state = 'present' AND y.state = 'present'
              AND ((x.household_id = a.household_id AND y.household_id = b.household_id)
                OR (x.household_id = b.household_id AND y.household_id = a.household_id))
        ) AS others
        FROM household_member a, household_member b
        WHERE {statement.county("a")} AND a.county_code = d.county_code AND a.id = d.first_id
          AND {statement.county("b")} AND b.county_code = d.county_code AND b.id = d.second_id
    ) p ON true
    WHERE {where} AND d.id = {statement.arg(candidate_id)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return None if row is None else (row["body"].encode(), row["version"])
