"""Allocating money of a pool to a region, and taking an allocation back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.db import Writing
from service_kit.errors import AlreadyExists, FieldError, NotFound
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import announcement, at_once, repository
from funds_ledger.allocations.models import Allocation
from funds_ledger.allocations.schemas import AllocationRead, AllocationWrite, ReversalRequest
from funds_ledger.documents import repository as documents
from funds_ledger.documents.models import FundDocument
from funds_ledger.errors import AllocationInUse, AlreadyReversed, DocumentExhausted, RegionUnknown
from funds_ledger.ledger import repository as ledger
from funds_ledger.ledger.posting import Posting, post
from funds_ledger.ledger.rules import effect_of_allocation
from funds_ledger.plans import drawing
from funds_ledger.plans.drawing import Draw
from funds_ledger.pools import service as pools
from funds_ledger.pools.models import Pool
from funds_ledger.publication import repository as publications

_JOINED = ("region_name", "transfer_id", "reversal_transfer_id", "project_name", "notice_ends_on")


def read(row: Any) -> AllocationRead:
    """From a row of ``repository.readable``."""
    allocation = row.Allocation
    fields = {name: getattr(allocation, name) for name in AllocationRead.model_fields if hasattr(allocation, name)}
    joined = {name: getattr(row, name) for name in _JOINED}
    amounts = {
        "amount": allocation.amount_fen,
        "committed": allocation.committed_fen,
        "paid": allocation.paid_fen,
    }
    return AllocationRead.model_validate(fields | joined | amounts)


async def get(session: AsyncSession, actor: Actor, allocation_id: UUID) -> AllocationRead:
    """Raises NotFound when there is none in the actor's scope."""
    row = await repository.find(session, actor, allocation_id)
    if row is None:
        raise NotFound()
    return read(row)


async def allocate(
    db: Writing, actor: Actor, allocation_id: UUID, body: AllocationWrite
) -> tuple[AllocationRead, bool]:
    """Give a region money for a purpose: the line, its transfer and its notice in one transaction; says whether new.

    The ordinary case is one statement (``at_once``); only what that does not do is done, or refused, step by step.

    Raises:
        RegionOutOfScope: the region is not the actor's.
        RegionUnknown: this service knows no such region.
        NotFound: no such pool or document in the county.
        AlreadyExists: the id holds another allocation.
        ProjectRequired, ProjectNotPlanned, ProjectPlanExceeded: by the library and the yearly plan.
        IndustryFloorBroken, PoolExhausted, DocumentExhausted: with the exact amounts.
    """
    ensure_in_scope(actor, body.region_code)
    if (done := await at_once.allocate(db, actor, allocation_id, body)) is not None:
        return done, True
    async with db.session() as session:
        return await allocate_by_steps(session, actor, allocation_id, body)


