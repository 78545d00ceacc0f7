"""From a list to money: submission holds it, another person approves, the bank's file goes out (FND-10)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.crypto import FieldCrypto
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import repository as allocations
from funds_ledger.allocations.models import Allocation
from funds_ledger.allocations.release import release
from funds_ledger.errors import PayoutEmpty, PayoutNotInState, PayoutProblemsOpen, SamePerson
from funds_ledger.payments import repository as payment_repository
from funds_ledger.payments import service as payments
from funds_ledger.payments.dividing import divide
from funds_ledger.payments.schemas import PaymentWrite
from funds_ledger.payouts import checks, repository, sheets
from funds_ledger.payouts.models import PayoutBatch, PayoutLine, PayoutRun
from funds_ledger.payouts.rules import RUN_STEPS, RunAction
from funds_ledger.payouts.service.loading import check
from funds_ledger.standards import service as standards


async def submit(session: AsyncSession, actor: Actor, crypto: FieldCrypto, batch_id: UUID) -> None:
    """Ask for the money of a list, or of what the bank sent back and was corrected; it is held from now on.

    Raises:
        NotFound, PayoutNotInState, PayoutEmpty.
        PayoutProblemsOpen: with how many lines; PaidAlready: another list was quicker.
        PaymentExceedsAllocation: with the shortfall.
    """
    batch, allocation = await _lock(session, actor, batch_id)
    before = {"draft": "listed", "running": "failed"}.get(batch.state)
    if before is None:
        raise PayoutNotInState(state_now=batch.state)
    await check(session, batch)
    await _ensure_decided(session, batch, allocation, (before,))
    lines, amount = await repository.totals(session, batch, (before,))
    if not lines:
        raise PayoutEmpty()
    if batch.held_payment_id is None:
        payment_id = await _request(session, actor, crypto, batch, lines, amount)
    else:
        payment_id = await _hold_only(session, actor, batch, batch.held_payment_id, amount)
    run = await repository.add_run(
        session,
        {
            "county_code": batch.county_code,
            "id": uuid7(),
            "batch_id": batch.id,
            "number": await repository.next_run_number(session, batch),
            "state": "submitted",
            "payment_id": payment_id,
            "lines": lines,
            "amount_fen": amount,
            "submitted_by": actor.id,
            "submitted_by_name": actor.name,
        },
    )
    await repository.move_lines(session, batch, before, "ready", run_id=run.id)
    held = {"held_payment_id": payment_id} if batch.held_payment_id else {}
    await repository.touch(session, batch, state="running", **held)
    await _tell(session, actor, batch, run, "submitted")


async def _request(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, batch: PayoutBatch, lines: int, amount: int
) -> UUID:
    standard = await standards.by_id(session, batch.standard_id)
    body = PaymentWrite.model_validate(
        {
            "allocation_id": batch.allocation_id,
            "amount": format_yuan(amount),
            "payee": f"{batch.title}（代发 {lines} 人）",
            "bank": batch.bank,
            "account_number": crypto.decrypt(batch.account_number),
            "evidence_number": f"发放批次 {str(batch.id)[-12:]}",
            "evidence": f"{standard.name}（{standard.code}），期间 {batch.period}，{lines} 人",
        }
    )
    payment_id = uuid7()
    await payments.request(session, actor, crypto, payment_id, body)
    return payment_id


async def _hold_only(session: AsyncSession, actor: Actor, batch: PayoutBatch, held_id: UUID, amount: int) -> UUID:
    """The held payment, cut to what is still to be paid when lines were given up."""
    held = await payment_repository.of_county(session, batch.county_code, held_id)
    if held is not None and held.amount_fen == amount:
        return held_id
    return (await divide(session, actor, held_id, [amount], "部分人员不再补发"))[0]


async def _lock(session: AsyncSession, actor: Actor, batch_id: UUID) -> tuple[PayoutBatch, Allocation]:
    """The allocation first, as every act on money takes its locks in that order."""
    found = await repository.find_batch(session, actor, batch_id)
    allocation = await allocations.lock(session, actor, found.allocation_id)
    if allocation is None:
        raise NotFound()
    return await repository.lock_batch(session, actor, batch_id), allocation


async def lock_step(
    session: AsyncSession, actor: Actor, run_id: UUID, action: RunAction
) -> tuple[PayoutBatch, Allocation, PayoutRun]:
    """A run that can take a step, with its list and allocation, all kept. Raises NotFound, PayoutNotInState."""
    found = await repository.find_run(session, actor, run_id)
    batch, allocation = await _lock(session, actor, found.batch_id)
    run = await repository.lock_run(session, actor, run_id)
    if run.state not in RUN_STEPS[action][0]:
        raise PayoutNotInState(state_now=run.state)
    return batch, allocation, run


async def _ensure_decided(
    session: AsyncSession, batch: PayoutBatch, allocation: Allocation, states: tuple[str, ...]
) -> None:
    lines = await checks.open_lines(session, batch, allocation.region_code, states)
    if lines:
        raise PayoutProblemsOpen(f"有 {lines} 人的疑点没有处理", detail_en=f"{lines} lines are undecided", lines=lines)


async def approve(session: AsyncSession, actor: Actor, run_id: UUID, opinion: str) -> None:
    """By another person than whoever made the list, submitted it, or corrected an account on it.

    Raises:
        NotFound, PayoutNotInState, SamePerson.
        PayoutProblemsOpen: the register has told something new about somebody.
    """
    batch, allocation, run = await lock_step(session, actor, run_id, "approve")
    if actor.id in (run.submitted_by, batch.created_by) or await repository.corrected_by(session, run, actor):
        raise SamePerson("名单由您编制、提交或更正过账号，须由另一人审核")
    await _ensure_decided(session, batch, allocation, checks.SUBMITTED)
    if batch.held_payment_id is None:
        await payments.approve(session, actor, run.payment_id, opinion)
    await repository.step_run(session, run, state="approved", **_decided(actor, opinion))
    await _tell(session, actor, batch, run, "approved", opinion)


def _decided(actor: Actor, opinion: str) -> dict[str, Any]:
    return {"decided_by": actor.id, "decided_by_name": actor.name, "decided_at": now(), "opinion": opinion}


async def return_(session: AsyncSession, actor: Actor, run_id: UUID, reason: str) -> None:
    """Send it back before the bank has it: the list can be changed again, and a first one's money is free.

    Raises:
        NotFound, PayoutNotInState, SamePerson.
    """
    batch, _, run = await lock_step(session, actor, run_id, "return")
    if actor.id == run.submitted_by:
        raise SamePerson("提交人不能退回自己提交的批次")
    first = batch.held_payment_id is None
    if first:
        await payments.return_(session, actor, run.payment_id, reason)
    await repository.move_lines(session, batch, "ready", "listed" if first else "failed")
    await repository.step_run(session, run, state="returned", **_decided(actor, reason))
    await repository.touch(session, batch, state="draft" if first else "running")
    await check(session, batch)
    await _tell(session, actor, batch, run, "returned", reason)


async def send(session: AsyncSession, actor: Actor, crypto: FieldCrypto, run_id: UUID) -> None:
    """Make the bank's file: from now on the bank has the list, and its answer decides.

    Raises:
        NotFound, PayoutNotInState; NoticeStillUp: the allocation's notice has not ended clear.
        PayoutProblemsOpen: somebody has died or moved since it was approved; send the run back.
    """
    batch, allocation, run = await lock_step(session, actor, run_id, "send")
    await release(session, allocation)
    await _ensure_decided(session, batch, allocation, checks.SUBMITTED)
    lines = await repository.run_lines(session, run)
    digest = await asyncio.to_thread(lambda: sheets.digest_of(_bank_lines(crypto, batch, lines)))
    await repository.move_lines(session, batch, "ready", "sent")
    await repository.step_run(session, run, state="sent", file_digest=digest, sent_at=now())
    await _tell(session, actor, batch, run, "sent")


def _bank_lines(crypto: FieldCrypto, batch: PayoutBatch, lines: Sequence[PayoutLine]) -> list[sheets.BankLine]:
    return [
        sheets.BankLine(
            line_no=line.line_no,
            name=line.holder or line.name,
            id_number=crypto.decrypt(line.id_number),
            bank=line.bank,
            account_number=crypto.decrypt(line.account_number) if line.account_number else "",
            amount=line.amount_fen,
            note=batch.title,
        )
        for line in lines
    ]


async def bank_file(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, run_id: UUID, form: Literal["csv", "xlsx"]
) -> tuple[str, bytes]:
    """The file of a run that the bank has and has not answered: its name and bytes. The look is in the audit trail.

    Raises:
        NotFound, PayoutNotInState.
    """
    run = await repository.find_run(session, actor, run_id)
    if run.state != "sent":
        raise PayoutNotInState("银行文件在报送后、回盘前可以下载", state_now=run.state)
    batch = await repository.find_batch(session, actor, run.batch_id)
    lines = await repository.run_lines(session, run)

    def build() -> bytes:
        found = _bank_lines(crypto, batch, lines)
        return sheets.bank_csv(found) if form == "csv" else sheets.bank_xlsx(f"{batch.title} 代发明细", found)

    content = await asyncio.to_thread(build)
    await _record(session, actor, batch, "bank_file", run=run.number, lines=run.lines, form=form)
    return f"{batch.title}-第{run.number}次报送.{form}", content


async def filled_list(session: AsyncSession, actor: Actor, crypto: FieldCrypto, batch_id: UUID) -> tuple[str, bytes]:
    """The list with full numbers, to fill in accounts and send it again. The look is in the audit trail.

    Raises NotFound.
    """
    batch = await repository.find_batch(session, actor, batch_id)
    lines = await repository.lines_of(session, batch)

    def build() -> bytes:
        rows = [
            (
                line.name,
                crypto.decrypt(line.id_number),
                crypto.decrypt(line.account_number) if line.account_number else None,
                line.bank,
                line.holder,
                str(line.quantity),
                format_yuan(line.amount_fen),
                line.note,
            )
            for line in lines
        ]
        return sheets.filled_list(batch.title, rows)

    content = await asyncio.to_thread(build)
    await _record(session, actor, batch, "list_file", lines=len(lines))
    return f"{batch.title}-名单.xlsx", content


async def _tell(
    session: AsyncSession, actor: Actor, batch: PayoutBatch, run: PayoutRun, act: str, reason: str = ""
) -> None:
    await repository.add_event(
        session, actor, batch, act, run=run.number, lines=run.lines, amount=run.amount_fen, reason=reason
    )
    await _record(session, actor, batch, act, run=run.number, lines=run.lines, amount=format_yuan(run.amount_fen))


async def _record(session: AsyncSession, actor: Actor, batch: PayoutBatch, what: str, **detail: Any) -> None:
    await audit.record(
        session,
        actor,
        action=f"payout.{what}",
        subject_type="payout_batch",
        subject_id=batch.id,
        region_code=batch.county_code,
        detail=detail,
    )
