"""Each service's copy of the regions, kept by the gateway's events."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.kit_tables import region
from service_kit.outbox import Event
from service_kit.pinyin import initials
from service_kit.region import RegionCode, level_of, parent_of


class RegionChanged(Event):
    """A region was added or renamed. ``changed_at`` orders the news about one region."""

    type: ClassVar[str] = "region.changed"
    source: ClassVar[str] = "gateway"

    code: RegionCode
    name: str
    changed_at: AwareDatetime


async def apply_region_changed(session: AsyncSession, event: RegionChanged) -> None:
    """Add or rename; news older than what is known changes nothing."""
    fresh = insert(region).values(
        code=event.code,
        name=event.name,
        level=level_of(event.code),
        parent_code=parent_of(event.code),
        initials=initials(event.name),
        updated_at=event.changed_at,
    )
    await session.execute(
        fresh.on_conflict_do_update(
            index_elements=[region.c.code],
            set_={
                "name": fresh.excluded.name,
                "initials": fresh.excluded.initials,
                "updated_at": fresh.excluded.updated_at,
            },
            where=region.c.updated_at < fresh.excluded.updated_at,
        )
    )