async def allocate_by_steps(
    session: AsyncSession, actor: Actor, allocation_id: UUID, body: AllocationWrite
) -> tuple[AllocationRead, bool]:
    """The same within a transaction that does more than this; raises what ``allocate`` does."""
    county_code = county_of(body.region_code)
    if (known := await repository.of_county(session, county_code, allocation_id)) is not None:
        return await _same(session, actor, known, body), False
    pool = await _pool_of(session, actor, county_code, body)
    place = await repository.region_name(session, body.region_code)
    if place is None:
        raise RegionUnknown(errors=[FieldError("body.region_code", "region_unknown", "没有登记这个地区")])
    document = await _document_of(session, county_code, body)
    library_from = await publications.library_from(session, county_code, pool.year)
    drawn = Draw("body", body.project_id, body.region_code, body.purpose, body.amount)
    await drawing.ensure(session, county_code, pool.year, library_from, [drawn])
    notice_id = uuid7() if today() >= library_from else None
    moment = now()
    values = body.model_dump(exclude={"amount"}) | {
        "county_code": county_code,
        "id": allocation_id,
        "year": pool.year,
        "source_level": pool.source_level,
        "direct": document.direct if document else False,
        "amount_fen": body.amount,
        "library_from": library_from,
        "notice_id": notice_id,
        "committed_fen": 0,
        "paid_fen": 0,
        "status": "allocated",
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    if not await repository.add(session, values):
        known = await repository.of_county(session, county_code, allocation_id)
        if known is None:
            raise AlreadyExists()
        return await _same(session, actor, known, body), False
    if body.project_id is not None:
        await drawing.move(session, county_code, pool.year, {body.project_id: body.amount})
    if document is not None:
        await _draw(session, document, body.amount)
    await _post(session, actor, pool, allocation_id, body)
    await announcement.allocated(session, pool, document, allocation_id, body, place, notice_id)
    return await get(session, actor, allocation_id), True


async def reverse(session: AsyncSession, actor: Actor, allocation_id: UUID, body: ReversalRequest) -> AllocationRead:
    """Take an allocation back through the exact counter-transfer; the original transfer stays.

    Raises:
        NotFound: no such allocation, or its pool is not in the actor's scope.
        AlreadyReversed: it was taken back before.
    """
    allocation = await repository.lock(session, actor, allocation_id)
    if allocation is None:
        raise NotFound()
    if allocation.status == "reversed":
        raise AlreadyReversed()
    if allocation.committed_fen:
        committed = format_yuan(allocation.committed_fen)
        raise AllocationInUse(f"已有支付申请或支付 {committed} 元，须先退回或收回", must_move=committed)
    moment = now()
    await session.execute(
        update(Allocation)
        .where(Allocation.county_code == allocation.county_code, Allocation.id == allocation_id)
        .values(
            status="reversed",
            reversed_at=moment,
            reversal_reason=body.reason,
            version=Allocation.version + 1,
            updated_at=moment,
        )
        .execution_options(synchronize_session=False)
    )
    if allocation.project_id is not None:
        given_back = {allocation.project_id: -allocation.amount_fen}
        await drawing.move(session, allocation.county_code, allocation.year, given_back)
    if allocation.document_id is not None:
        await documents.draw(session, allocation.county_code, allocation.document_id, -allocation.amount_fen)
    await _post_reversal(session, actor, allocation)
    await announcement.reversed_(session, allocation, await repository.region_name(session, allocation.region_code))
    return await get(session, actor, allocation_id)


async def _same(session: AsyncSession, actor: Actor, known: Allocation, body: AllocationWrite) -> AllocationRead:
    sent = body.model_dump(exclude={"amount"}) | {"amount_fen": body.amount}
    if any(getattr(known, name) != value for name, value in sent.items()):
        raise AlreadyExists()
    return await get(session, actor, known.id)


async def _pool_of(session: AsyncSession, actor: Actor, county_code: str, body: AllocationWrite) -> Pool:
    pool = await pools.get(session, actor, body.pool_id)
    if pool.county_code != county_code:
        raise NotFound("没有找到这个资金池，或不在您的管辖范围内")
    return pool


async def _document_of(session: AsyncSession, county_code: str, body: AllocationWrite) -> FundDocument | None:
    if body.document_id is None:
        return None
    document = await documents.of_county(session, county_code, body.document_id)
    if document is None or document.pool_id != body.pool_id:
        raise NotFound("该资金池中没有这份指标文件")
    return document


async def _draw(session: AsyncSession, document: FundDocument, fen: int) -> None:
    if await documents.draw(session, document.county_code, document.id, fen):
        return
    current = await documents.lock(session, document.county_code, document.id)
    left = current.current_fen - current.allocated_fen
    if fen <= left:  # given back by another act between the attempt and the lock
        await documents.draw(session, document.county_code, document.id, fen)
        return
    raise DocumentExhausted(
        f"该文件只余 {format_yuan(left)} 元可分配，超出 {format_yuan(fen - left)} 元",
        shortfall=format_yuan(fen - left),
        headroom_document=format_yuan(left),
    )


async def _post(session: AsyncSession, actor: Actor, pool: Pool, allocation_id: UUID, body: AllocationWrite) -> None:
    available = ledger.AccountKey(pool.county_code, pool.id, "available", pool.county_code)
    held = ledger.AccountKey(pool.county_code, pool.id, "allocated", body.region_code, body.purpose)
    ids = await ledger.ensure_accounts(session, pool, [available, held])
    posting = Posting(
        kind="allocation",
        county_code=pool.county_code,
        pool_id=pool.id,
        region_code=body.region_code,
        debit_account_id=ids[held],
        credit_account_id=ids[available],
        amount=body.amount,
        effect=effect_of_allocation(body.purpose, body.amount),
        document_id=body.document_id,
        allocation_id=allocation_id,
    )
    await post(session, actor, posting)


async def _post_reversal(session: AsyncSession, actor: Actor, allocation: Allocation) -> None:
    original = await ledger.posting_of_allocation(session, allocation.county_code, allocation.id)
    posting = Posting(
        kind="reversal",
        county_code=original.county_code,
        pool_id=original.pool_id,
        region_code=original.region_code,
        debit_account_id=original.credit_account_id,
        credit_account_id=original.debit_account_id,
        amount=original.amount_fen,
        effect=effect_of_allocation(allocation.purpose, original.amount_fen).reversed(),
        document_id=original.document_id,
        allocation_id=allocation.id,
        reverses_id=original.id,
    )
    await post(session, actor, posting)
