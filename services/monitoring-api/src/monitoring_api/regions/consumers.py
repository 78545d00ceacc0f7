"""What this service does when others tell it something: it keeps a copy of the regions, and leads."""

from __future__ import annotations

from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.spec import Consumer

from monitoring_api.leads.consumers import take_overdue_loan
from monitoring_api.leads.events import LoanOverdue

CONSUMERS: dict[str, Consumer] = {
    RegionChanged.type: (RegionChanged, apply_region_changed),
    LoanOverdue.type: (LoanOverdue, take_overdue_loan),
}
