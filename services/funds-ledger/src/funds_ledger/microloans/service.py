"""Taking in the banks' lists, and what follows from them: checks, overdue loans told, subsidised interest (FND-9)."""

from __future__ import annotations

import asyncio
import base64
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.context import ServiceContext
from service_kit.crypto import FieldCrypto, mask_id_number, normalise
from service_kit.db import ReadConnection
from service_kit.errors import AlreadyExists, FieldError, Forbidden, NotFound, ValidationFailed
from service_kit.ids import uuid7
from service_kit.money import share_bp
from service_kit.outbox import publish
from service_kit.region import contains
from service_kit.tokens import Actor
from service_kit.validators import parse_resident_id
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.clients.monitoring import Known, match_people
from funds_ledger.errors import FloorChangedMeanwhile, NoListOfRegister
from funds_ledger.events import LoanOverdue
from funds_ledger.microloans import repository, rules, sheets, views
from funds_ledger.microloans.models import MicroloanPolicy, MicroloanTarget
from funds_ledger.microloans.schemas import (
    MicroloanImported,
    MicroloanOverview,
    MicroloanPolicies,
    MicroloanPolicyRead,
    MicroloanPolicyWrite,
    MicroloanTargetRead,
    MicroloanTargetWrite,
    RefusedRow,
    SubsidyPeriod,
    Sums,
)
from funds_ledger.microloans.sheets import LoanRow
from funds_ledger.payouts import repository as lists
from funds_ledger.payouts.schemas import PayoutLoaded
from funds_ledger.payouts.service.loading import Person, open_list, store
from funds_ledger.payouts.sheets import refused_sheet
from funds_ledger.standards import service as standards

_SHOWN = 200


async def take_list(
    session: AsyncSession, ctx: ServiceContext, actor: Actor, county_code: str, reported_on: date, content: bytes
) -> MicroloanImported:
    """A bank's list as of a day: good rows are kept, the others handed back. The same file again changes nothing.

    Raises:
        Forbidden: not the actor's county; TableUnreadable, ColumnsMissing, TooManyRows; PeerUnavailable, PeerFailed.
    """
    if not contains(actor.region, county_code):
        raise Forbidden()
    source, checked = await asyncio.to_thread(sheets.read_loans, content)
    for number, row in list(checked.good):
        if row.disbursed_on > reported_on:
            checked.refuse(number, "发放日期：不能晚于报表日期")
    loans = [row for _, row in checked.good]
    known = await match_people(ctx, county_code, [row.id_number for row in loans]) if loans else {}
    policies = await repository.policies(session)
    crypto = ctx.crypto

    def build() -> list[dict[str, Any]]:
        return [
            _values(crypto, county_code, reported_on, row, known.get(place), policies)
            for place, row in enumerate(loans)
        ]

    await repository.keep_loans(session, await asyncio.to_thread(build))
    policy = rules.in_force(policies, county_code, reported_on)
    if policy is not None:
        await repository.mark_households(session, county_code, policy.max_fen)
    await repository.note_reports(session, county_code, reported_on, actor.id, actor.name)
    told = await tell_overdue(session, county_code)
    await audit.record(
        session,
        actor,
        action="microloan.imported",
        subject_type="region",
        subject_id=county_code,
        region_code=county_code,
        detail={"reported_on": reported_on.isoformat(), "loans": len(loans), "refused": len(checked.errors)},
    )
    sheet = await asyncio.to_thread(refused_sheet, source, checked.errors) if checked.errors else None
    return MicroloanImported(
        accepted=len(loans),
        refused=len(checked.errors),
        rows=[RefusedRow(row=row, reasons=why) for row, why in sorted(checked.errors.items())[:_SHOWN]],
        sheet=base64.b64encode(sheet).decode() if sheet else None,
        overdue_told=told,
    )


