"""The bank's answer: who was paid, whose money came back (FND-10)."""

from __future__ import annotations

import asyncio
import hashlib
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.crypto import FieldCrypto
from service_kit.errors import AlreadyExists
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import ReturnIncomplete
from funds_ledger.payments import service as payments
from funds_ledger.payments.dividing import divide
from funds_ledger.payouts import repository, sheets
from funds_ledger.payouts.models import PayoutBatch, PayoutRun
from funds_ledger.payouts.rules import Matched, Sent, match_answers
from funds_ledger.payouts.service.loading import check, note_import
from funds_ledger.payouts.service.running import lock_step


async def settle(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    run_id: UUID,
    import_id: UUID,
    content: bytes,
    *,
    unlisted_paid: bool,
) -> None:
    """Take the bank's file: all of it, or nothing and the sheet back with what does not fit.

    What was paid is posted as one payment; what came back stays held for another run.

    Raises:
        NotFound, PayoutNotInState, AlreadyExists: the id holds another file.
        ReturnIncomplete: lines of the run are not in the file.
        TableUnreadable, ColumnsMissing, TooManyRows; NoticeStillUp.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = await repository.import_of(session, actor, import_id)
    if known is not None:
        if known.sha256 != digest:
            raise AlreadyExists()
        return
    batch, _, run = await lock_step(session, actor, run_id, "settle")
    source, checked = await asyncio.to_thread(sheets.read_return, content)
    lines = await repository.run_lines(session, run)
    sent = [Sent(line.line_no, (line.account_mask or "")[-4:], line.amount_fen) for line in lines]
    matched = match_answers(sent, sheets.answers(checked), unlisted_paid=unlisted_paid)
    for number, reasons in matched.errors.items():
        for reason in reasons:
            checked.refuse(number, reason)
    if not checked.errors and matched.missing:
        some = "、".join(str(number) for number in matched.missing[:10])
        raise ReturnIncomplete(
            f"回盘文件缺 {len(matched.missing)} 行，序号：{some}{' 等' if len(matched.missing) > 10 else ''}",
            lines=len(matched.missing),
        )
    if not checked.errors:
        await _apply(session, actor, batch, run, matched)
    else:
        checked.good = []
    await note_import(session, crypto, actor, batch, "return", import_id, digest, source, checked)


async def _apply(session: AsyncSession, actor: Actor, batch: PayoutBatch, run: PayoutRun, matched: Matched) -> None:
    outcome: dict[int, str | None] = dict.fromkeys(matched.paid, None)
    paid, paid_fen, failed = await repository.settle_lines(session, run, outcome | dict(matched.failed))
    left = run.amount_fen - paid_fen
    payment_id, held = run.payment_id, None
    if paid and failed:
        payment_id, held = await divide(
            session, actor, run.payment_id, [paid_fen, left], f"银行退回 {failed} 笔，分为已到账和待补发"
        )
    elif failed:
        held = run.payment_id
    if paid:
        await payments.pay(session, actor, payment_id)
    await repository.step_run(
        session,
        run,
        state="settled",
        payment_id=payment_id,
        paid_lines=paid,
        paid_fen=paid_fen,
        failed_lines=failed,
        settled_at=now(),
    )
    await repository.touch(session, batch, state="running" if failed else "finished", held_payment_id=held)
    await check(session, batch)
    await repository.add_event(session, actor, batch, "settled", run=run.number, lines=paid, amount=paid_fen)
    if failed:
        await repository.add_event(session, actor, batch, "failed", run=run.number, lines=failed, amount=left)
    await audit.record(
        session,
        actor,
        action="payout.settled",
        subject_type="payout_batch",
        subject_id=batch.id,
        region_code=batch.county_code,
        detail={"run": run.number, "paid": paid, "failed": failed, "amount": format_yuan(paid_fen)},
    )
