"""SQL of payments, contracts and their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.kit_tables import region
from service_kit.tokens import Actor
from sqlalchemy import Select, and_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.models import Allocation
from funds_ledger.ledger.models import Transfer
from funds_ledger.payments.models import Contract, Payment, PaymentEvent
from funds_ledger.payments.rules import PaymentStatus
from funds_ledger.scoping import in_counties, inside
from funds_ledger.terms import SourceLevel


def readable(actor: Actor) -> Select[Any]:
    """Where every read starts: rows of ``PaymentRead`` in the actor's scope. The ciphertext stays where it is."""
    return (
        select(
            Payment,
            Allocation.title.label("allocation_title"),
            Allocation.direct.label("direct"),
            Allocation.year.label("year"),
            Allocation.source_level.label("source_level"),
            Contract.number.label("contract_number"),
            Contract.amount_fen.label("contract_amount"),
            region.c.name.label("region_name"),
        )
        .join(Allocation, and_(Allocation.county_code == Payment.county_code, Allocation.id == Payment.allocation_id))
        .outerjoin(Contract, and_(Contract.county_code == Payment.county_code, Contract.id == Payment.contract_id))
        .outerjoin(region, region.c.code == Payment.region_code)
        .where(in_counties(Payment.county_code, actor.region))
    )


async def find(session: AsyncSession, actor: Actor, payment_id: UUID) -> Any:
    query = readable(actor).where(Payment.id == payment_id).execution_options(populate_existing=True)
    return (await session.execute(query)).one_or_none()


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    status: PaymentStatus | None,
    allocation_id: UUID | None,
    region_code: str | None,
    year: int | None,
    source_level: SourceLevel | None,
    after: tuple[datetime, str, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    """Newest first."""
    query = readable(actor)
    for column, value in (
        (Payment.status, status),
        (Payment.allocation_id, allocation_id),
        (Allocation.year, year),
        (Allocation.source_level, source_level),
    ):
        if value is not None:
            query = query.where(column == value)
    if region_code is not None:
        query = query.where(in_counties(Payment.county_code, region_code), inside(Payment.region_code, region_code))
    key = (Payment.created_at, Payment.county_code, Payment.id)
    if after is not None:
        query = query.where(tuple_(*key) < after)
    query = query.order_by(*(column.desc() for column in key)).limit(limit)
    rows: Sequence[Any] = (await session.execute(query)).all()
    return rows


async def of_county(session: AsyncSession, county_code: str, payment_id: UUID) -> Payment | None:
    query = select(Payment).where(Payment.county_code == county_code, Payment.id == payment_id)
    return (await session.scalars(query)).one_or_none()


async def lock(session: AsyncSession, actor: Actor, payment_id: UUID) -> Payment | None:
    """The payment as it is now, kept so until the transaction ends."""
    query = (
        select(Payment)
        .where(in_counties(Payment.county_code, actor.region), Payment.id == payment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a request; False when the id is already taken."""
    query = (
        insert(Payment)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[Payment.county_code, Payment.id])
        .returning(Payment.id)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def lock_contract(
    session: AsyncSession, county_code: str, region_code: str, number: str, amount: int
) -> Contract:
    """The contract of that number, registered with ``amount`` when it is new; kept until the transaction ends."""
    moment = now()
    await session.execute(
        insert(Contract)
        .values(
            county_code=county_code,
            id=uuid7(),
            region_code=region_code,
            number=number,
            amount_fen=amount,
            committed_fen=0,
            paid_fen=0,
            created_at=moment,
            updated_at=moment,
        )
        .on_conflict_do_nothing()
    )
    query = (
        select(Contract)
        .where(Contract.county_code == county_code, Contract.region_code == region_code, Contract.number == number)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()


async def commit_money(session: AsyncSession, payment: Any, *, committed: int = 0, paid: int = 0) -> None:
    """Change by how much an allocation, and then its contract, is committed and paid; CHECKs bound both."""
    for table, row_id in ((Allocation, payment.allocation_id), (Contract, payment.contract_id)):
        if row_id is None:
            continue
        await session.execute(
            update(table)
            .where(table.county_code == payment.county_code, table.id == row_id)
            .values(committed_fen=table.committed_fen + committed, paid_fen=table.paid_fen + paid, updated_at=now())
            .execution_options(synchronize_session=False)
        )


async def move(session: AsyncSession, payment: Payment, values: dict[str, Any]) -> None:
    """Change a locked payment."""
    await session.execute(
        update(Payment)
        .where(Payment.county_code == payment.county_code, Payment.id == payment.id)
        .values(**values, version=Payment.version + 1, updated_at=now())
        .execution_options(synchronize_session=False)
    )


async def add_event(
    session: AsyncSession,
    actor: Actor,
    payment: Any,
    before: PaymentStatus | None,
    after: PaymentStatus,
    reason: str,
) -> None:
    await session.execute(
        insert(PaymentEvent).values(
            county_code=payment.county_code,
            id=uuid7(),
            region_code=payment.region_code,
            payment_id=payment.id,
            from_status=before,
            to_status=after,
            reason=reason,
            at=now(),
            by=actor.id,
            by_name=actor.name,
        )
    )


async def history(session: AsyncSession, payment: Payment) -> Sequence[PaymentEvent]:
    """Oldest first."""
    query = (
        select(PaymentEvent)
        .where(PaymentEvent.county_code == payment.county_code, PaymentEvent.payment_id == payment.id)
        .order_by(PaymentEvent.at, PaymentEvent.id)
    )
    return (await session.scalars(query)).all()


async def postings(session: AsyncSession, payment: Payment) -> dict[str, Transfer]:
    """The transfers of a payment by kind: ``payment`` and ``refund``."""
    query = select(Transfer).where(Transfer.county_code == payment.county_code, Transfer.payment_id == payment.id)
    return {transfer.kind: transfer for transfer in await session.scalars(query)}
