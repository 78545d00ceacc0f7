"""What this service does when others tell it something."""

from __future__ import annotations

from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.spec import Consumer

from asset_registry.households.consumers import apply_household_changed
from asset_registry.households.events import HouseholdChanged

CONSUMERS: dict[str, Consumer] = {
    RegionChanged.type: (RegionChanged, apply_region_changed),
    HouseholdChanged.type: (HouseholdChanged, apply_household_changed),
}
