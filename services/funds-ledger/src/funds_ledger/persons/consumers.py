"""News of the register: the newest state of each household and person that it is about."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.persons import repository
from funds_ledger.persons.events import HouseholdChanged


async def apply_household_changed(session: AsyncSession, event: HouseholdChanged) -> None:
    """Keep what is newer than what is known; the same news twice changes nothing."""
    where = {"county_code": event.county_code, "region_code": event.village_code, "changed_at": event.changed_at}
    await repository.keep_household(
        session,
        where
        | {
            "id": event.household_id,
            "state": event.state,
            "monitored": event.monitored,
            "last_change": event.change,
            "household_version": event.household_version,
        },
    )
    if event.members:
        await repository.keep_persons(
            session,
            [
                where | {"id": member.id, "household_id": event.household_id, "state": member.state}
                for member in event.members
            ],
        )
