"""Read-only SQL of lists, lines and persons: JSON made by the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso, yuan
from service_kit.pagination import PageParams, json_page

from funds_ledger.payouts.rules import PROBLEM_NAMES, LineState, Problem
from funds_ledger.standards.rules import Category

_NAMES = ", ".join(f"('{code}', '{name}')" for code, name in PROBLEM_NAMES.items())


def _batch_fields(statement: Statement) -> str:
    return f"""
        'id', b.id, 'county_code', b.county_code, 'title', b.title, 'standard_id', b.standard_id,
        'standard_code', b.standard_code, 'standard_name', s.name, 'category', s.category, 'period', b.period,
        'allocation_id', b.allocation_id, 'allocation_title', a.title, 'bank', b.bank, 'account_mask', b.account_mask,
        'limit', {yuan("b.limit_fen")}, 'counted', s.counted, 'state', b.state,
        'run_state', (SELECT r.state FROM payout_run r WHERE {statement.county("r")} AND r.county_code = b.county_code
                      AND r.batch_id = b.id ORDER BY r.number DESC LIMIT 1),
        'lines', n.lines, 'amount', {yuan("n.fen")}, 'paid_lines', n.paid_lines, 'paid', {yuan("n.paid_fen")},
        'failed_lines', n.failed_lines, 'open_lines', n.open_lines, 'created_by', b.created_by,
        'created_by_name', b.created_by_name, 'created_at', {iso("b.created_at")}, 'version', b.version"""  # noqa: S608 - our own text


def _batch_from(statement: Statement) -> str:
    return f"""
    FROM payout_batch b
    JOIN payout_standard s ON s.id = b.standard_id
    JOIN allocation a ON {statement.county("a")} AND a.county_code = b.county_code AND a.id = b.allocation_id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE l.state NOT IN ('excluded', 'given_up')) AS lines,
            coalesce(sum(l.amount_fen) FILTER (WHERE l.state NOT IN ('excluded', 'given_up')), 0) AS fen,
            count(*) FILTER (WHERE l.state = 'paid') AS paid_lines,
            coalesce(sum(l.amount_fen) FILTER (WHERE l.state = 'paid'), 0) AS paid_fen,
            count(*) FILTER (WHERE l.state = 'failed') AS failed_lines,
            count(*) FILTER (WHERE l.state IN ('excluded', 'given_up')) AS excluded_lines,
            count(*) FILTER (WHERE l.state IN ('listed', 'failed') AND NOT l.problems <@ l.kept) AS open_lines
        FROM payout_line l
        WHERE {statement.county("l")} AND l.county_code = b.county_code AND l.batch_id = b.id
    ) n"""  # noqa: S608 - our own text


async def list_batches(
    db: ReadConnection,
    region: str,
    paging: PageParams,
    *,
    state: str | None,
    category: Category | None,
    allocation_id: UUID | None,
) -> bytes:
    """A page of ``PayoutBatchRow``, the newest first."""
    statement = Statement(region, "county_code")
    where = [statement.inside("b")]
    if state:
        where.append(f"b.state = {statement.arg(state)}")
    if category:
        where.append(f"s.category = {statement.arg(category)}")
    if allocation_id:
        where.append(f"b.allocation_id = {statement.arg(allocation_id)}")
    if key := paging.after(datetime, UUID):
        at, row_id = (statement.arg(value) for value in key)
        where.append(f"(b.created_at, b.id) < ({at}, {row_id})")
    rows = await db.rows(
        f"""SELECT json_build_object({_batch_fields(statement)})::text, b.created_at, b.id {_batch_from(statement)}
        WHERE {" AND ".join(where)}
        ORDER BY b.created_at DESC, b.id DESC LIMIT {statement.arg(paging.limit + 1)}""",
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def batch_detail(db: ReadConnection, region: str, batch_id: UUID) -> bytes | None:
    """``PayoutBatchDetail``; None when it is not in the region."""
    statement = Statement(region, "county_code")
    where = statement.inside("b")
    own = "{0}.county_code = b.county_code AND {0}.batch_id = b.id"
    runs, imports, events, lines = (
        f"{statement.county(alias)} AND {own.format(alias)}" for alias in ("r", "i", "e", "l")
    )
    return await db.json(
        f"""
    SELECT (jsonb_build_object({_batch_fields(statement)}) || jsonb_build_object(
        'allocation_left', {yuan("a.amount_fen - a.committed_fen")}, 'listable', s.listed_by IS NOT NULL,
        'excluded_lines', n.excluded_lines,
        'problems', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('problem', p.code, 'name', p.name, 'lines', f.lines,
                'open', f.open) ORDER BY f.open DESC, f.lines DESC, p.code), '[]')
            FROM (SELECT u.code, count(*) AS lines, count(*) FILTER (WHERE u.code <> ALL (l.kept)) AS open
                  FROM payout_line l, unnest(l.problems) AS u(code)
                  WHERE {lines} AND l.state NOT IN ('excluded', 'given_up') GROUP BY u.code) f
            JOIN (VALUES {_NAMES}) AS p(code, name) ON p.code = f.code),
        'runs', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number, 'state', r.state,
                'payment_id', r.payment_id, 'lines', r.lines, 'amount', {yuan("r.amount_fen")},
                'paid_lines', r.paid_lines, 'paid', {yuan("r.paid_fen")}, 'failed_lines', r.failed_lines,
                'submitted_by', r.submitted_by, 'submitted_by_name', r.submitted_by_name,
                'decided_by_name', r.decided_by_name, 'decided_at', {iso("r.decided_at")}, 'opinion', r.opinion,
                'file_digest', encode(r.file_digest, 'hex'), 'sent_at', {iso("r.sent_at")},
                'settled_at', {iso("r.settled_at")}, 'version', r.version) ORDER BY r.number DESC), '[]')
            FROM payout_run r WHERE {runs}),
        'imports', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'accepted', i.accepted,
                'refused', i.refused, 'at', {iso("i.at")}, 'by_name', i.by_name) ORDER BY i.at DESC, i.id), '[]')
            FROM payout_import i WHERE {imports}),
        'history', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('act', e.act, 'run_number', e.run_number, 'lines', e.lines,
                'amount', {yuan("e.amount_fen")}, 'reason', e.reason, 'at', {iso("e.at")}, 'by_name', e.by_name)
                ORDER BY e.at DESC, e.id DESC), '[]')
            FROM (SELECT * FROM payout_event e WHERE {events} ORDER BY e.at DESC LIMIT 100) e)
    ))::text {_batch_from(statement)}
    WHERE {where} AND b.id = {statement.arg(batch_id)}""",  # noqa: S608 - our own text
        *statement.args,
    )


_LINE = f"""json_build_object('id', l.id, 'batch_id', l.batch_id, 'line_no', l.line_no, 'name', l.name,
    'id_number_mask', l.id_number_mask, 'account_mask', l.account_mask, 'bank', l.bank, 'holder', l.holder,
    'quantity', l.quantity, 'amount', {yuan("l.amount_fen")}, 'note', l.note, 'member_id', l.member_id,
    'household_id', l.household_id, 'village_code', l.village_code, 'village_name', v.name,
    'register_state', l.register_state, 'problems', l.problems,
    'open', ARRAY(SELECT p FROM unnest(l.problems) AS u(p) WHERE p <> ALL (l.kept)), 'state', l.state,
    'reason', l.reason, 'decided_by_name', l.decided_by_name, 'failure', l.failure, 'paid_at', {iso("l.paid_at")},
    'version', l.version)::text"""  # noqa: S608 - our own text


async def list_lines(
    db: ReadConnection,
    region: str,
    batch_id: UUID,
    paging: PageParams,
    *,
    state: LineState | None,
    problem: Problem | None,
    undecided: bool,
    name: str | None,
) -> bytes:
    """A page of ``PayoutLineRead`` in the order of the list."""
    statement = Statement(region, "county_code")
    where = [statement.inside("l"), f"l.batch_id = {statement.arg(batch_id)}"]
    if state:
        where.append(f"l.state = {statement.arg(state)}")
    if problem:
        where.append(f"{statement.arg(problem)} = ANY (l.problems) AND l.state NOT IN ('excluded', 'given_up')")
    if undecided:
        where.append("l.state IN ('listed', 'failed') AND NOT l.problems <@ l.kept")
    if name:
        where.append(f"starts_with(l.name, {statement.arg(name)})")
    if key := paging.after(int, UUID):
        number, row_id = (statement.arg(value) for value in key)
        where.append(f"(l.line_no, l.id) > ({number}, {row_id})")
    rows = await db.rows(
        f"""SELECT {_LINE}, l.line_no, l.id FROM payout_line l LEFT JOIN region v ON v.code = l.village_code
        WHERE {" AND ".join(where)} ORDER BY l.line_no, l.id LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608
        *statement.args,
    )
    return json_page(rows, paging.limit)