def _values(
    crypto: FieldCrypto,
    county_code: str,
    reported_on: date,
    row: LoanRow,
    known: Known | None,
    policies: Any,
) -> dict[str, Any]:
    number = normalise(row.id_number)
    terms = rules.Terms(
        row.principal,
        row.rate,
        row.disbursed_on,
        row.due_on,
        parse_resident_id(number).birth_date,
        row.household_used,
    )
    problems = rules.problems_of(terms, rules.in_force(policies, county_code, row.disbursed_on))
    if known is None:
        problems.insert(0, "not_registered")
    elif known.state == "died":
        problems.insert(0, "died")
    elif known.state in ("moved_out", "closed"):
        problems.insert(0, "moved_out")
    elif not known.supported:
        problems.insert(0, "not_supported")
    moment = now()
    return {
        "county_code": county_code,
        "id": uuid7(),
        "lender": row.lender,
        "contract_number": row.contract_number,
        "name": row.name,
        "person_key": crypto.blind_index(number),
        "id_number": crypto.encrypt(number),
        "id_number_mask": mask_id_number(number),
        "member_id": known.member_id if known else None,
        "household_id": known.household_id if known else None,
        "village_code": known.village_code if known else None,
        "principal_fen": row.principal,
        "balance_fen": row.balance,
        "rate_bp": row.rate,
        "disbursed_on": row.disbursed_on,
        "due_on": row.due_on,
        "purpose": row.purpose,
        "household_used": row.household_used,
        "problems": problems,
        "reported_on": reported_on,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }


async def tell_overdue(session: AsyncSession, county_code: str) -> int:
    """Tell the register of each loan that has become overdue, once; how many."""
    loans = await repository.newly_overdue(session, county_code, today())
    for loan in loans:
        if loan.household_id is None or loan.village_code is None:
            continue
        await publish(
            session,
            LoanOverdue(
                loan_id=loan.id,
                county_code=loan.county_code,
                village_code=loan.village_code,
                household_id=loan.household_id,
                member_id=loan.member_id,
                due_on=loan.due_on,
                balance_fen=loan.balance_fen,
                changed_at=now(),
            ),
        )
    return len(loans)


async def overview(db: ReadConnection, actor: Actor, county_code: str, year: int) -> MicroloanOverview:
    """Raises NotFound when the county is not in the actor's scope."""
    if not contains(actor.region, county_code):
        raise NotFound()
    day = today()
    row = await views.overview(db, actor.region, county_code, year, day)
    target = orjson.loads(row["target"]) if row["target"] else None
    disbursed, balance = int(row["disbursed"]), int(row["balance"])
    return MicroloanOverview(
        county_code=county_code,
        year=year,
        as_of=day,
        target=target["amount_fen"] if target else None,
        target_basis=target["basis"] if target else None,
        disbursed=disbursed,
        disbursed_loans=row["disbursed_loans"],
        share_bp=share_bp(disbursed, target["amount_fen"]) if target else None,
        open=Sums(loans=row["open_loans"], balance=balance),
        households=row["households"],
        household_used_bp=share_bp(int(row["used"]), balance),
        due_soon=Sums(loans=row["due_loans"], balance=int(row["due_balance"])),
        overdue=Sums(loans=row["overdue_loans"], balance=int(row["overdue_balance"])),
        overdue_bp=share_bp(int(row["overdue_balance"]), balance),
        with_problems=row["with_problems"],
        townships=orjson.loads(row["townships"]),
    )


async def policies(session: AsyncSession, county_code: str) -> MicroloanPolicies:
    rows = await repository.policies(session)
    holding = rules.in_force(rows, county_code, today())
    return MicroloanPolicies(items=[_policy(row, row is holding) for row in rows])


def _policy(row: MicroloanPolicy, holds: bool) -> MicroloanPolicyRead:
    own = {name: getattr(row, name) for name in MicroloanPolicyRead.model_fields if hasattr(row, name)}
    return MicroloanPolicyRead.model_validate(own | {"maximum": row.max_fen, "in_force": holds})


async def set_policy(session: AsyncSession, actor: Actor, policy_id: UUID, body: MicroloanPolicyWrite) -> bool:
    """Put limits in force from a day on; says whether it was new.

    Raises RegionOutOfScope, AlreadyExists, FloorChangedMeanwhile.
    """
    content = body.model_dump(exclude={"maximum"}) | {"max_fen": body.maximum}
    same = (MicroloanPolicy.region_code, MicroloanPolicy.effective_on)
    return await _set(session, actor, MicroloanPolicy, policy_id, same, content)


