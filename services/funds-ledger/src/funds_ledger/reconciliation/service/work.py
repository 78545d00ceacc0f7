"""Taking statements in, matching, deciding on proposals, matching by hand and undoing (FND-13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.clock import SHANGHAI, now
from service_kit.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import MatchTaken, StatementKnown, SumsDiffer
from funds_ledger.reconciliation import matching, repository, rules
from funds_ledger.reconciliation.models import Match, ReconciliationMonth, Statement
from funds_ledger.reconciliation.schemas import DecisionWrite, MatchingRead, MatchWrite, StatementRead
from funds_ledger.reconciliation.service.months import bounds, open_for_work, record
from funds_ledger.reconciliation.sheet import StatementRow, total_words


async def known_file(session: AsyncSession, county_code: str, digest: bytes) -> None:
    """Raises StatementKnown when this very file has been taken in."""
    known = await repository.live_statement(session, county_code, digest)
    if known is not None:
        at = known.created_at.astimezone(SHANGHAI)
        raise StatementKnown(
            f"“{known.file_name}”已由{known.created_by_name}于 {at:%Y-%m-%d %H:%M} 导入", statement_id=str(known.id)
        )


async def take_in(
    session: AsyncSession,
    actor: Actor,
    statement: dict[str, Any],
    first: date,
    rows: Sequence[tuple[int, StatementRow]],
) -> tuple[StatementRead, bool]:
    """Keep a faultless statement with its lines; says whether it was new.

    Args:
        statement: county_code, id, channel, account_name, file_name, digest.

    Raises:
        NotFound, MonthNotOpen, StatementKnown, AlreadyExists.
    """
    month = await open_for_work(session, statement["county_code"], first)
    known = await repository.statement_of(session, month.county_code, statement["id"])
    if known is not None:
        if known.digest != statement["digest"] or known.month_id != month.id:
            raise AlreadyExists()
        return read_statement(known), False
    await known_file(session, month.county_code, statement["digest"])
    kept = Statement(
        **statement,
        month_id=month.id,
        closed_at=month.closed_at,
        line_count=len(rows),
        in_fen=sum(line.income or 0 for _, line in rows),
        out_fen=sum(line.outgo or 0 for _, line in rows),
        live=True,
        created_at=now(),
        created_by=actor.id,
        created_by_name=actor.name,
    )
    await repository.add_statement(session, kept, rows)
    await record(session, actor, month.county_code, "import", first, total_words(list(rows)))
    return read_statement(kept), True


def read_statement(statement: Statement) -> StatementRead:
    fields = {name: getattr(statement, name) for name in StatementRead.model_fields if hasattr(statement, name)}
    return StatementRead.model_validate(fields | {"in_amount": statement.in_fen, "out_amount": statement.out_fen})


async def withdraw(
    session: AsyncSession, actor: Actor, county_code: str, statement_id: UUID, reason: str
) -> StatementRead:
    """Take a wrong file out again; its lines count no more.

    Raises:
        NotFound, MonthNotOpen; by the database StatementMatched, while a line of it is matched.
    """
    statement = await repository.statement_of(session, county_code, statement_id)
    if statement is None or not statement.live:
        raise NotFound("没有找到这份对账单，或已经撤回")
    month = await repository.by_id(session, county_code, statement.month_id)
    await open_for_work(session, county_code, month.month)
    await repository.withdraw(session, actor, statement, reason)
    await matching.lapse(session, county_code, only_taken=True)
    await record(session, actor, county_code, "withdraw", month.month, {"statement_id": str(statement_id)})
    kept = await repository.statement_of(session, county_code, statement_id)
    assert kept is not None  # noqa: S101 - for the type checker: nothing is ever deleted
    return read_statement(kept)


async def match(session: AsyncSession, actor: Actor, county_code: str, first: date) -> MatchingRead:
    """Match what agrees in amount, date and reference; propose what may belong together.

    Raises:
        NotFound, MonthNotOpen.
    """
    month = await open_for_work(session, county_code, first)
    bound = await bounds(session, month)
    exact = rules.choose(await matching.exact(session, bound))
    await _add(session, actor, month, exact, "matched")
    await matching.lapse(session, county_code, only_taken=False)
    possible = await matching.candidates(session, bound, month.window_days)
    proposals = rules.choose(possible, await matching.refused(session, county_code))
    await _add(session, actor, month, proposals, "proposed")
    found = MatchingRead(exact=len(exact), proposed=len(proposals))
    await record(session, actor, county_code, "match", first, found.model_dump())
    return found


async def _add(
    session: AsyncSession,
    actor: Actor,
    month: ReconciliationMonth,
    found: Sequence[rules.Candidate],
    state: rules.MatchState,
    *,
    match_id: UUID | None = None,
    note: str = "",
) -> None:
    decided = state == "matched"
    common = {
        "county": month.county_code,
        "month_id": month.id,
        "closed_at": month.closed_at,
        "state": state,
        "note": note,
        "at": now(),
        "by": actor.id if decided else None,
        "by_name": actor.name if decided else None,
    }
    parts = sum(len(one.signature) for one in found)
    named = [(match_id or uuid7(), one) for one in found]
    await matching.add(session, common, named, (uuid7() for _ in range(parts)))


async def decide(session: AsyncSession, actor: Actor, county_code: str, first: date, body: DecisionWrite) -> int:
    """Accept or reject proposals, all of those named or none; how many.

    Raises:
        NotFound, MonthNotOpen.
        MatchTaken: one is no longer a proposal, or names what another match already holds.
    """
    month = await open_for_work(session, county_code, first)
    accepted = body.verdict == "accept"
    values = {
        "state": "matched" if accepted else "rejected",
        "active": accepted,
        "decided_by": actor.id,
        "decided_by_name": actor.name,
        "decided_at": now(),
    }
    wanted = list(dict.fromkeys(body.match_ids))
    if await repository.settle(session, month, wanted, "proposed", values) != len(wanted):
        raise MatchTaken("其中有的建议已被确认、否定或失效，请刷新后再试")
    if accepted:
        await matching.lapse(session, county_code, only_taken=True)
    await record(session, actor, county_code, body.verdict, first, {"matches": len(wanted)})
    return len(wanted)


async def match_by_hand(
    session: AsyncSession, actor: Actor, county_code: str, first: date, match_id: UUID, body: MatchWrite
) -> None:
    """Match lines and entries of equal totals.

    Raises:
        NotFound, MonthNotOpen, AlreadyExists, ValidationFailed.
        MatchTaken: something named is not there or is matched already.
        SumsDiffer: with both totals and the difference.
    """
    month = await open_for_work(session, county_code, first)
    lines, entries = tuple(dict.fromkeys(body.line_ids)), tuple(dict.fromkeys(body.entry_ids))
    known = await repository.match_of(session, county_code, match_id)
    if known is not None:
        if await repository.parts_of(session, county_code, match_id) != {*lines, *entries}:
            raise AlreadyExists()
        return
    if len(lines) + len(entries) < 2:
        raise ValidationFailed(errors=[FieldError("body.line_ids", "too_few", "至少选两笔")])
    found = await matching.picked(session, await bounds(session, month), lines, entries)
    if (found.lines, found.entries) != (len(lines), len(entries)):
        raise MatchTaken("所选的记录中有的已经对上或不存在，请刷新后再试")
    if found.line_fen != found.entry_fen:
        raise _differ(int(found.line_fen), int(found.entry_fen))
    direction: rules.Direction = "in" if found.line_fen >= 0 else "out"
    chosen = rules.Candidate("manual", lines, entries, abs(int(found.line_fen)), direction, found.gap)
    await _add(session, actor, month, [chosen], "matched", match_id=match_id, note=body.note)
    await matching.lapse(session, county_code, only_taken=True)
    await record(session, actor, county_code, "match_by_hand", first, {"match_id": str(match_id)})


def _differ(line_fen: int, entry_fen: int) -> SumsDiffer:
    facts: dict[str, Any] = {
        "statement_total": format_yuan(line_fen),
        "ledger_total": format_yuan(entry_fen),
        "difference": format_yuan(line_fen - entry_fen),
    }
    return SumsDiffer(
        f"对账单一边合计 {facts['statement_total']} 元，账上一边合计 {facts['ledger_total']} 元，"
        f"相差 {facts['difference']} 元",
        **facts,
    )


async def undo(session: AsyncSession, actor: Actor, county_code: str, match_id: UUID, reason: str) -> None:
    """Loosen a match of an open month; its parts are differences again.

    Raises:
        NotFound, MonthNotOpen, MatchTaken.
    """
    known: Match | None = await repository.match_of(session, county_code, match_id)
    if known is None:
        raise NotFound()
    month = await repository.by_id(session, county_code, known.month_id)
    month = await open_for_work(session, county_code, month.month)
    values = {
        "state": "undone",
        "active": False,
        "undone_by": actor.id,
        "undone_by_name": actor.name,
        "undone_at": now(),
        "undo_reason": reason,
    }
    if await repository.settle(session, month, [match_id], "matched", values) != 1:
        raise MatchTaken("这一组已不在对上状态，请刷新后再试")
    await record(session, actor, county_code, "undo", month.month, {"match_id": str(match_id)})
