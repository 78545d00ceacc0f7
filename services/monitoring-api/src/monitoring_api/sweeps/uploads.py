"""The SQL of a sweep's record in one exchange: the record, its photos, its item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service_kit.tokens import Actor

from monitoring_api import quick_records
from monitoring_api.sql import Statement
from monitoring_api.sweeps.models import SweepRecord
from monitoring_api.sweeps.schemas import SweepUpload

_TABLE = SweepRecord.metadata.tables[SweepRecord.__tablename__]


def keep_sound(actor: Actor, round_id: UUID, body: SweepUpload, record: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Keep a record that raises no issue and count it; answers a row when it was written.

    The first record of an item counts, a later one opens a review. The item's row decides which is which: whoever
    comes second waits for it and then sees the first.

    Args:
        record: the columns of the row without its place.
    """
    statement = Statement(actor.region)
    wanted, household, region = (statement.arg(value) for value in (round_id, body.household_id, actor.region))
    made = quick_records.keep(_TABLE, statement, record)
    photos = quick_records.with_photos(statement, actor, "sweep_record", body.photos, record["received_at"])
    at, who, name, unchanged = (
        statement.arg(record[column]) for column in ("received_at", "visitor_id", "visitor_name", "unchanged")
    )
    first = "i.record_id IS NULL"
    sql = f"""
    WITH place AS (
        SELECT i.county_code, i.village_code, i.household_id
        FROM sweep_item i JOIN sweep_round s ON s.county_code = i.county_code AND s.id = i.round_id
        WHERE {statement.inside("i")} AND i.round_id = {wanted} AND i.household_id = {household}
          AND (starts_with({region}::text, s.region_code) OR starts_with(s.region_code, {region}::text))
    ), made AS ({made}){photos}
    UPDATE sweep_item i SET
        records = i.records + 1,
        state = CASE WHEN {first} THEN 'done' ELSE i.state END,
        review = CASE WHEN {first} THEN i.review ELSE 'open' END,
        record_id = coalesce(i.record_id, made.id),
        recorded_at = CASE WHEN {first} THEN {at}::timestamptz ELSE i.recorded_at END,
        visitor_id = CASE WHEN {first} THEN {who}::uuid ELSE i.visitor_id END,
        visitor_name = CASE WHEN {first} THEN {name}::text ELSE i.visitor_name END,
        unchanged = CASE WHEN {first} THEN {unchanged}::boolean ELSE i.unchanged END,
        problems = CASE WHEN {first} THEN 0 ELSE i.problems END
    FROM made
    WHERE {statement.inside("i")} AND i.round_id = {wanted} AND i.household_id = {household}
    RETURNING true"""  # noqa: S608 - our own text, values are arguments
    return sql, statement.args
