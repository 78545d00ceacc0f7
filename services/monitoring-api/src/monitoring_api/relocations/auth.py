"""Who may see and decide moves into their region: those who read and write the register there."""

from __future__ import annotations

from monitoring_api.households.auth import HouseholdsRead, HouseholdsWrite

RelocationsRead = HouseholdsRead
RelocationsWrite = HouseholdsWrite

__all__ = ["RelocationsRead", "RelocationsWrite"]
