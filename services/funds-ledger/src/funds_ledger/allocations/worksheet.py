"""The sheet of the allocation workbench as a workbook, finished or not: what the clerk sees, nothing is stored."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import to_thread
from service_kit.clock import today
from service_kit.exports.sheets import Column, write_sheet
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.schemas import Worksheet
from funds_ledger.pools import service as pools
from funds_ledger.pools.models import Pool
from funds_ledger.terms import PURPOSE_NAMES, SOURCE_LEVEL_NAMES

_COLUMNS = (
    Column("行", 6, "number"),
    Column("村（乡镇）", 22),
    Column("年度计划项目", 28),
    Column("项目或事项", 34),
    Column("用途", 12),
    Column("产业", 8),
    Column("金额（元）", 16, "money"),
    Column("内部备注", 24),
    Column("核对", 34),
)


async def workbook(session: AsyncSession, actor: Actor, body: Worksheet) -> bytes:
    """Raises NotFound when the pool is not in the actor's scope."""
    pool = await pools.get(session, actor, body.pool_id)
    return await to_thread.run_sync(_write, pool, body)


def _write(pool: Pool, body: Worksheet) -> bytes:
    total = sum(line.amount or 0 for line in body.lines)
    industry = sum(line.amount or 0 for line in body.lines if line.purpose == "industry")
    fund = f"{pool.year} 年度{SOURCE_LEVEL_NAMES[pool.source_level]}资金"
    sums = f"合计 {format_yuan(total)} 元，其中产业 {format_yuan(industry)} 元"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        write_sheet(
            path,
            title=body.title,
            columns=_COLUMNS,
            rows=[
                (
                    line.row,
                    line.place,
                    line.project,
                    line.title,
                    PURPOSE_NAMES[line.purpose] if line.purpose else "",
                    ("是" if line.purpose == "industry" else "否") if line.purpose else "",
                    line.amount,
                    line.note,
                    line.state,
                )
                for line in body.lines
            ],
            note=f"{fund}；共 {len(body.lines)} 行，{sums}；导出于 {today().isoformat()}",
            sheet="分配明细",
        )
        return path.read_bytes()
