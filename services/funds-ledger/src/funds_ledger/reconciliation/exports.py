"""The difference list of a month as a workbook (FND-13)."""

from __future__ import annotations

import asyncio
from typing import Any

from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.db import system_session
from service_kit.exports import Built, Column, ExportKind, ExportRun, Order, write_sheet
from service_kit.files.media import XLSX
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.reconciliation import rules, views
from funds_ledger.reconciliation.auth import READ
from funds_ledger.reconciliation.schemas import DifferencesOrder
from funds_ledger.reconciliation.service import months
from funds_ledger.scoping import chosen_county

_MOST = 100_000
_SIDES: dict[rules.Side, str] = {"ledger": "账上有、对账单上没有", "statement": "对账单上有、账上没有"}
_KINDS = {
    "receipt": "资金下达",
    "supplement": "追加",
    "refund": "支付收回",
    "cut": "调减",
    "return": "退回上级",
    "payment": "支付",
}
_CHANNELS = {"treasury": "国库", "bank": "银行"}
_COLUMNS = (
    Column("差异", 24),
    Column("日期", 12, "date"),
    Column("收支", 8),
    Column("金额（元）", 16, "money"),
    Column("凭证号、文号", 24),
    Column("对方单位", 28),
    Column("事项、摘要", 32),
    Column("出处", 28),
)


async def _order(session: AsyncSession, actor: Actor, params: DifferencesOrder) -> Order:
    """Raises: NotFound, RegionOutOfScope, ValidationFailed."""
    county_code = chosen_county(actor, params.county, "body.params.county")
    ensure_in_scope(actor, county_code)
    first = rules.first_day(params.month)
    await months.find(session, county_code, first)
    return Order(f"{rules.words_for(first)}对账差异清单", county_code, {"month": params.month})


async def _build(run: ExportRun, params: DifferencesOrder) -> Built:
    county_code = chosen_county(run.actor, params.county, "body.params.county")
    rows: list[tuple[Any, ...]] = []
    async with system_session(run.ctx, run.actor.scope) as session:
        bound = await months.bounds(session, await months.find(session, county_code, rules.first_day(params.month)))
        for side in _SIDES:
            rows += [_line(side, row) for row in await views.differences(session, bound, side, None, _MOST)]
    path = run.folder / "differences.xlsx"
    at = now()
    note = f"衔接平台 {at.year}年{at.month}月{at.day}日 {at:%H:%M} {run.actor.name}导出"
    count = await asyncio.to_thread(write_sheet, path, title=run.title, columns=_COLUMNS, rows=rows, note=note)
    return Built(path, ".xlsx", XLSX, count)


def _line(side: rules.Side, row: Any) -> tuple[Any, ...]:
    place = f"{_CHANNELS[row.channel]} {row.account_name} 第 {row.row_number} 行" if row.channel else _KINDS[row.kind]
    direction = rules.DIRECTION_NAMES[row.direction]
    return (_SIDES[side], row.day, direction, row.amount, row.reference, row.counterparty, row.title, place)


EXPORTS = {"reconciliation_differences": ExportKind("对账差异清单", READ, DifferencesOrder, _order, _build)}
