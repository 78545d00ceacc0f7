"""SQL of budget documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.tokens import Actor
from sqlalchemy import Select, and_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.documents.models import DocumentAct, FundDocument
from funds_ledger.ledger.models import Transfer
from funds_ledger.pools.models import Pool
from funds_ledger.scoping import in_counties
from funds_ledger.terms import SourceLevel


def readable(actor: Actor) -> Select[FundDocument]:
    """Where every read starts; documents belong to the county, a township's scope shows none."""
    return select(FundDocument).where(in_counties(FundDocument.county_code, actor.region))


async def find(session: AsyncSession, actor: Actor, document_id: UUID) -> FundDocument | None:
    return (await session.scalars(readable(actor).where(FundDocument.id == document_id))).one_or_none()


async def of_county(session: AsyncSession, county_code: str, document_id: UUID) -> FundDocument | None:
    query = select(FundDocument).where(FundDocument.county_code == county_code, FundDocument.id == document_id)
    return (await session.scalars(query)).one_or_none()


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    year: int | None,
    source_level: SourceLevel | None,
    after: tuple[datetime, str, UUID] | None,
    limit: int,
) -> Sequence[FundDocument]:
    """Newest first."""
    query = readable(actor)
    if year is not None:
        query = query.where(FundDocument.year == year)
    if source_level is not None:
        query = query.where(FundDocument.source_level == source_level)
    key = (FundDocument.created_at, FundDocument.county_code, FundDocument.id)
    if after is not None:
        query = query.where(tuple_(*key) < after)
    return (await session.scalars(query.order_by(*(column.desc() for column in key)).limit(limit))).all()


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a document; False when the id is already taken."""
    query = (
        insert(FundDocument)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[FundDocument.county_code, FundDocument.id])
        .returning(FundDocument.id)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def draw(session: AsyncSession, county_code: str, document_id: UUID, fen: int) -> bool:
    """Take ``fen`` out of a document (a negative number gives it back); False when it does not hold so much."""
    query = (
        update(FundDocument)
        .where(
            FundDocument.county_code == county_code,
            FundDocument.id == document_id,
            FundDocument.allocated_fen + fen <= FundDocument.amount_fen + FundDocument.adjusted_fen,
        )
        .values(allocated_fen=FundDocument.allocated_fen + fen, updated_at=now())
        .returning(FundDocument.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def lock(session: AsyncSession, county_code: str, document_id: UUID) -> FundDocument:
    """The document as it is now, kept so until the transaction ends."""
    query = (
        select(FundDocument)
        .where(FundDocument.county_code == county_code, FundDocument.id == document_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()


async def lock_readable(session: AsyncSession, actor: Actor, document_id: UUID) -> FundDocument | None:
    """As ``lock``, in the actor's scope."""
    query = readable(actor).where(FundDocument.id == document_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def add_act(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(DocumentAct).values(**values))


async def adjust(session: AsyncSession, document: FundDocument, fen: int) -> None:
    """Change what a locked document brings by ``fen``."""
    await session.execute(
        update(FundDocument)
        .where(FundDocument.county_code == document.county_code, FundDocument.id == document.id)
        .values(adjusted_fen=FundDocument.adjusted_fen + fen, updated_at=now())
        .execution_options(synchronize_session=False)
    )


def readable_acts(actor: Actor) -> Select[DocumentAct, UUID, int]:
    """Acts with the transfer that posted each."""
    return (
        select(DocumentAct, Transfer.id.label("transfer_id"), Transfer.seq.label("seq"))
        .join(Transfer, and_(Transfer.county_code == DocumentAct.county_code, Transfer.act_id == DocumentAct.id))
        .where(in_counties(DocumentAct.county_code, actor.region))
    )


async def find_act(session: AsyncSession, actor: Actor, act_id: UUID) -> Any:
    return (await session.execute(readable_acts(actor).where(DocumentAct.id == act_id))).one()


async def acts(
    session: AsyncSession, actor: Actor, document_id: UUID, after: tuple[int] | None, limit: int
) -> Sequence[Any]:
    """Newest first."""
    query = readable_acts(actor).where(DocumentAct.document_id == document_id)
    if after is not None:
        query = query.where(Transfer.seq < after[0])
    rows: Sequence[Any] = (await session.execute(query.order_by(Transfer.seq.desc()).limit(limit))).all()
    return rows


async def lock_many(session: AsyncSession, pool: Pool, ids: Collection[UUID]) -> dict[UUID, FundDocument]:
    """Those of the documents that the pool has, locked in one order."""
    query = (
        select(FundDocument)
        .where(FundDocument.county_code == pool.county_code, FundDocument.pool_id == pool.id, FundDocument.id.in_(ids))
        .order_by(FundDocument.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {document.id: document for document in await session.scalars(query)}


_DRAW_MANY = text(
    """
    UPDATE fund_document d SET allocated_fen = d.allocated_fen + l.fen, updated_at = now()
    FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS bigint[])) AS l(id, fen)
    WHERE d.county_code = CAST(:county_code AS text) AND d.id = l.id
    """
)


async def draw_many(session: AsyncSession, county_code: str, amounts: Mapping[UUID, int]) -> None:
    """Take ``amounts`` out of locked documents that hold so much."""
    values = {"county_code": county_code, "ids": list(amounts), "amounts": list(amounts.values())}
    await session.execute(_DRAW_MANY, values)
