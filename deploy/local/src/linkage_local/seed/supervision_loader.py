"""A little of what supervision sees: land revenue beside its shares, two clues, and a month that is being reconciled.

The shares are those of the Yiyang plan (``policy_targets.csv``); every other figure is invented.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from funds_ledger.clues import service as clues
from funds_ledger.clues.schemas import ClueWrite
from funds_ledger.land_revenue import service as land_revenue
from funds_ledger.land_revenue.schemas import LandRevenueReportWrite, LandRevenueRuleWrite
from funds_ledger.reconciliation.rules import next_month
from funds_ledger.reconciliation.service import months, work
from funds_ledger.reconciliation.sheet import StatementRow
from service_kit.clock import SHANGHAI, today
from service_kit.money import format_yuan
from sqlalchemy import DateTime, bindparam, text

from linkage_local.context import SeedContext
from linkage_local.seed.actors import demo_actor, service_session
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.figures import read_table
from linkage_local.seed.loading import owner_transaction

_NET_SHARE, _GROSS_SHARE = "土地出让收益用于农业农村占比", "计提数占土地出让收入比例"
_BASIS = "《益阳市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划》（益振联〔2021〕1号）第五章第二节（演示）"
_REPORTS = (
    (2024, "412000000.00", "96000000.00", "41500000.00", "40200000.00"),
    (2025, "365000000.00", "82000000.00", "41000000.00", "33800000.00"),
)
"""Year, gross, net, set aside for agriculture, of it spent; in yuan, invented."""


async def load_supervision(ctx: SeedContext, county: CountySeed) -> None:
    """Nothing when it is there already."""
    async with owner_transaction(ctx, "funds") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM land_revenue_report WHERE county_code = $1)", county.county_code
        ):
            return
        documents = await connection.fetch(
            "SELECT id FROM fund_document WHERE county_code = $1 ORDER BY created_at, id",
            county.county_code,
        )
        projects = await connection.fetch(
            "SELECT id FROM project WHERE county_code = $1 ORDER BY created_at, id LIMIT 1", county.county_code
        )
    await _land_revenue(ctx, county)
    subjects = [("document", row["id"]) for row in documents[:1]] + [("project", row["id"]) for row in projects]
    await _clues(ctx, county, subjects)
    await _month(ctx, county)


def _share(indicator: str) -> int:
    """Basis points of a target of the Yiyang plan."""
    row = next(row for row in read_table("policy_targets.csv") if indicator in row.values())
    value = next(row[name] for name in ("target", "value") if name in row)
    return round(float(value) * 100)


async def _land_revenue(ctx: SeedContext, county: CountySeed) -> None:
    actor, ids = demo_actor("finance", county), county.ids("land_revenue", 0)
    async with service_session(ctx, "funds", actor) as session:
        rule = LandRevenueRuleWrite(
            region_code=county.county_code,
            from_year=2025,
            net_bp=_share(_NET_SHARE),
            gross_bp=_share(_GROSS_SHARE),
            basis=_BASIS,
        )
        await land_revenue.set_rule(session, actor, ids.take(), rule)
        for year, gross, net, agriculture, spent in _REPORTS:
            body = LandRevenueReportWrite.model_validate(
                {"year": year, "as_of": f"{year}-12-31", "gross": gross, "net": net, "agriculture": agriculture}
                | {"spent": spent, "basis": f"{year} 年政府性基金决算表（演示数据）"}
            )
            await land_revenue.report(session, actor, county.county_code, ids.take(), body)


async def _clues(ctx: SeedContext, county: CountySeed, subjects: list[tuple[str, UUID]]) -> None:
    auditor, bureau, ids = demo_actor("auditor", county), demo_actor("bureau", county), county.ids("clues", 0)
    words = (
        ("资金下达后超过规定时限才分配", "指标文件收到后较长时间未分配到项目（演示数据）", "0", "资兴市财政局", 20),
        ("工程量与验收单不符", "现场复核的工程量少于验收单所列（演示数据）", "12600.00", "项目实施单位", -5),
    )
    async with service_session(ctx, "funds", auditor) as session:
        made = []
        for (subject_type, subject_id), (title, description, amount, unit, days) in zip(subjects, words, strict=False):
            body = ClueWrite.model_validate(
                {"subject_type": subject_type, "subject_id": subject_id, "source": "audit", "title": title}
                | {"description": description, "amount": amount, "responsible_unit": unit}
                | {"found_on": today() - timedelta(days=40), "deadline": today() + timedelta(days=days)}
            )
            made.append((await clues.raise_(session, auditor, ids.take(), body))[0])
    async with service_session(ctx, "funds", bureau) as session:
        for clue in made[1:]:
            await clues.accept(session, bureau, clue.id, "转实施单位核实（演示）")
            await clues.recover(session, bureau, clue.id, 500_000, "退回工程款，缴入国库（演示）")


_PAID = text(
    """
    SELECT date_trunc('month', t.posted_at AT TIME ZONE 'Asia/Shanghai')::date AS month,
        (t.posted_at AT TIME ZONE 'Asia/Shanghai')::date AS day, t.amount_fen, p.evidence_number, p.payee
    FROM transfer t JOIN payment p ON p.county_code = t.county_code AND p.id = t.payment_id
    WHERE t.county_code = :county_code AND t.kind = 'payment' AND t.posted_at < :before ORDER BY t.posted_at DESC, t.id
    """
).bindparams(bindparam("before", type_=DateTime(timezone=True)))


async def _month(ctx: SeedContext, county: CountySeed) -> None:
    """The last month with payments: one the treasury knows by another number and day, one it does not know, and
    interest that the ledger does not know."""
    actor, ids = demo_actor("finance", county), county.ids("reconciliation", 0)
    this_month = datetime.combine(today().replace(day=1), time.min, SHANGHAI)
    async with service_session(ctx, "funds", actor) as session:
        values = {"county_code": county.county_code, "before": this_month}
        paid = (await session.execute(_PAID, values)).all()
        if not paid:
            return
        first, last = paid[0].month, next_month(paid[0].month) - timedelta(days=1)
        told = [
            {"day": row.day, "outgo": format_yuan(row.amount_fen), "reference": row.evidence_number}
            | {"counterparty": row.payee, "summary": "授权支付（演示）"}
            for row in paid
            if row.month == first
        ][:-1]
        for line in told[:1]:
            line |= {"day": min(line["day"] + timedelta(days=2), last), "reference": "支付凭证（演示）0001"}
        interest = {"day": last, "income": "1268.35", "reference": "结息", "summary": "存款利息（演示）"}
        rows = [(n, StatementRow.model_validate(line)) for n, line in enumerate([*told, interest], 2)]
        await months.open_month(session, actor, county.county_code, first, 5)
        await work.take_in(
            session, actor, _STATEMENT | {"county_code": county.county_code, "id": ids.take()}, first, rows
        )
        await work.match(session, actor, county.county_code, first)


_STATEMENT: dict[str, Any] = {
    "channel": "treasury",
    "account_name": "国库单一账户（演示）",
    "file_name": "国库对账单（演示）.xlsx",
    "digest": bytes(32),
}
