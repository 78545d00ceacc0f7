"""What has taken effect or waits, and whether the public was told: the coverage report (FND-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service_kit.clock import today
from service_kit.db import ReadConnection
from service_kit.db.statement import Statement

# ruff: noqa: S608 - our own text, values are arguments


def _acts(s: Statement) -> str:
    """Every act that has to be public, with the newest notice about it, if any."""

    def notice(subject: str, kinds: str) -> str:
        return (
            f"(SELECT n.id FROM notice n WHERE {s.county('n')} AND n.county_code = x.county_code"
            f" AND n.subject_id = {subject} AND n.kind IN ({kinds}) ORDER BY n.published_at DESC LIMIT 1)"
        )

    allocation = notice("coalesce(x.batch_id, x.id)::text", "'funds.allocation'")
    return f"""
    SELECT 'allocation' AS act, x.county_code, x.id, x.region_code, x.title, x.amount_fen, x.year,
        (x.created_at AT TIME ZONE 'Asia/Shanghai')::date AS done_on, {allocation} AS shown_id
    FROM allocation x WHERE {s.inside("x")} AND x.status = 'allocated'
    UNION ALL
    SELECT 'library_entry', x.county_code, x.id, x.region_code, p.name, x.planned_fen, p.year, x.entered_on,
        {notice("x.id::text", "'funds.library_entry'")}
    FROM library_entry x JOIN project p ON {s.county("p")} AND p.county_code = x.county_code AND p.id = x.id
    WHERE {s.inside("x")}
    UNION ALL
    SELECT 'yearly_plan', x.county_code, x.id, x.county_code, x.title, NULL, x.year, x.effective_on,
        {notice("x.id::text", "'funds.yearly_plan'")}
    FROM yearly_plan x WHERE {s.county("x")} AND x.state = 'in_force' AND {s.arg(s.one_county)}
    UNION ALL
    SELECT 'completion', x.county_code, x.project_id, x.region_code, p.name, x.settled_fen, p.year, x.accepted_on,
        {notice("x.project_id::text", "'funds.completion'")}
    FROM acceptance x JOIN project p ON {s.county("p")} AND p.county_code = x.county_code AND p.id = x.project_id
    WHERE {s.inside("x")} AND x.ended_at IS NULL
    """


async def coverage(db: ReadConnection, region: str, year: int) -> Sequence[Any]:
    """By act: how many there are, how many are public, shown now, shown for their whole time."""
    s = Statement(region)
    acts, wanted = _acts(s), s.arg(year)
    return await db.rows(
        f"""
    SELECT a.act, count(*) AS total, count(a.shown_id) AS published,
        count(n.id) FILTER (WHERE n.closed_on IS NOT NULL) AS ended_clear,
        count(n.id) FILTER (WHERE n.closed_on IS NULL AND n.ends_on >= {s.arg(today())}) AS showing
    FROM ({acts}) a LEFT JOIN act_notice n ON {s.county("n")} AND n.county_code = a.county_code AND n.id = a.shown_id
    WHERE a.year = {wanted} GROUP BY a.act""",
        *s.args,
    )


async def not_public(db: ReadConnection, region: str, year: int, limit: int) -> Sequence[Any]:
    """What nobody outside has been told, oldest first."""
    s = Statement(region)
    acts, wanted, most = _acts(s), s.arg(year), s.arg(limit)
    return await db.rows(
        f"""
    SELECT a.act, a.id, a.region_code, r.name AS region_name, a.title, a.amount_fen, a.done_on
    FROM ({acts}) a LEFT JOIN region r ON r.code = a.region_code
    WHERE a.year = {wanted} AND a.shown_id IS NULL ORDER BY a.done_on, a.id LIMIT {most}""",
        *s.args,
    )


async def waiting(db: ReadConnection, region: str, limit: int) -> Sequence[Any]:
    """Notices that are up or whose act has not taken effect yet, by their last day. Not those of a returned act."""
    s = Statement(region)
    most = s.arg(limit)
    return await db.rows(
        f"""
    SELECT n.id, n.act, n.region_code, r.name AS region_name, b.title, n.starts_on, n.ends_on
    FROM act_notice n JOIN notice b ON {s.county("b")} AND b.county_code = n.county_code AND b.id = n.id
    LEFT JOIN region r ON r.code = n.region_code
    WHERE {s.inside("n")} AND n.closed_on IS NULL AND n.id IN (
        SELECT p.notice_id FROM project p WHERE {s.inside("p")}
            AND p.state IN ('notice', 'adjustment_notice', 'withdrawal_notice', 'accepted', 'settled')
        UNION ALL
        SELECT y.notice_id FROM yearly_plan y WHERE {s.county("y")} AND y.state = 'notice'
        UNION ALL
        SELECT o.id FROM act_notice o WHERE {s.inside("o")} AND o.act = 'allocation' AND o.closed_on IS NULL
            AND NOT EXISTS (SELECT FROM allocation a WHERE {s.county("a")} AND a.county_code = o.county_code
                AND a.id = o.subject_id AND a.status = 'reversed'))
    ORDER BY n.ends_on, n.id LIMIT {most}""",
        *s.args,
    )
