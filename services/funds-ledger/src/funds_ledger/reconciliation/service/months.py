"""Opening a month, submitting, returning and closing it (FND-13)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import SHANGHAI, now, today
from service_kit.errors import FieldError, NotFound, ValidationFailed
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import MonthNotOpen, MonthNotOver, MonthOutOfOrder, ProposalsOpen, SamePerson
from funds_ledger.reconciliation import matching, repository, rules, views
from funds_ledger.reconciliation.models import ReconciliationMonth
from funds_ledger.reconciliation.schemas import MonthRead, MonthRow, MonthSummary


async def open_month(
    session: AsyncSession, actor: Actor, county_code: str, first: date, window_days: int
) -> tuple[MonthRead, bool]:
    """Begin a month, or change how far apart the dates of its proposals may be; says whether it was new.

    Raises:
        RegionOutOfScope, MonthOutOfOrder, MonthNotOpen.
    """
    ensure_in_scope(actor, county_code)
    known = await repository.month_of(session, county_code, first, lock=True)
    if known is None:
        _, last = await repository.ends(session, county_code)
        if last is not None and first != rules.next_month(last):
            following = rules.words_for(rules.next_month(last))
            raise MonthOutOfOrder(f"请按顺序逐月对账，下一个月份是 {following}")
        if await repository.add_month(session, county_code, first, window_days):
            await record(session, actor, county_code, "open", first, {"window_days": window_days})
            return await get(session, actor, county_code, first), True
        known = await open_for_work(session, county_code, first)
    if known.window_days != window_days:
        _ensure_open(known)
        known.window_days, known.updated_at = window_days, now()
        await session.flush()
    return await get(session, actor, county_code, first), False


async def open_for_work(session: AsyncSession, county_code: str, first: date) -> ReconciliationMonth:
    """The month, kept as it is until the transaction ends.

    Raises:
        NotFound, MonthNotOpen.
    """
    month = await repository.month_of(session, county_code, first, lock=True)
    if month is None:
        raise NotFound("还没有开始这个月的对账")
    _ensure_open(month)
    return month


def _ensure_open(month: ReconciliationMonth) -> None:
    if month.state != "open":
        raise MonthNotOpen(state_now=month.state)


async def bounds(session: AsyncSession, month: ReconciliationMonth) -> dict[str, Any]:
    """What the statements of ``sets`` bind for a month."""
    since, _ = await repository.ends(session, month.county_code)
    return matching.bounds(
        month.county_code, month.month, _begin(since or month.month), _begin(rules.next_month(month.month))
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


async def find(session: AsyncSession, county_code: str, first: date) -> ReconciliationMonth:
    """Raises NotFound."""
    month = await repository.month_of(session, county_code, first)
    if month is None:
        raise NotFound("还没有开始这个月的对账")
    return month


def row(month: ReconciliationMonth) -> MonthRow:
    fields = {name: getattr(month, name) for name in MonthRow.model_fields}
    closed_at = None if month.closed_at.year == rules.NEVER.year else month.closed_at
    return MonthRow.model_validate(fields | {"month": rules.month_name(month.month), "closed_at": closed_at})


async def get(session: AsyncSession, actor: Actor, county_code: str, first: date) -> MonthRead:
    """A month with its figures; those of a closed one are counted again and compared with its hash.

    Raises:
        NotFound.
    """
    month = await find(session, county_code, first)
    await session.refresh(month)
    bound = await bounds(session, month)
    summary = month.summary or await views.summary(session, bound, month.id, _begin(month.month))
    unchanged = None if month.digest is None else await views.digest(session, bound, month.id) == month.digest
    return MonthRead.model_validate(
        row(month).model_dump(exclude={"submitted_at", "closed_at"})
        | {
            "submitted_at": month.submitted_at,
            "closed_at": row(month).closed_at,
            "summary": MonthSummary.of(summary),
            "mine": month.submitted_by == actor.id,
            "unchanged": unchanged,
        }
    )


async def submit(session: AsyncSession, actor: Actor, county_code: str, first: date, note: str) -> MonthRead:
    """Hand a month in for closing; nothing in it changes unless it is returned.

    Raises:
        NotFound, MonthNotOpen.
        MonthNotOver, MonthOutOfOrder: it is not over, or an earlier one is not closed.
        ProposalsOpen: nobody has decided on some proposals.
        ValidationFailed: differences remain and nothing is said about them.
    """
    month = await open_for_work(session, county_code, first)
    if today() < rules.next_month(first):
        raise MonthNotOver(f"{rules.words_for(first)}还没有结束")
    if await repository.open_before(session, county_code, first):
        raise MonthOutOfOrder("更早的月份还没有结账，请先结账")
    summary = MonthSummary.of(await _figures(session, month))
    if summary.proposed:
        raise ProposalsOpen(f"还有 {summary.proposed} 条建议没有确认或否定", proposed=summary.proposed)
    if summary.differences and len(note) < 2:
        message = f"还有 {summary.differences} 笔没有对上，请写明原因"
        raise ValidationFailed(message, errors=[FieldError("body.note", "note_required", message)])
    month.state, month.note, month.updated_at = "submitted", note, now()
    month.submitted_by, month.submitted_by_name, month.submitted_at = actor.id, actor.name, now()
    await session.flush()
    await record(session, actor, county_code, "submit", first, {"differences": summary.differences})
    return await get(session, actor, county_code, first)


async def _figures(session: AsyncSession, month: ReconciliationMonth) -> dict[str, Any]:
    return await views.summary(session, await bounds(session, month), month.id, _begin(month.month))


async def _submitted(session: AsyncSession, county_code: str, first: date) -> ReconciliationMonth:
    month = await repository.month_of(session, county_code, first, lock=True)
    if month is None:
        raise NotFound("还没有开始这个月的对账")
    if month.state != "submitted":
        raise MonthNotOpen("这个月还没有提交，或已经结账", state_now=month.state)
    return month


async def return_(session: AsyncSession, actor: Actor, county_code: str, first: date, reason: str) -> MonthRead:
    """Back to whoever prepares it.

    Raises:
        NotFound, MonthNotOpen.
    """
    month = await _submitted(session, county_code, first)
    month.state, month.updated_at = "open", now()
    month.submitted_by = month.submitted_by_name = month.submitted_at = None
    await session.flush()
    await record(session, actor, county_code, "return", first, {"reason": reason})
    return await get(session, actor, county_code, first)


async def close(session: AsyncSession, actor: Actor, county_code: str, first: date) -> MonthRead:
    """Fix a month for good: its figures are kept and a hash of everything in it.

    Raises:
        NotFound, MonthNotOpen.
        SamePerson: whoever submitted it does not close it.
    """
    month = await _submitted(session, county_code, first)
    if month.submitted_by == actor.id:
        raise SamePerson("提交人不能自己结账，请由另一人结账")
    month.summary = await _figures(session, month)
    month.digest = await views.digest(session, await bounds(session, month), month.id)
    month.state, month.closed_by, month.closed_by_name = "closed", actor.id, actor.name
    month.closed_at = month.updated_at = now()
    await session.flush()
    await record(session, actor, county_code, "close", first, {"digest": month.digest.hex()})
    return await get(session, actor, county_code, first)


async def record(
    session: AsyncSession, actor: Actor, county_code: str, what: str, first: date, detail: dict[str, Any]
) -> None:
    """A line in the audit trail."""
    await audit.record(
        session,
        actor,
        action=f"reconciliation.{what}",
        subject_type="reconciliation_month",
        subject_id=f"{county_code}/{rules.month_name(first)}",
        region_code=county_code,
        detail=detail,
    )