async def set_target(session: AsyncSession, actor: Actor, target_id: UUID, body: MicroloanTargetWrite) -> bool:
    """As ``set_policy``, the target of a year."""
    content = body.model_dump(exclude={"amount"}) | {"amount_fen": body.amount}
    same = (MicroloanTarget.region_code, MicroloanTarget.year)
    return await _set(session, actor, MicroloanTarget, target_id, same, content)


async def _set(
    session: AsyncSession, actor: Actor, table: Any, row_id: UUID, same: tuple[Any, ...], content: dict[str, Any]
) -> bool:
    ensure_in_scope(actor, content["region_code"])
    known = await session.get(table, row_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in content.items()):
            raise AlreadyExists()
        return False
    signed = {"id": row_id, "created_by": actor.id, "created_by_name": actor.name}
    if not await repository.add_dated(session, table, same, content | signed):
        raise FloorChangedMeanwhile()
    await audit.record(
        session,
        actor,
        action=f"{table.__tablename__}.set",
        subject_type=table.__tablename__,
        subject_id=row_id,
        region_code=content["region_code"],
        detail={name: str(value) for name, value in content.items()},
    )
    return True


async def read_policy(session: AsyncSession, policy_id: UUID) -> MicroloanPolicyRead:
    row = await session.get_one(MicroloanPolicy, policy_id)
    return _policy(row, row.effective_on <= today())


async def read_target(session: AsyncSession, target_id: UUID) -> MicroloanTargetRead:
    row = await session.get_one(MicroloanTarget, target_id)
    own = {name: getattr(row, name) for name in MicroloanTargetRead.model_fields if hasattr(row, name)}
    return MicroloanTargetRead.model_validate(own | {"amount": row.amount_fen})


async def subsidies(
    session: AsyncSession, crypto: FieldCrypto, county_code: str, period: SubsidyPeriod
) -> tuple[list[Person], dict[int, Known]]:
    """The subsidised interest of a period, a line for each borrower, ready to be put on a list of payouts.

    Raises:
        ValidationFailed: nobody has set what share of the interest is borne.
    """
    rows = await repository.policies(session)
    policy = rules.in_force(rows, county_code, period.end)
    if policy is None or not policy.subsidy_share_bp:
        raise ValidationFailed(errors=[FieldError("body.end", "no_share", "还没有设定贴息比例，请先在贷款规定中设定")])
    by_person: dict[bytes, tuple[Any, int]] = {}
    for row in await repository.with_reports(session, county_code, period.start, period.end):
        loan = row.Microloan
        reports = sorted(zip(row.days, row.balances, strict=True))
        fen = rules.subsidy(
            reports,
            rate_bp=loan.rate_bp,
            share_bp=policy.subsidy_share_bp,
            disbursed_on=loan.disbursed_on,
            due_on=loan.due_on,
            start=period.start,
            end=period.end,
        )
        before = by_person.get(loan.person_key, (loan, 0))
        by_person[loan.person_key] = (before[0], before[1] + fen)
    people, known = [], {}
    for place, (loan, fen) in enumerate(((one, fen) for one, fen in by_person.values() if fen > 0), 1):
        note = f"{period.start:%Y-%m-%d} 至 {period.end:%Y-%m-%d} 贴息"
        people.append(Person(place, loan.name, crypto.decrypt(loan.id_number), fen, note=note))
        if loan.member_id is not None:
            known[place] = Known(
                place=place,
                member_id=loan.member_id,
                household_id=loan.household_id,
                village_code=loan.village_code,
                name=loan.name,
                state="present",
            )
    return people, known


async def fill_list(
    session: AsyncSession, crypto: FieldCrypto, actor: Actor, batch_id: UUID, period: SubsidyPeriod
) -> PayoutLoaded:
    """Put the subsidised interest of a period on a list of payouts of that category.

    Raises:
        NotFound, PayoutNotInState, ValidationFailed; NoListOfRegister: the list is of another category.
    """
    batch = await open_list(session, actor, batch_id)
    standard = await standards.by_id(session, batch.standard_id)
    if standard.category != "interest_subsidy":
        raise NoListOfRegister("只有贴息类的批次可以按贴息生成名单")
    people, known = await subsidies(session, crypto, batch.county_code, period)
    added = await store(session, crypto, actor, batch, people, known, accounts_from_history=True)
    await lists.add_event(session, actor, batch, "listed", lines=added)
    return PayoutLoaded(added=added, known=len(people) - added, without_number=0)
