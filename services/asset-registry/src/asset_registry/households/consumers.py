"""News of the register: kept for each asset of the household that it is about."""

from __future__ import annotations

from service_kit.ids import uuid7
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from asset_registry.assets.models import Asset
from asset_registry.households.events import TELLING, HouseholdChanged
from asset_registry.households.models import AssetHouseholdChange


async def apply_household_changed(session: AsyncSession, event: HouseholdChanged) -> None:
    """Note the change with every asset of the household; the same news twice is one line."""
    if event.change not in TELLING:
        return
    assets = await session.execute(
        select(Asset.id, Asset.region_code).where(
            Asset.county_code == event.county_code, Asset.household_id == event.household_id
        )
    )
    rows = [
        {
            "county_code": event.county_code,
            "id": uuid7(),
            "asset_id": asset.id,
            "region_code": asset.region_code,
            "household_version": event.household_version,
            "change": event.change,
            "state": event.state,
            "people": len(event.members),
            "changed_at": event.changed_at,
        }
        for asset in assets
    ]
    if rows:
        await session.execute(insert(AssetHouseholdChange).values(rows).on_conflict_do_nothing())
