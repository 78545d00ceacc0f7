"""Demo payments at every state, each asked for by one person and reviewed by another, and what they are measured by.

Invented and named 演示. Payments move money that was allocated; no total that is published changes by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Literal
from uuid import UUID

from funds_ledger.payments import measures
from funds_ledger.payments import service as payments
from funds_ledger.payments.schemas import CheckpointWrite, PaymentWrite
from service_kit import clock
from service_kit.clock import SHANGHAI
from service_kit.crypto import FieldCrypto
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from linkage_local.context import SeedContext
from linkage_local.seed.actors import demo_actor, service_session
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.days import on
from linkage_local.seed.identity import RowIds
from linkage_local.seed.loading import owner_transaction

CHECKPOINTS = (("03-31", 3000), ("06-30", 5000), ("09-30", 7500), ("12-31", 9200))
"""Day of the year and the share, in basis points, that must be paid by then."""
_SOURCES = ("central", "provincial")
_PAYEES = (
    ("资兴市兴农建设工程有限公司（演示）", "资兴农村商业银行（演示）"),
    ("郴州市绿源水利工程队（演示）", "中国农业银行资兴支行（演示）"),
    ("资兴市东江果业专业合作社（演示）", "资兴农村商业银行（演示）"),
    ("州门司镇股份经济合作联合社（演示）", "中国邮政储蓄银行资兴支行（演示）"),
)
_PAID_IN_2025, _PAID_IN_2026 = 44, 18
"""How many of the largest allocations of each year are paid from."""

Fate = Literal["paid", "approved", "requested", "returned", "refunded"]


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of the demo and what becomes of it. amount in fen; day: of the request."""

    allocation_id: UUID
    amount: int
    contract: int | None
    day: date
    fate: Fate


async def load_payments(ctx: SeedContext, county: CountySeed) -> None:
    """Checkpoints and payments; nothing when there are payments already. Lives some days back while it works."""
    async with owner_transaction(ctx, "funds") as connection:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM payment WHERE county_code = $1)", county.county_code):
            return
    ids, rng = county.ids("payments", 0), county.rng("payments")
    finance, bureau = demo_actor("finance", county), demo_actor("bureau", county)
    crypto = FieldCrypto.from_file(ctx.field_keys_files["funds"])
    async with service_session(ctx, "funds", finance) as session:
        await _set_checkpoints(session, finance, ids, county.county_code)
        for number, instalment in enumerate(await _instalments(session, county.county_code, rng), 1):
            await _take(session, crypto, finance, bureau, ids.take(), number, instalment, rng)


async def _set_checkpoints(session: AsyncSession, actor: Actor, ids: RowIds, county_code: str) -> None:
    for year in (2025, 2026):
        with on(date(year, 1, 20)):
            for source in _SOURCES:
                for day, share in CHECKPOINTS:
                    body = CheckpointWrite.model_validate(
                        {
                            "year": year,
                            "source_level": source,
                            "region_code": county_code,
                            "due_on": f"{year}-{day}",
                            "share_bp": share,
                            "basis": "演示设定：衔接资金支出进度考核节点",
                        }
                    )
                    await measures.set_checkpoint(session, actor, ids.take(), body)


_LARGEST = text(
    """
    SELECT a.id, a.amount_fen, a.purpose, a.created_at, a.year, a.project_id FROM allocation a
    WHERE a.county_code = :county_code AND a.status = 'allocated'
        AND (a.notice_id IS NULL OR a.created_at < now() - interval '30 days')
    ORDER BY a.project_id IS NULL, a.amount_fen DESC, a.id
    """
)


async def _instalments(session: AsyncSession, county_code: str, rng: Random) -> list[Instalment]:
    """In the order of their days; the youngest have not all been reviewed and paid yet."""
    rows: Sequence[Any] = (await session.execute(_LARGEST, {"county_code": county_code})).all()
    older = [row for row in rows if row.year == 2025][:_PAID_IN_2025]
    newer = [row for row in rows if row.year == 2026][:_PAID_IN_2026]
    found = []
    for row in older:
        found += _split(row, (97,), rng)
    for row in newer:
        found += _split(row, (45, 47), rng)
    found = sorted((one for one in found if one.day < clock.today()), key=lambda one: (one.day, one.allocation_id))
    fates: dict[int, Fate] = {len(found) // 3: "returned", len(found) // 2: "refunded"}
    fates |= {len(found) - 1: "requested", len(found) - 2: "requested", len(found) - 3: "approved"}
    return [
        Instalment(one.allocation_id, one.amount, one.contract, one.day, fates.get(n, "paid"))
        for n, one in enumerate(found)
    ]


def _split(row: Any, shares: tuple[int, ...], rng: Random) -> list[Instalment]:
    """One or two payments of an allocation, in percent of it; works are paid on a contract."""
    begun = row.created_at.astimezone(SHANGHAI).date()
    contract = row.amount_fen if row.purpose == "infrastructure" else None
    # Projects of the library were allocated two months ago: their second payment is among the youngest.
    days = (rng.randrange(25, 60), rng.randrange(80, 150)) if row.project_id is None else (14, rng.randrange(36, 52))
    return [
        Instalment(row.id, row.amount_fen * share // 100, contract, begun + timedelta(days=wait), "paid")
        for share, wait in zip(shares, days, strict=False)
    ]


async def _take(
    session: AsyncSession,
    crypto: FieldCrypto,
    finance: Actor,
    bureau: Actor,
    payment_id: UUID,
    number: int,
    one: Instalment,
    rng: Random,
) -> None:
    """Ask for one payment and take it to its fate: reviewed two days later by another person, paid the day after."""
    payee, bank = rng.choice(_PAYEES)
    body = PaymentWrite.model_validate(
        {
            "allocation_id": one.allocation_id,
            "amount": format_yuan(one.amount),
            "payee": payee,
            "bank": bank,
            "account_number": f"8101{rng.randrange(10**14):014d}",
            "evidence_number": f"演示验收〔{one.day.year}〕{number}号",
            "evidence": "阶段验收合格，附验收单、发票和现场照片（演示）",
            "contract_number": f"演示合同{one.allocation_id.hex[-8:]}" if one.contract else None,
            "contract_amount": format_yuan(one.contract) if one.contract else None,
        }
    )
    with on(one.day):
        await payments.request(session, finance, crypto, payment_id, body)
    if one.fate == "requested":
        return
    with on(one.day + timedelta(days=2)):
        if one.fate == "returned":
            await payments.return_(session, bureau, payment_id, "发票金额与验收单不一致，请核对后重新申请（演示）")
            return
        await payments.approve(session, bureau, payment_id, "同意支付（演示）")
    if one.fate == "approved":
        return
    with on(one.day + timedelta(days=3)):
        await payments.pay(session, finance, payment_id)
    if one.fate == "refunded":
        with on(one.day + timedelta(days=20)):
            await payments.refund(session, finance, payment_id, "收款账号有误，银行退回（演示）")
