"""Who may read the archives: who may read the register that they are made of."""

from __future__ import annotations

from monitoring_api.households.auth import HouseholdsRead as ArchivesRead

__all__ = ["READ", "REVEAL", "ArchivesRead"]

READ = "monitoring.households:read"
REVEAL = "monitoring.households:reveal"
"""To have identity and phone numbers in full in an export."""
