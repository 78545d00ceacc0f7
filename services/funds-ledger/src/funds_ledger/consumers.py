"""What this service does when others tell it something."""

from __future__ import annotations

from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.spec import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.acceptance import repository as acceptances
from funds_ledger.events import AssetRegistered
from funds_ledger.persons.consumers import apply_household_changed
from funds_ledger.persons.events import HouseholdChanged


async def note_asset(session: AsyncSession, event: AssetRegistered) -> None:
    """The project shows what it became. Assets of no project of ours are none of our business."""
    if event.project_id is None or not await acceptances.is_project(session, event.county_code, event.project_id):
        return
    await acceptances.add_asset(
        session,
        {
            "county_code": event.county_code,
            "id": event.asset_id,
            "project_id": event.project_id,
            "region_code": event.region_code,
            "code": event.code,
            "name": event.name or event.code,
            "kind": event.kind,
            "value_fen": event.original_value_fen,
            "registered_at": event.registered_at,
        },
    )


CONSUMERS: dict[str, Consumer] = {
    RegionChanged.type: (RegionChanged, apply_region_changed),
    AssetRegistered.type: (AssetRegistered, note_asset),
    HouseholdChanged.type: (HouseholdChanged, apply_household_changed),
}
