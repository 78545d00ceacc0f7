"""What this service does when others tell it something."""

from __future__ import annotations

from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.spec import Consumer

from asset_registry.events import ProjectAccepted
from asset_registry.handovers.service import take_over
from asset_registry.households.consumers import apply_household_changed
from asset_registry.households.events import HouseholdChanged

CONSUMERS: dict[str, Consumer] = {
    RegionChanged.type: (RegionChanged, apply_region_changed),
    ProjectAccepted.type: (ProjectAccepted, take_over),
    HouseholdChanged.type: (HouseholdChanged, apply_household_changed),
}
