"""SQL of allocations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.kit_tables import region
from service_kit.pagination import TOTAL_CAP
from service_kit.tokens import Actor
from sqlalchemy import Date, DateTime, Select, Text, Uuid, and_, bindparam, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from funds_ledger.allocations.models import Allocation
from funds_ledger.allocations.schemas import AllocationStatus
from funds_ledger.ledger.models import Transfer
from funds_ledger.projects.models import Project
from funds_ledger.publication.models import ActNotice
from funds_ledger.scoping import in_counties, inside
from funds_ledger.terms import SourceLevel


def readable(actor: Actor) -> Select[Any]:
    """Where every read starts: rows of ``AllocationRead`` in the actor's scope."""
    reversal = aliased(Transfer)
    return (
        select(
            Allocation,
            region.c.name.label("region_name"),
            Transfer.id.label("transfer_id"),
            reversal.id.label("reversal_transfer_id"),
            Project.name.label("project_name"),
            ActNotice.ends_on.label("notice_ends_on"),
        )
        .join(
            Transfer,
            and_(
                Transfer.county_code == Allocation.county_code,
                Transfer.allocation_id == Allocation.id,
                Transfer.kind == "allocation",
            ),
        )
        .outerjoin(reversal, and_(reversal.county_code == Transfer.county_code, reversal.reverses_id == Transfer.id))
        .outerjoin(region, region.c.code == Allocation.region_code)
        .outerjoin(Project, and_(Project.county_code == Allocation.county_code, Project.id == Allocation.project_id))
        .outerjoin(
            ActNotice, and_(ActNotice.county_code == Allocation.county_code, ActNotice.id == Allocation.notice_id)
        )
        .where(in_counties(Allocation.county_code, actor.region))
    )


def filtered(
    actor: Actor,
    *,
    year: int | None = None,
    source_level: SourceLevel | None = None,
    region_code: str | None = None,
    pool_id: UUID | None = None,
    status: AllocationStatus | None = None,
) -> Select[Any]:
    query = readable(actor)
    for column, value in (
        (Allocation.year, year),
        (Allocation.source_level, source_level),
        (Allocation.pool_id, pool_id),
        (Allocation.status, status),
    ):
        if value is not None:
            query = query.where(column == value)
    if region_code is not None:
        query = query.where(
            in_counties(Allocation.county_code, region_code), inside(Allocation.region_code, region_code)
        )
    return query


async def page(
    session: AsyncSession, query: Select[Any], after: tuple[datetime, str, UUID] | None, limit: int
) -> Sequence[Any]:
    """Newest first."""
    key = (Allocation.created_at, Allocation.county_code, Allocation.id)
    if after is not None:
        query = query.where(tuple_(*key) < after)
    query = query.order_by(*(column.desc() for column in key)).limit(limit)
    rows: Sequence[Any] = (await session.execute(query.execution_options(populate_existing=True))).all()
    return rows


async def count(session: AsyncSession, query: Select[Any]) -> int:
    """At most ``TOTAL_CAP + 1``."""
    ids = query.with_only_columns(Allocation.id).limit(TOTAL_CAP + 1).subquery()
    return int((await session.execute(select(func.count()).select_from(ids))).scalar_one())


async def find(session: AsyncSession, actor: Actor, allocation_id: UUID) -> Any:
    query = readable(actor).where(Allocation.id == allocation_id)
    return (await session.execute(query.execution_options(populate_existing=True))).one_or_none()


async def lock(session: AsyncSession, actor: Actor, allocation_id: UUID) -> Allocation | None:
    """The allocation as it is now, kept so until the transaction ends."""
    query = (
        select(Allocation)
        .where(in_counties(Allocation.county_code, actor.region), Allocation.id == allocation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def of_county(session: AsyncSession, county_code: str, allocation_id: UUID) -> Allocation | None:
    query = select(Allocation).where(Allocation.county_code == county_code, Allocation.id == allocation_id)
    return (await session.scalars(query)).one_or_none()


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert an allocation; False when the id is already taken."""
    query = (
        insert(Allocation)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[Allocation.county_code, Allocation.id])
        .returning(Allocation.id)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def region_name(session: AsyncSession, code: str) -> str | None:
    """Name from this service's copy of the regions; None when there is no such region."""
    query = select(region.c.name).where(region.c.code == code)
    return (await session.execute(query)).scalar_one_or_none()


async def region_names(session: AsyncSession, codes: Collection[str]) -> dict[str, str]:
    """As ``region_name``, for many; unknown codes are missing."""
    query = text("SELECT code, name FROM region WHERE code = ANY(CAST(:codes AS text[]))")
    rows = await session.execute(query, {"codes": list(codes)})
    return {row.code: row.name for row in rows}


_ADD_LINES = text(
    """
    INSERT INTO allocation (
        county_code, id, region_code, pool_id, year, source_level, document_id, direct, purpose, title, amount_fen,
        note, project_id, library_from, notice_id, batch_id, committed_fen, paid_fen, status,
        created_at, updated_at, version, created_by, created_by_name
    )
    SELECT :county_code, l.id, l.region_code, :pool_id, CAST(:year AS integer), :source_level, l.document_id, l.direct,
        l.purpose, l.title, l.amount_fen, l.note, l.project_id, :library_from,
        :notice_id, :batch_id, 0, 0, 'allocated', :moment, :moment, 1, :created_by,
        :created_by_name
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:region_codes AS text[]), CAST(:document_ids AS uuid[]), CAST(:direct AS boolean[]),
        CAST(:purposes AS text[]), CAST(:titles AS text[]), CAST(:amounts AS bigint[]), CAST(:notes AS text[]),
        CAST(:project_ids AS uuid[])
    ) AS l(id, region_code, document_id, direct, purpose, title, amount_fen, note, project_id)
    """
).bindparams(
    *(bindparam(name, type_=Text()) for name in ("county_code", "source_level", "created_by_name")),
    *(bindparam(name, type_=Uuid()) for name in ("pool_id", "batch_id", "created_by", "notice_id")),
    bindparam("library_from", type_=Date()),
    bindparam("moment", type_=DateTime(timezone=True)),
)


async def add_lines(session: AsyncSession, values: dict[str, Any]) -> None:
    """Insert many allocations by one statement; what differs from line to line comes as lists."""
    await session.execute(_ADD_LINES, values)
