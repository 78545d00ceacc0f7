"""The negative list: dated entries with words, set by nation, province, prefecture or county (FND-4)."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.errors import AlreadyExists
from service_kit.pagination import Page, PageParams, cut
from service_kit.tokens import Actor
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from funds_ledger.projects import repository
from funds_ledger.projects.models import NegativeListItem
from funds_ledger.projects.schemas import NegativeItemRead, NegativeItemWrite


async def page(session: AsyncSession, paging: PageParams) -> Page[NegativeItemRead]:
    """Newest first; says of each whether a newer revision has replaced it or its time is over."""
    newer = aliased(NegativeListItem)
    replaced = exists().where(
        newer.region_code == NegativeListItem.region_code,
        newer.code == NegativeListItem.code,
        newer.revision > NegativeListItem.revision,
        newer.effective_on <= today(),
    )
    query = select(NegativeListItem, replaced.label("replaced"))
    if after := paging.after(UUID):
        query = query.where(NegativeListItem.id < after[0])
    rows = (await session.execute(query.order_by(NegativeListItem.id.desc()).limit(paging.limit + 1))).all()
    kept, following = cut(rows, paging.limit, lambda row: (row.NegativeListItem.id,))
    return Page(items=[_read(row.NegativeListItem, replaced=row.replaced) for row in kept], next=following)


def _read(item: NegativeListItem, *, replaced: bool) -> NegativeItemRead:
    day = today()
    lasting = item.effective_on <= day and (item.ends_on is None or item.ends_on >= day)
    fields = {name: getattr(item, name) for name in NegativeItemRead.model_fields if hasattr(item, name)}
    return NegativeItemRead.model_validate(fields | {"in_force": lasting and not replaced})


async def set_item(
    session: AsyncSession, actor: Actor, item_id: UUID, body: NegativeItemWrite
) -> tuple[NegativeItemRead, bool]:
    """Put a new revision of an entry in force; says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
    """
    ensure_in_scope(actor, body.region_code)
    known = await session.get(NegativeListItem, item_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in body.model_dump().items()):
            raise AlreadyExists()
        return _read(known, replaced=False), False
    values = body.model_dump() | {
        "id": item_id,
        "revision": await repository.next_item_revision(session, body.region_code, body.code),
        "created_at": now(),
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    await session.execute(insert(NegativeListItem).values(**values))
    await audit.record(
        session,
        actor,
        action="negative_list_item.set",
        subject_type="negative_list_item",
        subject_id=item_id,
        region_code=body.region_code,
        detail=body.model_dump(mode="json"),
    )
    return _read(await session.get_one(NegativeListItem, item_id), replaced=False), True
