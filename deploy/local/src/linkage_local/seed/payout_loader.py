"""Demo payouts: one list that is finished, after the bank sent one line back, and one that is being checked.

Invented accounts of invented people, named 演示; made through the ledger's own use cases by two demo users.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from funds_ledger.clients.monitoring import Known
from funds_ledger.payouts import repository
from funds_ledger.payouts.schemas import PayoutBatchWrite, PayoutDecisionWrite
from funds_ledger.payouts.service import deciding, drafting, loading, running, settling
from funds_ledger.standards import service as standards
from service_kit.clock import today
from service_kit.crypto import FieldCrypto
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from service_kit.validators import luhn_check_digit
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from linkage_local.context import SeedContext
from linkage_local.seed.actors import demo_actor, service_session
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.people import Person
from linkage_local.seed.villages import Household

_FINISHED = ("EDU-PRIMARY-DAY", "primary", "2026 年义务教育生活补助（小学，演示）")
_OPEN = ("EDU-JUNIOR-DAY", "junior", "2026 年义务教育生活补助（初中，演示）")
_PERIOD = "2026"
_MOST = 12
_BANK = "资兴农商银行（演示）"

_ALLOCATION = text(
    "SELECT id, region_code FROM allocation WHERE county_code = :county_code AND year = 2026 AND purpose = 'other'"
    " AND status = 'allocated' AND (notice_id IS NULL OR released_on IS NOT NULL)"
    " AND amount_fen - committed_fen >= 2000000 ORDER BY amount_fen DESC, id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class _Desk:
    session: AsyncSession
    crypto: FieldCrypto
    maker: Actor
    checker: Actor


def _card(serial: int) -> str:
    first = f"623059{serial:012d}"
    return first + luhn_check_digit(first)


async def load_payouts(ctx: SeedContext, county: CountySeed, households: Sequence[Household]) -> None:
    """Two lists; nothing when there are lists already, or no allocation that could pay."""
    async with owner_transaction(ctx, "funds") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM payout_batch WHERE county_code = $1)", county.county_code
        ):
            return
    finance, bureau = demo_actor("finance", county), demo_actor("bureau", county)
    crypto = FieldCrypto.from_file(ctx.field_keys_files["funds"])
    ids = county.ids("payouts", 0)
    async with service_session(ctx, "funds", finance) as session:
        row = (await session.execute(_ALLOCATION, {"county_code": county.county_code})).one_or_none()
        if row is None:
            return
        desk = _Desk(session, crypto, finance, bureau)
        finished = await _begin(desk, ids.take(), county.county_code, row.id, _FINISHED)
        if await _fill(desk, finished, _pupils(households, row.region_code, _FINISHED[1])):
            await _pay(desk, finished, ids.take(), ids.take())
        pupils = _pupils(households, row.region_code, _OPEN[1])
        await _fill(desk, await _begin(desk, ids.take(), county.county_code, row.id, _OPEN), pupils, troubled=True)


def eligible(households: Sequence[Household]) -> list[Household]:
    """Those that a list may name, out of the whole county."""
    return [household for household in households if household.lifted or household.monitored]


def _pupils(households: Sequence[Household], region_code: str, schooling: str) -> list[tuple[Household, Person]]:
    found = [
        (household, person)
        for household in households
        if household.village_code.startswith(region_code)
        for person in household.members
        if person.schooling == schooling
    ]
    return found[:_MOST]


async def _begin(
    desk: _Desk, batch_id: UUID, county_code: str, allocation_id: UUID, what: tuple[str, str, str]
) -> UUID:
    code, _, title = what
    listed = await standards.of_county(desk.session, county_code)
    standard = next(row for row in listed.items if row.code == code and row.in_force)
    body = PayoutBatchWrite(
        allocation_id=allocation_id,
        standard_id=standard.id,
        period=_PERIOD,
        title=title,
        bank=_BANK,
        account_number=_card(1),
    )
    await drafting.begin(desk.session, desk.maker, desk.crypto, batch_id, body)
    return batch_id


async def _fill(
    desk: _Desk, batch_id: UUID, pupils: Sequence[tuple[Household, Person]], *, troubled: bool = False
) -> int:
    """troubled: one without an account, one above the standard, one whose account was mistyped."""
    batch = await repository.lock_batch(desk.session, desk.maker, batch_id)
    people, known = [], {}
    for row, (household, person) in enumerate(pupils, 1):
        account: str | None = _card(1000 + row + (100 if troubled else 0))
        if troubled and row in (1, 3):
            account = None if row == 1 else "6230590000000000000"
        amount = batch.limit_fen * (2 if troubled and row == 2 else 1)
        name = person.name.text
        people.append(loading.Person(row, name, person.id_number, amount, account_number=account, bank=_BANK))
        known[row] = Known(
            place=row,
            member_id=person.id,
            household_id=household.id,
            village_code=household.village_code,
            name=name,
            state="present",
        )
    return await loading.store(desk.session, desk.crypto, desk.maker, batch, people, known)


async def _pay(desk: _Desk, batch_id: UUID, first_answer: UUID, second_answer: UUID) -> None:
    await _run(desk, batch_id, first_answer, failing=1)
    body = PayoutDecisionWrite(
        decision="keep", line_ids=[], problem="account_failed", reason="本人到银行核实，账户已恢复（演示）"
    )
    await deciding.decide(desk.session, desk.maker, batch_id, body)
    await _run(desk, batch_id, second_answer, failing=0)


async def _run(desk: _Desk, batch_id: UUID, answer_id: UUID, *, failing: int) -> None:
    """Submit, approve, send; the bank pays all but the first ``failing``."""
    session = desk.session
    await running.submit(session, desk.maker, desk.crypto, batch_id)
    run = await repository.newest_run(session, desk.maker, batch_id)
    await running.approve(session, desk.checker, run.id, f"已核对（演示，{today():%Y-%m-%d}）")
    await running.send(session, desk.maker, desk.crypto, run.id)
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(("序号", "账号", "金额", "结果", "失败原因"))
    for place, line in enumerate(await repository.run_lines(session, run)):
        failed = place < failing
        tail = (line.account_mask or "")[-4:]
        result = ("失败", "账户长期不动户，暂停入账（演示）") if failed else ("成功", "")
        rows.writerow((line.line_no, tail, format_yuan(line.amount_fen), *result))
    content = out.getvalue().encode()
    await settling.settle(session, desk.maker, desk.crypto, run.id, answer_id, content, unlisted_paid=False)
