"""Who may do what with applications: they are the beginning of casework, so whoever does that does this."""

from __future__ import annotations

from monitoring_api.casework.auth import CasesRead, CasesWrite
from monitoring_api.households.auth import HouseholdsReveal

ApplicationsRead = CasesRead
ApplicationsWrite = CasesWrite
ApplicationsReveal = HouseholdsReveal
