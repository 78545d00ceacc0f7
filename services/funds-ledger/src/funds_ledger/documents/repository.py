"""SQL of budget documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.tokens import Actor
from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.documents.models import FundDocument
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
            FundDocument.allocated_fen + fen <= FundDocument.amount_fen,
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
