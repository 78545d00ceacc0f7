"""Keeping a phone's record in one exchange with the database, for the many that need no thought (ADR 0014).

Whatever is out of the ordinary, an id that is there already above all, writes nothing here and goes the careful way,
which finds the same and says it in its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from service_kit import attachments
from service_kit.attachments import FileDeclaration
from service_kit.db import Writing
from service_kit.json import dumps
from service_kit.tokens import Actor
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from monitoring_api.sql import Statement


def keep(table: Table, statement: Statement, values: Mapping[str, Any]) -> str:
    """SQL for a WITH: insert a record at the household of ``place`` (tenant, village, household), unless it is there.

    Answers with tenant, village and id of what it has inserted: of two uploads at the same moment one.
    """
    json = [isinstance(table.c[name].type, JSONB) for name in values]
    given = [
        f"{statement.arg(dumps(value).decode() if is_json and value is not None else value)}::{type_}"
        for (value, is_json, type_) in zip(values.values(), json, _types(table, tuple(values)), strict=True)
    ]
    return (
        f"INSERT INTO {table.name} (county_code, village_code, household_id, {', '.join(values)})"  # noqa: S608
        f" SELECT p.county_code, p.village_code, p.household_id, {', '.join(given)} FROM place p"
        " ON CONFLICT DO NOTHING RETURNING county_code, village_code, id"
    )


@cache
def _types(table: Table, names: tuple[str, ...]) -> list[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy does not say its type
    return [table.c[name].type.compile(dialect) for name in names]


def with_photos(
    statement: Statement, actor: Actor, subject_type: str, files: Sequence[FileDeclaration], at: datetime
) -> str:
    """SQL to follow ``keep`` in its WITH, which is named ``made``: note which files will follow the record."""
    if not files:
        return ""
    told = (statement.arg(value) for value in (attachments.as_json(files), at, actor.id, actor.name))
    record = "SELECT county_code, village_code AS region_code, id FROM made"
    return f", photos AS ({attachments.declaring(record, subject_type, *told)})"


async def kept(
    db: Writing, write: tuple[str, Sequence[Any]], read: tuple[str, Sequence[Any]], payload_hash: str
) -> tuple[bytes, bool] | None:
    """The receipt and whether the record is new; None: nothing was written, and the careful way is to decide.

    Args:
        write: answers a row when it has written the record.
        read: answers the receipt as JSON text and the hash of the record that is there.
    """
    rows = await db.attempt_together(write, read)
    if rows is None:
        return None
    wrote, found = rows
    if not found or found[0][1] != payload_hash:
        return None
    text: str = found[0][0]
    return text.encode(), bool(wrote)


def of_county(actor: Actor) -> bool:
    """Whether the actor's region names one tenant, so that a record's place is found by its key."""
    return len(actor.region) >= 6
