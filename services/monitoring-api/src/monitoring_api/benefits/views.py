"""Reading policies enjoyed: JSON made by the database."""

from __future__ import annotations

from uuid import UUID

from service_kit.db import ReadConnection

from monitoring_api.sql import Statement, yuan


def benefits_of(statement: Statement) -> str:
    """SQL of the JSON array of the policies of household ``h``: what is enjoyed first, then the newest."""
    return f"""(
        SELECT coalesce(json_agg(json_build_object(
            'id', b.id, 'member_id', b.member_id, 'member_name', bm.name, 'kind', b.kind, 'title', b.title,
            'since', b.since, 'until', b.until, 'yearly_amount', {yuan("b.yearly_amount")}, 'source', b.source,
            'note', b.note, 'version', b.version, 'demo', b.demo
        ) ORDER BY b.until IS NOT NULL, b.since DESC, b.id), '[]')
        FROM policy_benefit b
        LEFT JOIN household_member bm ON {statement.county("bm")} AND bm.county_code = b.county_code
            AND bm.id = b.member_id
        WHERE {statement.county("b")} AND b.county_code = h.county_code AND b.household_id = h.id
          AND b.village_code = h.village_code)"""  # noqa: S608 - our own text, values are arguments


async def list_benefits(db: ReadConnection, region: str, household_id: UUID) -> bytes | None:
    """JSON array of ``Benefit``; None when the household is not in the region. A household has a handful."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    return await db.json(
        f"SELECT {benefits_of(statement)}::text FROM household h WHERE {statement.inside('h')} AND h.id = {wanted}",  # noqa: S608
        *statement.args,
    )
