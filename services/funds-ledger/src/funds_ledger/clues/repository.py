"""SQL of clues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.kit_tables import region
from service_kit.tokens import Actor
from sqlalchemy import BigInteger, Select, cast, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.models import Allocation
from funds_ledger.clues.models import Clue, ClueStep
from funds_ledger.clues.rules import OPEN, SubjectType
from funds_ledger.clues.schemas import ClueFilter
from funds_ledger.documents.models import FundDocument
from funds_ledger.payments.models import Payment
from funds_ledger.payouts.models import PayoutBatch
from funds_ledger.projects.models import Project
from funds_ledger.scoping import in_counties, inside

_LOCK = 0x434C
"""Namespace of the advisory lock on the numbers of a county's clues."""
_SUBJECTS: dict[SubjectType, tuple[Any, Any, Any]] = {
    "project": (Project, Project.region_code, Project.name),
    "payment": (Payment, Payment.region_code, Payment.payee),
    "payout": (PayoutBatch, PayoutBatch.county_code, PayoutBatch.title),
    "document": (FundDocument, FundDocument.county_code, FundDocument.number),
    "allocation": (Allocation, Allocation.region_code, Allocation.title),
}


async def subject(
    session: AsyncSession, actor: Actor, subject_type: SubjectType, subject_id: UUID
) -> tuple[str, str, str] | None:
    """County, region and title of what a clue is about; None when it is not in the actor's scope."""
    model, region_column, title = _SUBJECTS[subject_type]
    query = select(model.county_code, region_column, title).where(
        in_counties(model.county_code, actor.region), model.id == subject_id
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def next_number(session: AsyncSession, county_code: str, year: int) -> int:
    """The next number of a county's year; others who ask wait until the transaction ends."""
    values = {"space": _LOCK, "key": int(county_code)}
    await session.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), values)
    query = select(func.coalesce(func.max(Clue.number), 0) + 1).where(
        Clue.county_code == county_code, Clue.year == year
    )
    return int((await session.execute(query)).scalar_one())


def readable(actor: Actor) -> Select[Any]:
    """Where every read starts."""
    return (
        select(Clue, region.c.name.label("region_name"))
        .outerjoin(region, region.c.code == Clue.region_code)
        .where(in_counties(Clue.county_code, actor.region))
    )


async def find(session: AsyncSession, actor: Actor, clue_id: UUID) -> Any:
    query = readable(actor).where(Clue.id == clue_id).execution_options(populate_existing=True)
    return (await session.execute(query)).one_or_none()


async def lock(session: AsyncSession, actor: Actor, clue_id: UUID) -> Clue | None:
    """The clue as it is now, kept so until the transaction ends."""
    query = (
        select(Clue)
        .where(in_counties(Clue.county_code, actor.region), Clue.id == clue_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def page(
    session: AsyncSession,
    actor: Actor,
    chosen: ClueFilter,
    day: date,
    after: tuple[datetime, str, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    """Newest first."""
    query = readable(actor)
    if chosen.state == "open":
        query = query.where(Clue.state.in_(OPEN))
    elif chosen.state is not None:
        query = query.where(Clue.state == chosen.state)
    if chosen.source is not None:
        query = query.where(Clue.source == chosen.source)
    if chosen.subject_id is not None:
        query = query.where(Clue.subject_id == chosen.subject_id)
    if chosen.region is not None:
        query = query.where(in_counties(Clue.county_code, chosen.region), inside(Clue.region_code, chosen.region))
    if chosen.overdue:
        query = query.where(Clue.state.in_(OPEN), Clue.deadline < day)
    key = (Clue.created_at, Clue.county_code, Clue.id)
    if after is not None:
        query = query.where(tuple_(*key) < after)
    rows: Sequence[Any] = (await session.execute(query.order_by(*(c.desc() for c in key)).limit(limit))).all()
    return rows


async def counts(session: AsyncSession, actor: Actor, region_code: str | None, day: date) -> Any:
    """By state, how many are overdue, and the money, in one row."""
    query = select(
        *(func.count().filter(Clue.state == state).label(state) for state in (*OPEN, "closed")),
        func.count().filter(Clue.state.in_(OPEN), Clue.deadline < day).label("overdue"),
        cast(func.coalesce(func.sum(Clue.amount_fen), 0), BigInteger).label("amount"),
        cast(func.coalesce(func.sum(Clue.recovered_fen), 0), BigInteger).label("recovered"),
    ).where(in_counties(Clue.county_code, region_code or actor.region))
    if region_code:
        query = query.where(inside(Clue.region_code, region_code))
    return (await session.execute(query)).one()


async def history(session: AsyncSession, clue: Clue) -> Sequence[ClueStep]:
    query = select(ClueStep).where(ClueStep.county_code == clue.county_code, ClueStep.clue_id == clue.id)
    return (await session.scalars(query.order_by(ClueStep.seq))).all()
