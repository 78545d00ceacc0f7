"""Read-only SQL of microloans: JSON made by the database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso, yuan
from service_kit.pagination import PageParams, json_page

from funds_ledger.microloans.rules import DUE_SOON_DAYS, Problem, Standing

_STANDING: dict[Standing, str] = {
    "repaid": "l.balance_fen = 0",
    "overdue": "l.balance_fen > 0 AND l.due_on < {day}",
    "due_soon": f"l.balance_fen > 0 AND l.due_on BETWEEN {{day}} AND {{day}} + {DUE_SOON_DAYS}",
    "current": f"l.balance_fen > 0 AND l.due_on > {{day}} + {DUE_SOON_DAYS}",
}


async def list_loans(
    db: ReadConnection,
    region: str,
    paging: PageParams,
    day: date,
    *,
    standing: Standing | None,
    problem: Problem | None,
    name: str | None,
) -> bytes:
    """A page of ``MicroloanRead``, what falls due first at the top."""
    statement = Statement(region, "county_code")
    today = f"{statement.arg(day)}::date"
    where = [statement.inside("l")]
    if standing:
        where.append(_STANDING[standing].format(day=today))
    if problem:
        where.append(f"{statement.arg(problem)} = ANY (l.problems)")
    if name:
        where.append(f"starts_with(l.name, {statement.arg(name)})")
    if key := paging.after(date, UUID):
        due, row_id = (statement.arg(value) for value in key)
        where.append(f"(l.due_on, l.id) > ({due}, {row_id})")
    cases = " ".join(f"WHEN {text.format(day=today)} THEN '{word}'" for word, text in _STANDING.items())
    rows = await db.rows(
        f"""
    SELECT json_build_object('id', l.id, 'lender', l.lender, 'contract_number', l.contract_number, 'name', l.name,
        'id_number_mask', l.id_number_mask, 'household_id', l.household_id, 'village_code', l.village_code,
        'village_name', v.name, 'principal', {yuan("l.principal_fen")}, 'balance', {yuan("l.balance_fen")},
        'rate_bp', l.rate_bp, 'disbursed_on', l.disbursed_on, 'due_on', l.due_on,
        'overdue_days', CASE WHEN l.balance_fen > 0 THEN greatest({today} - l.due_on, 0) ELSE 0 END,
        'purpose', l.purpose, 'household_used', l.household_used, 'standing', CASE {cases} END,
        'problems', l.problems, 'reported_on', l.reported_on, 'told_overdue_at', {iso("l.told_overdue_at")})::text,
        l.due_on, l.id
    FROM microloan l LEFT JOIN region v ON v.code = l.village_code
    WHERE {" AND ".join(where)} ORDER BY l.due_on, l.id LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def overview(db: ReadConnection, region: str, county_code: str, year: int, day: date) -> Any:
    """One row of sums in fen, and the townships as JSON."""
    statement = Statement(region, "county_code")
    county, first, today = statement.arg(county_code), statement.arg(date(year, 1, 1)), f"{statement.arg(day)}::date"
    last = statement.arg(date(year, 12, 31))
    of_year = f"l.disbursed_on BETWEEN {first} AND {last}"
    overdue, due_soon = (_STANDING[word].format(day=today) for word in ("overdue", "due_soon"))
    return await db.row(
        f"""
    WITH l AS (SELECT * FROM microloan m WHERE {statement.inside("m")} AND m.county_code = {county})
    SELECT
        (SELECT row_to_json(t) FROM (SELECT amount_fen, basis FROM microloan_target
         WHERE region_code = {county} AND year = {year:d} ORDER BY revision DESC LIMIT 1) t)::text AS target,
        coalesce(sum(l.principal_fen) FILTER (WHERE {of_year}), 0) AS disbursed,
        count(*) FILTER (WHERE {of_year}) AS disbursed_loans,
        count(*) FILTER (WHERE l.balance_fen > 0) AS open_loans, coalesce(sum(l.balance_fen), 0) AS balance,
        count(DISTINCT l.household_id) FILTER (WHERE l.balance_fen > 0) AS households,
        coalesce(sum(l.balance_fen) FILTER (WHERE l.household_used), 0) AS used,
        count(*) FILTER (WHERE {due_soon}) AS due_loans,
        coalesce(sum(l.balance_fen) FILTER (WHERE {due_soon}), 0) AS due_balance,
        count(*) FILTER (WHERE {overdue}) AS overdue_loans,
        coalesce(sum(l.balance_fen) FILTER (WHERE {overdue}), 0) AS overdue_balance,
        count(*) FILTER (WHERE l.balance_fen > 0 AND cardinality(l.problems) > 0) AS with_problems,
        (SELECT coalesce(json_agg(json_build_object('region_code', t.code, 'region_name', r.name,
            'disbursed', {yuan("t.disbursed")}, 'balance', {yuan("t.balance")}, 'overdue', {yuan("t.overdue")})
            ORDER BY t.code NULLS LAST), '[]')
         FROM (SELECT left(l.village_code, 9) AS code,
                coalesce(sum(l.principal_fen) FILTER (WHERE {of_year}), 0) AS disbursed,
                sum(l.balance_fen) AS balance, coalesce(sum(l.balance_fen) FILTER (WHERE {overdue}), 0) AS overdue
               FROM l GROUP BY 1) t LEFT JOIN region r ON r.code = t.code)::text AS townships
    FROM l""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
