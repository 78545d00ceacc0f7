"""SQL that loads and stores lists, runs and lines. Lines are many: they move in sets, never one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.payouts.models import PayoutBatch, PayoutEvent, PayoutImport, PayoutLine, PayoutRun
from funds_ledger.scoping import in_counties

_Row = TypeVar("_Row", PayoutBatch, PayoutRun, PayoutLine)


async def driver(session: AsyncSession) -> Any:
    """The driver's own connection, for COPY."""
    return (await (await session.connection()).get_raw_connection()).driver_connection


async def claim_batch(session: AsyncSession, values: dict[str, Any]) -> bool:
    statement = insert(PayoutBatch).values(**values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(PayoutBatch.id))).scalar_one_or_none() is not None


async def batch_of_county(session: AsyncSession, county_code: str, batch_id: UUID) -> PayoutBatch | None:
    query = select(PayoutBatch).where(PayoutBatch.county_code == county_code, PayoutBatch.id == batch_id)
    return (await session.scalars(query)).one_or_none()


async def find_batch(session: AsyncSession, actor: Actor, batch_id: UUID) -> PayoutBatch:
    """Raises NotFound when there is none in the actor's scope."""
    return await _one(session, actor, PayoutBatch, batch_id, lock=False)


async def lock_batch(session: AsyncSession, actor: Actor, batch_id: UUID) -> PayoutBatch:
    """As it is now, kept so until the transaction ends. Raises NotFound."""
    return await _one(session, actor, PayoutBatch, batch_id, lock=True)


async def find_run(session: AsyncSession, actor: Actor, run_id: UUID) -> PayoutRun:
    """Raises NotFound."""
    return await _one(session, actor, PayoutRun, run_id, lock=False)


