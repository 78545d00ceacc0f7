"""The gateway owns regions; this service keeps a copy, told by its events."""

from __future__ import annotations

from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.spec import Consumer

CONSUMERS: dict[str, Consumer] = {RegionChanged.type: (RegionChanged, apply_region_changed)}
