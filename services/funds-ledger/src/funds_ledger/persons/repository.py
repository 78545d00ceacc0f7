"""Keeping and asking what the register told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.persons.models import HouseholdStatus, PersonStatus

PRESENT = "present"


async def keep_household(session: AsyncSession, values: dict[str, Any]) -> None:
    """Keep the newest news of a household; older news changes nothing."""
    fresh = insert(HouseholdStatus).values(values)
    taken = {name: getattr(fresh.excluded, name) for name in values if name not in ("county_code", "id")}
    await session.execute(
        fresh.on_conflict_do_update(
            index_elements=["county_code", "id"],
            set_=taken,
            where=HouseholdStatus.household_version < fresh.excluded.household_version,
        )
    )


async def keep_persons(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """As ``keep_household``, of persons, who may change households: ordered by time."""
    fresh = insert(PersonStatus).values(rows)
    taken = {name: getattr(fresh.excluded, name) for name in ("region_code", "household_id", "state", "changed_at")}
    await session.execute(
        fresh.on_conflict_do_update(
            index_elements=["county_code", "id"],
            set_=taken,
            where=PersonStatus.changed_at < fresh.excluded.changed_at,
        )
    )


async def gone(session: AsyncSession, county_code: str, member_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of these persons, those who must not simply be paid: state (died, moved_out, merged, void) by id."""
    query = select(PersonStatus.id, PersonStatus.state).where(
        PersonStatus.county_code == county_code,
        PersonStatus.id.in_(member_ids),
        PersonStatus.state != PRESENT,
    )
    return {row.id: row.state for row in await session.execute(query)}


async def closed(session: AsyncSession, county_code: str, household_ids: Collection[UUID]) -> set[UUID]:
    """Of these households, those that were closed."""
    query = select(HouseholdStatus.id).where(
        HouseholdStatus.county_code == county_code,
        HouseholdStatus.id.in_(household_ids),
        HouseholdStatus.state == "closed",
    )
    return set((await session.execute(query)).scalars())