async def one_line(db: ReadConnection, region: str, line_id: UUID) -> bytes | None:
    statement = Statement(region, "county_code")
    return await db.json(
        f"""SELECT {_LINE} FROM payout_line l LEFT JOIN region v ON v.code = l.village_code
        WHERE {statement.inside("l")} AND l.id = {statement.arg(line_id)}""",  # noqa: S608 - our own text
        *statement.args,
    )


async def person(db: ReadConnection, region: str, *, line_id: UUID | None, person_key: bytes | None) -> bytes | None:
    """``PersonHistory`` of whoever stands on a line, or has a number; None when there is nothing."""
    statement = Statement(region, "county_code")
    if line_id is not None:
        chosen = f"""l.person_key = (SELECT k.person_key FROM payout_line k
            WHERE {statement.inside("k")} AND k.id = {statement.arg(line_id)})"""  # noqa: S608 - our own text
    else:
        chosen = f"l.person_key = {statement.arg(person_key)}"
    return await db.json(
        f"""
    SELECT json_build_object(
        'name', (array_agg(l.name ORDER BY l.created_at DESC))[1],
        'id_number_mask', (array_agg(l.id_number_mask ORDER BY l.created_at DESC))[1],
        'member_id', (array_agg(l.member_id ORDER BY l.matched_at DESC))[1],
        'household_id', (array_agg(l.household_id ORDER BY l.matched_at DESC))[1],
        'register_state', (array_agg(l.register_state ORDER BY l.matched_at DESC))[1],
        'paid', {yuan("coalesce(sum(l.amount_fen) FILTER (WHERE l.state = 'paid'), 0)")},
        'items', json_agg(json_build_object('line_id', l.id, 'batch_id', l.batch_id, 'batch_title', b.title,
            'standard_code', l.standard_code, 'standard_name', s.name, 'category', s.category, 'period', l.period,
            'amount', {yuan("l.amount_fen")}, 'account_mask', l.account_mask, 'bank', l.bank, 'state', l.state,
            'failure', l.failure, 'reason', l.reason,
            'returns', (SELECT count(*) FROM payout_return r WHERE {statement.county("r")}
                        AND r.county_code = l.county_code AND r.line_id = l.id),
            'paid_at', {iso("l.paid_at")}, 'created_at', {iso("l.created_at")}) ORDER BY l.created_at DESC, l.id)
    )::text
    FROM payout_line l
    JOIN payout_batch b ON {statement.county("b")} AND b.county_code = l.county_code AND b.id = l.batch_id
    JOIN payout_standard s ON s.id = b.standard_id
    WHERE {statement.inside("l")} AND {chosen} HAVING count(*) > 0""",  # noqa: S608 - our own text
        *statement.args,
    )