async def newest_run(session: AsyncSession, actor: Actor, batch_id: UUID) -> PayoutRun:
    """The last run of a list that has one."""
    query = (
        select(PayoutRun)
        .where(in_counties(PayoutRun.county_code, actor.region), PayoutRun.batch_id == batch_id)
        .order_by(PayoutRun.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()


async def lock_run(session: AsyncSession, actor: Actor, run_id: UUID) -> PayoutRun:
    """Raises NotFound."""
    return await _one(session, actor, PayoutRun, run_id, lock=True)


async def find_line(session: AsyncSession, actor: Actor, line_id: UUID, *, lock: bool = False) -> PayoutLine:
    """Raises NotFound."""
    return await _one(session, actor, PayoutLine, line_id, lock=lock)


async def _one(session: AsyncSession, actor: Actor, table: type[_Row], row_id: UUID, *, lock: bool) -> _Row:
    query = select(table).where(in_counties(table.county_code, actor.region), table.id == row_id)
    if lock:
        query = query.with_for_update(key_share=True)
    found = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound()
    return found


async def next_run_number(session: AsyncSession, batch: PayoutBatch) -> int:
    query = select(func.coalesce(func.max(PayoutRun.number), 0)).where(
        PayoutRun.county_code == batch.county_code, PayoutRun.batch_id == batch.id
    )
    return int((await session.execute(query)).scalar_one()) + 1


async def totals(session: AsyncSession, batch: PayoutBatch, states: Sequence[str]) -> tuple[int, int]:
    """Lines and fen of a list in these states."""
    query = select(func.count(), func.coalesce(func.sum(PayoutLine.amount_fen), 0)).where(
        PayoutLine.county_code == batch.county_code,
        PayoutLine.batch_id == batch.id,
        PayoutLine.state.in_(states),
    )
    lines, fen = (await session.execute(query)).one()
    return int(lines), int(fen)


async def move_lines(session: AsyncSession, batch: PayoutBatch, before: str, after: str, **values: Any) -> int:
    """Take all lines of a list from one state to another; how many."""
    statement = (
        update(PayoutLine)
        .where(PayoutLine.county_code == batch.county_code, PayoutLine.batch_id == batch.id, PayoutLine.state == before)
        .values(state=after, version=PayoutLine.version + 1, updated_at=now(), **values)
        .returning(PayoutLine.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.execute(statement)).all())


async def run_lines(session: AsyncSession, run: PayoutRun) -> Sequence[PayoutLine]:
    """The lines of a run that are with the bank or have been paid, by number."""
    query = (
        select(PayoutLine)
        .where(PayoutLine.county_code == run.county_code, PayoutLine.run_id == run.id)
        .order_by(PayoutLine.line_no)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def lines_of(session: AsyncSession, batch: PayoutBatch) -> Sequence[PayoutLine]:
    """Every line that is not left out, by number."""
    query = (
        select(PayoutLine)
        .where(
            PayoutLine.county_code == batch.county_code,
            PayoutLine.batch_id == batch.id,
            PayoutLine.state != "excluded",
        )
        .order_by(PayoutLine.line_no)
    )
    return (await session.scalars(query)).all()


async def corrected_by(session: AsyncSession, run: PayoutRun, actor: Actor) -> bool:
    """Whether this person corrected an account that the run pays to."""
    query = select(
        exists().where(
            PayoutLine.county_code == run.county_code, PayoutLine.run_id == run.id, PayoutLine.account_by == actor.id
        )
    )
    return bool((await session.execute(query)).scalar_one())


_SETTLE = text(
    """
    UPDATE payout_line l SET
        state = CASE WHEN a.reason IS NULL THEN 'paid' ELSE 'failed' END,
        failure = coalesce(a.reason, ''),
        paid_at = CASE WHEN a.reason IS NULL THEN CAST(:at AS timestamptz) END,
        version = l.version + 1, updated_at = :at
    FROM unnest(CAST(:numbers AS integer[]), CAST(:reasons AS text[])) AS a(line_no, reason)
    WHERE l.county_code = CAST(:county_code AS text) AND l.run_id = CAST(:run_id AS uuid) AND l.state = 'sent'
        AND l.line_no = a.line_no
    """
)
_RETURNED = text(
    """
    INSERT INTO payout_return (county_code, id, run_id, line_id, account_index, account_mask, amount_fen, reason, at)
    SELECT l.county_code, gen_random_uuid(), l.run_id, l.id, l.account_index, l.account_mask, l.amount_fen, l.failure,
        :at
    FROM payout_line l
    WHERE l.county_code = CAST(:county_code AS text) AND l.run_id = CAST(:run_id AS uuid) AND l.state = 'failed'
    """
)


async def settle_lines(session: AsyncSession, run: PayoutRun, outcome: dict[int, str | None]) -> tuple[int, int, int]:
    """Write what the bank said: None is paid, else why not. Lines paid, fen paid, lines that failed."""
    values = {"county_code": run.county_code, "run_id": run.id, "at": now()}
    # As on loading: the lines of the file and of the run are joined as sets, whatever the planner expects.
    await session.execute(text("SET LOCAL enable_nestloop = off"))
    await session.execute(_SETTLE, values | {"numbers": list(outcome), "reasons": list(outcome.values())})
    await session.execute(text("SET LOCAL enable_nestloop = on"))
    await session.execute(_RETURNED, values)
    query = (
        select(PayoutLine.state, func.count(), func.sum(PayoutLine.amount_fen))
        .where(PayoutLine.county_code == run.county_code, PayoutLine.run_id == run.id)
        .group_by(PayoutLine.state)
    )
    by_state = {state: (int(count), int(fen)) for state, count, fen in await session.execute(query)}
    paid, fen = by_state.get("paid", (0, 0))
    return paid, fen, by_state.get("failed", (0, 0))[0]


async def add_run(session: AsyncSession, values: dict[str, Any]) -> PayoutRun:
    run = PayoutRun(**values)
    session.add(run)
    await session.flush()
    return run


async def add_import(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(PayoutImport).values(**values))


async def import_of(session: AsyncSession, actor: Actor, import_id: UUID) -> PayoutImport | None:
    query = select(PayoutImport).where(
        in_counties(PayoutImport.county_code, actor.region), PayoutImport.id == import_id
    )
    return (await session.scalars(query)).one_or_none()


async def add_event(
    session: AsyncSession,
    actor: Actor,
    batch: PayoutBatch,
    act: str,
    *,
    run: int | None = None,
    lines: int | None = None,
    amount: int | None = None,
    reason: str = "",
) -> None:
    """One line of the list's history."""
    await session.execute(
        insert(PayoutEvent).values(
            county_code=batch.county_code,
            id=uuid7(),
            batch_id=batch.id,
            run_number=run,
            act=act,
            lines=lines,
            amount_fen=amount,
            reason=reason,
            at=now(),
            by=actor.id,
            by_name=actor.name,
        )
    )


async def touch(session: AsyncSession, batch: PayoutBatch, **values: Any) -> None:
    """Change a locked list."""
    await session.execute(
        update(PayoutBatch)
        .where(PayoutBatch.county_code == batch.county_code, PayoutBatch.id == batch.id)
        .values(**values, version=PayoutBatch.version + 1, updated_at=now())
        .execution_options(synchronize_session=False)
    )


async def step_run(session: AsyncSession, run: PayoutRun, **values: Any) -> None:
    """Change a locked run."""
    await session.execute(
        update(PayoutRun)
        .where(PayoutRun.county_code == run.county_code, PayoutRun.id == run.id)
        .values(**values, version=PayoutRun.version + 1, updated_at=now())
        .execution_options(synchronize_session=False)
    )


async def holds(session: AsyncSession, actor: Actor, payment_id: UUID) -> bool:
    """Whether a payment is the money of a list."""
    of_run = exists().where(in_counties(PayoutRun.county_code, actor.region), PayoutRun.payment_id == payment_id)
    held = exists().where(in_counties(PayoutBatch.county_code, actor.region), PayoutBatch.held_payment_id == payment_id)
    return bool((await session.execute(select(of_run | held))).scalar_one())
