"""Who may do what with acts: those who read and write the register."""

from __future__ import annotations

from monitoring_api.households.auth import HouseholdsRead, HouseholdsWrite

ActsRead = HouseholdsRead
ActsWrite = HouseholdsWrite

__all__ = ["ActsRead", "ActsWrite"]
