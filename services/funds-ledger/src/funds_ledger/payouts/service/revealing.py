"""Showing a number in full: a permission of its own, and never without a trace (GW-7)."""

from __future__ import annotations

import base64
from uuid import UUID

from service_kit import audit
from service_kit.crypto import FieldCrypto
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.payouts import repository
from funds_ledger.payouts.schemas import PayoutRevealed, PayoutRevealWrite


async def reveal(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, line_id: UUID, body: PayoutRevealWrite
) -> PayoutRevealed:
    """One number of one line; NotFound when it has none."""
    line = await repository.find_line(session, actor, line_id)
    stored = line.id_number if body.field == "id_number" else line.account_number
    if stored is None:
        raise NotFound("这一行还没有账号")
    await audit.record(
        session,
        actor,
        action="payout.reveal",
        subject_type="payout_line",
        subject_id=line_id,
        region_code=line.county_code,
        detail={"field": body.field, "reason": body.reason},
    )
    return PayoutRevealed(value=crypto.decrypt(stored))


async def refused_sheet(session: AsyncSession, actor: Actor, crypto: FieldCrypto, import_id: UUID) -> bytes:
    """The sheet with its reasons, as a workbook; NotFound when all was taken. The look is in the audit trail."""
    known = await repository.import_of(session, actor, import_id)
    if known is None or known.sheet is None:
        raise NotFound("没有可下载的退回表")
    await audit.record(
        session,
        actor,
        action="payout.refused_sheet",
        subject_type="payout_batch",
        subject_id=known.batch_id,
        region_code=known.county_code,
        detail={"import_id": str(import_id), "lines": known.refused},
    )
    return base64.b64decode(crypto.decrypt(known.sheet))
