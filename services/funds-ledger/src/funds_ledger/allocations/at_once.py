"""An ordinary allocation as one statement: the line, its posting, its notice and its audit entry, or nothing (FND-1).

It finds what must be there, moves the money and writes everything down; whatever is out of the ordinary (an id that is
known, a project, a notice counted in working days, a limit that would be broken) makes it change nothing, and
``service.allocate`` then does or refuses the same step by step. Locks are taken in the order of ``ledger.posting``:
document, pool, accounts.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from service_kit.db import Command, Writing
from service_kit.ids import uuid7
from service_kit.region import county_of
from service_kit.tokens import Actor

from funds_ledger.allocations import announcement
from funds_ledger.allocations.rules import public_text
from funds_ledger.allocations.schemas import AllocationRead, AllocationWrite
from funds_ledger.ledger import statement
from funds_ledger.ledger.posting import Posting, values_of
from funds_ledger.ledger.rules import effect_of_allocation
from funds_ledger.publication.rules import PERIOD
from funds_ledger.terms import PURPOSE_NAMES, SOURCE_LEVEL_NAMES

_TYPES = statement.TYPES | {
    "account_id": "uuid",
    "purpose": "text",
    "title": "text",
    "note": "text",
    "today": "date",
    "notice_id": "uuid",
    "public_title": "text",
    "purpose_name": "text",
}


def _constant(value: Any) -> str:
    return "CAST('" + json.dumps(value, ensure_ascii=False).replace("'", "''") + "' AS jsonb)"


_GIVEN = """
        SELECT p.year AS pool_year, p.source_level, r.name AS place, f.library_from, c.id AS available_id,
            coalesce(a.id, :account_id) AS held_id, rule.days AS notice_days, :today + rule.days AS notice_ends,
            {document}
        FROM pool p
        JOIN LATERAL (
            SELECT u.days, u.working_days FROM publication_rule u
            WHERE u.act = 'allocation' AND u.effective_on <= :today
                AND u.region_code IN ('', left(:county_code, 2), left(:county_code, 4), :county_code)
            ORDER BY length(u.region_code) DESC, u.effective_on DESC, u.revision DESC LIMIT 1
        ) rule ON NOT rule.working_days
        JOIN funding_rule f ON f.county_code = :county_code AND f.year = p.year AND f.library_from > :today
        JOIN region r ON r.code = :region_code
        JOIN account c ON c.county_code = :county_code AND c.pool_id = p.id AND c.kind = 'available'
            AND c.region_code = :county_code AND c.purpose IS NULL
        LEFT JOIN account a ON a.county_code = :county_code AND a.pool_id = p.id AND a.kind = 'allocated'
            AND a.region_code = :region_code AND a.purpose = :purpose
        {join}
        WHERE p.county_code = :county_code AND p.id = :pool_id
            AND NOT EXISTS (SELECT FROM allocation k WHERE k.county_code = :county_code AND k.id = :allocation_id)
        {lock}"""
_BARE = {"document": "CAST(NULL AS text) AS document_number, false AS direct", "join": "", "lock": ""}
_DRAWING = {
    "document": "d.number AS document_number, d.direct",
    "join": "JOIN fund_document d ON d.county_code = :county_code AND d.id = :document_id AND d.pool_id = p.id"
    " AND d.allocated_fen + :amount <= d.amount_fen + d.adjusted_fen",
    "lock": "FOR NO KEY UPDATE OF d",
}
_DRAW = """drawn AS (
        UPDATE fund_document d SET allocated_fen = d.allocated_fen + :amount, updated_at = :posted_at
        FROM posted WHERE d.county_code = :county_code AND d.id = :document_id
    ), """

_TABLE = f"""jsonb_build_object('columns', {_constant(announcement.COLUMNS)}, 'rows', jsonb_build_array(
            jsonb_build_array(place, :public_title, CAST(pool_year AS text),
                {_constant(SOURCE_LEVEL_NAMES)} ->> source_level, :purpose_name, :amount_yuan)))"""


_PERIOD = "'{}' || :today || '{}' || notice_ends || '{}'".format(*PERIOD)


def _command(given: str, draw: str) -> Command:
    sql = f"""
    WITH given AS MATERIALIZED ({given}
    ), posted AS ({statement.move_pool("given", debit="held_id", credit="available_id")}
    ), {draw}allocated AS (
        INSERT INTO allocation (
            county_code, id, region_code, pool_id, year, source_level, document_id, direct, purpose, title, amount_fen,
            note, library_from, committed_fen, paid_fen, status, created_at, updated_at, version, created_by,
            created_by_name
        )
        SELECT :county_code, :allocation_id, :region_code, pool_id, pool_year, source_level, :document_id, direct,
            :purpose, :title, :amount, :note, library_from, 0, 0, 'allocated', :posted_at, :posted_at, 1, :posted_by,
            :posted_by_name
        FROM posted
    ), debited AS (
        INSERT INTO account (
            county_code, id, region_code, pool_id, year, source_level, kind, purpose, debited_fen, credited_fen,
            created_at, updated_at
        )
        SELECT :county_code, held_id, :region_code, pool_id, pool_year, source_level, 'allocated', :purpose, :amount, 0,
            :posted_at, :posted_at
        FROM posted
        ON CONFLICT (county_code, pool_id, kind, region_code, purpose)
        DO UPDATE SET debited_fen = account.debited_fen + excluded.debited_fen, updated_at = excluded.updated_at
        RETURNING id
    ), credited AS ({statement.CREDIT.format(credit="posted.available_id")}
    ), moved AS ({statement.WRITE_TRANSFER}
    ), {statement.AUDIT}, announced AS (
        INSERT INTO notice (
            county_code, id, region_code, kind, title, document_number, paragraphs, "table", subject_type, subject_id,
            starts_on, ends_on, published_at
        )
        SELECT :county_code, :notice_id, :region_code, '{announcement.ALLOCATION}',
            '{announcement.TITLE}' || place || ' ' || :public_title, document_number,
            {_constant(announcement.PARAGRAPHS)} || jsonb_build_array({_PERIOD}), {_TABLE}, 'allocation',
            CAST(:allocation_id AS text), :today, notice_ends, :posted_at
        FROM posted
    ), shown AS (
        INSERT INTO act_notice (county_code, id, region_code, act, subject_id, starts_on, days, ends_on)
        SELECT :county_code, :notice_id, :region_code, 'allocation', :allocation_id, :today, notice_days, notice_ends
        FROM posted
    )
    SELECT pool_year, source_level, place, direct FROM posted, moved"""  # noqa: S608 - constants
    return Command.of(sql, _TYPES)


_ALLOCATE = _command(_GIVEN.format(**_BARE), "")
_ALLOCATE_DRAWING = _command(_GIVEN.format(**_DRAWING), _DRAW)


async def allocate(db: Writing, actor: Actor, allocation_id: UUID, body: AllocationWrite) -> AllocationRead | None:
    """The allocation, committed; None when it is not an ordinary one, and then nothing has been done."""
    if body.project_id is not None:
        return None
    county_code, new_account_id = county_of(body.region_code), uuid7()
    posting = Posting(
        kind="allocation",
        county_code=county_code,
        pool_id=body.pool_id,
        region_code=body.region_code,
        debit_account_id=new_account_id,
        credit_account_id=new_account_id,
        amount=body.amount,
        effect=effect_of_allocation(body.purpose, body.amount),
        document_id=body.document_id,
        allocation_id=allocation_id,
    )
    values = values_of(actor, posting)
    moment = values["posted_at"]
    values |= {
        "account_id": new_account_id,
        "purpose": body.purpose,
        "title": body.title,
        "note": body.note,
        "today": moment.date(),
        "notice_id": uuid7(),
        "public_title": public_text(body.title),
        "purpose_name": PURPOSE_NAMES[body.purpose],
    }
    row = await db.attempt(_ALLOCATE if body.document_id is None else _ALLOCATE_DRAWING, values)
    if row is None:
        return None
    return AllocationRead.model_construct(
        id=allocation_id,
        county_code=county_code,
        region_code=body.region_code,
        region_name=row["place"],
        pool_id=body.pool_id,
        year=row["pool_year"],
        source_level=row["source_level"],
        document_id=body.document_id,
        direct=row["direct"],
        project_id=None,
        project_name=None,
        notice_ends_on=None,
        released_on=None,
        purpose=body.purpose,
        title=body.title,
        amount=body.amount,
        committed=0,
        paid=0,
        batch_id=None,
        note=body.note,
        status="allocated",
        reversed_at=None,
        reversal_reason=None,
        transfer_id=values["transfer_id"],
        reversal_transfer_id=None,
        version=1,
        created_at=moment,
        created_by_name=actor.name,
    )
