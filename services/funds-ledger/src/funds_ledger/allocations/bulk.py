"""Allocating up to 1,000 lines of one pool as one act: all of them or none, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from service_kit.clock import now, today
from service_kit.db import Writing
from service_kit.errors import DomainError, FieldError, NotFound, ValidationFailed
from service_kit.idempotency import IdempotentCommand
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import announcement, repository, together
from funds_ledger.allocations.batch import Done, Order, Remembered
from funds_ledger.allocations.rules import beyond
from funds_ledger.allocations.schemas import BulkAllocationRead, BulkAllocationWrite
from funds_ledger.documents import repository as documents
from funds_ledger.documents.models import FundDocument
from funds_ledger.errors import DocumentExhausted, RegionUnknown, refused
from funds_ledger.ledger import repository as ledger
from funds_ledger.ledger.bulk import Line, post_lines
from funds_ledger.ledger.rules import effect_of_allocation
from funds_ledger.plans import drawing
from funds_ledger.plans.drawing import Draw
from funds_ledger.pools import repository as pool_rows
from funds_ledger.pools import service as pools
from funds_ledger.pools.models import Pool
from funds_ledger.pools.rules import Refusal
from funds_ledger.pools.schemas import balance_of
from funds_ledger.publication import repository as publications


async def allocate(
    db: Writing, actor: Actor, command: IdempotentCommand, body: BulkAllocationWrite
) -> BulkAllocationRead:
    """Give many regions money of one pool once per key; ordinary lines together with whatever comes at the same time.

    Raises:
        As ``allocate_lines``, and IdempotencyConflict.
    """
    ids, batch_id = [uuid7() for _ in body.lines], uuid7()

    def answer(done: Done) -> BulkAllocationRead:
        return BulkAllocationRead.model_construct(
            batch_id=batch_id,
            pool_id=body.pool_id,
            lines=len(ids),
            amount=sum(line.amount for line in body.lines),
            first_seq=done.first_seq,
            last_seq=done.last_seq,
            allocation_ids=ids,
        )

    if all(county_of(line.region_code) == county_of(body.lines[0].region_code) for line in body.lines):
        remembered = Remembered(command.key, partial(command.row, actor, body), answer)
        done = await together.post(db, Order(actor, body.pool_id, ids, body.lines, batch_id, body.title, remembered))
        if done is not None:
            return answer(done)
    async with db.session() as session:
        return await command.once(
            session, actor, body, BulkAllocationRead, lambda: allocate_lines(session, actor, body)
        )


async def allocate_lines(session: AsyncSession, actor: Actor, body: BulkAllocationWrite) -> BulkAllocationRead:
    """Give many regions money of one pool, in the order of the lines, with one notice for all of them.

    Raises:
        NotFound: no such pool in the actor's scope.
        ValidationFailed, RegionUnknown: lines outside the pool's county, or of unknown regions or documents.
        ProjectRequired, ProjectNotPlanned, ProjectPlanExceeded: by the library and the yearly plan.
        IndustryFloorBroken, PoolExhausted, DocumentExhausted: with the exact amounts and the numbers of the lines.
    """
    pool = await pools.get(session, actor, body.pool_id)
    names = await _places(session, pool, body)
    drawn = await _documents(session, pool, body)
    library_from = await publications.library_from(session, pool.county_code, pool.year)
    wanted = await drawing.ensure(session, pool.county_code, pool.year, library_from, _draws(body))
    batch_id, notice_id = uuid7(), uuid7() if today() >= library_from else None
    ids = [uuid7() for _ in body.lines]
    accounts = await _accounts(session, pool, body)
    shared = {"batch_id": batch_id, "library_from": library_from, "notice_id": notice_id}
    await repository.add_lines(session, _rows(actor, pool, ids, drawn, body) | shared)
    if wanted:
        await drawing.move(session, pool.county_code, pool.year, wanted)
    locked = await pool_rows.lock(session, pool.county_code, pool.id)
    _ensure_fits(locked, body)
    lines = [
        Line(id_, line.region_code, line.purpose, line.amount, accounts[_held(pool, line)], line.document_id)
        for id_, line in zip(ids, body.lines, strict=True)
    ]
    first, last = await post_lines(session, actor, locked, accounts[_available(pool)], batch_id, lines)
    await announcement.allocated_lines(session, pool, batch_id, body, names, notice_id)
    return BulkAllocationRead(
        batch_id=batch_id,
        pool_id=pool.id,
        lines=len(ids),
        amount=sum(line.amount for line in body.lines),
        first_seq=first,
        last_seq=last,
        allocation_ids=ids,
    )


async def _places(session: AsyncSession, pool: Pool, body: BulkAllocationWrite) -> dict[str, str]:
    foreign = [n for n, line in enumerate(body.lines) if county_of(line.region_code) != pool.county_code]
    if foreign:
        raise _wrong(ValidationFailed, foreign, "region_code", "region_out_of_pool", "不是该资金池所属县的乡镇或村")
    names = await repository.region_names(session, {line.region_code for line in body.lines})
    unknown = [n for n, line in enumerate(body.lines) if line.region_code not in names]
    if unknown:
        raise _wrong(RegionUnknown, unknown, "region_code", "region_unknown", "没有登记这个地区")
    return names


async def _documents(session: AsyncSession, pool: Pool, body: BulkAllocationWrite) -> Mapping[UUID, FundDocument]:
    """The documents that lines name, locked, with the lines drawn on them."""
    amounts: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for n, line in enumerate(body.lines):
        if line.document_id is not None:
            amounts[line.document_id].append((n, line.amount))
    if not amounts:
        return {}
    found = await documents.lock_many(session, pool, amounts)
    unknown = [n for document_id, lines in amounts.items() if document_id not in found for n, _ in lines]
    if unknown:
        raise _wrong(NotFound, sorted(unknown), "document_id", "document_unknown", "该资金池中没有这份指标文件")
    for document_id, lines in amounts.items():
        document = found[document_id]
        left = document.current_fen - document.allocated_fen
        if too_many := beyond(lines, left):
            over = format_yuan(sum(fen for _, fen in lines) - left)
            error = _wrong(DocumentExhausted, too_many, "amount", "document_exhausted", "超出该文件可分配的金额")
            error.detail = (
                f"文件 {document.number} 只余 {format_yuan(left)} 元可分配，{_numbers(too_many)}超出 {over} 元"
            )
            error.extra |= {"shortfall": over, "headroom_document": format_yuan(left)}
            raise error
    await documents.draw_many(
        session, pool.county_code, {key: sum(fen for _, fen in lines) for key, lines in amounts.items()}
    )
    return found


def _draws(body: BulkAllocationWrite) -> list[Draw]:
    return [
        Draw(f"body.lines.{n}", line.project_id, line.region_code, line.purpose, line.amount)
        for n, line in enumerate(body.lines)
    ]


def _available(pool: Pool) -> ledger.AccountKey:
    return ledger.AccountKey(pool.county_code, pool.id, "available", pool.county_code)


def _held(pool: Pool, line: Any) -> ledger.AccountKey:
    return ledger.AccountKey(pool.county_code, pool.id, "allocated", line.region_code, line.purpose)


async def _accounts(session: AsyncSession, pool: Pool, body: BulkAllocationWrite) -> dict[ledger.AccountKey, UUID]:
    keys = {_available(pool), *(_held(pool, line) for line in body.lines)}
    return await ledger.ensure_accounts(session, pool, sorted(keys))


def _rows(
    actor: Actor,
    pool: Pool,
    ids: Sequence[UUID],
    drawn: Mapping[UUID, FundDocument],
    body: BulkAllocationWrite,
) -> dict[str, Any]:
    moment = now()
    return {
        "county_code": pool.county_code,
        "pool_id": pool.id,
        "year": pool.year,
        "source_level": pool.source_level,
        "moment": moment,
        "created_by": actor.id,
        "created_by_name": actor.name,
        "ids": list(ids),
        "direct": [bool(line.document_id and drawn[line.document_id].direct) for line in body.lines],
    } | {
        f"{name}s": [getattr(line, name) for line in body.lines]
        for name in ("region_code", "document_id", "purpose", "title", "amount", "note", "project_id")
    }


def _ensure_fits(pool: Pool, body: BulkAllocationWrite) -> None:
    """Raise the exact reason why the lines do not fit into the locked pool, with their numbers."""
    before = balance_of(pool)
    effects = [effect_of_allocation(line.purpose, line.amount) for line in body.lines]
    industry, other = sum(effect.industry for effect in effects), sum(effect.other for effect in effects)
    refusal = before.after(industry=industry, other=other).refusal()
    if refusal is None:
        return
    raise _too_much(before, refusal, body)


def _too_much(before: Any, refusal: Refusal, body: BulkAllocationWrite) -> DomainError:
    if refusal.code == "industry_floor_broken":
        counted = [(n, line.amount) for n, line in enumerate(body.lines) if line.purpose != "industry"]
        too_many = beyond(counted, before.other_limit - before.other)
    else:
        too_many = beyond([(n, line.amount) for n, line in enumerate(body.lines)], before.headroom_total)
    error = refused(before, refusal)
    error.errors = _field_errors(too_many, "amount", refusal.code, "从这一行起超出可分配的金额")
    error.detail = f"{error.detail};{_numbers(too_many)}未能安排，全部未入账"
    error.extra |= {"lines": [n + 1 for n in too_many]}
    return error


def _wrong(kind: type[DomainError], lines: Sequence[int], field: str, code: str, message: str) -> DomainError:
    return kind(
        f"{_numbers(lines)}:{message}",
        errors=_field_errors(lines, field, code, message),
        lines=[n + 1 for n in lines],
    )


def _field_errors(lines: Sequence[int], field: str, code: str, message: str) -> tuple[FieldError, ...]:
    return tuple(FieldError(f"body.lines.{n}.{field}", code, message) for n in lines)


def _numbers(lines: Sequence[int]) -> str:
    """``第 2、5、9 行``; of many only the first ten."""
    shown = "、".join(str(n + 1) for n in lines[:10])
    return f"第 {shown} 行" if len(lines) <= 10 else f"第 {shown} 等 {len(lines)} 行"
