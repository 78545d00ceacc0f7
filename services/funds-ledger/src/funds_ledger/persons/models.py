"""What the register told of households and persons, for checks before money is paid out (FND-9). No personal data.

Only what changed is here: whoever is not listed is as the payout list says. Ids are the register's.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import CountyKey, RegionText, tenant
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from funds_ledger.db import Base

IN_COUNTY = "length(region_code) = 12 AND left(region_code, 6) = county_code"


class PersonStatus(CountyKey, Base):
    """A person by the register's id: present, died, moved_out, merged (was registered twice) or void."""

    __tablename__ = "person_status"
    __table_args__ = (
        CheckConstraint(IN_COUNTY, name="county"),
        Index("ix_person_status_list", "county_code", "changed_at", "id"),
        tenant("region_code"),
    )

    region_code: Mapped[RegionText]
    household_id: Mapped[UUID]
    state: Mapped[str]
    changed_at: Mapped[datetime]
    """Orders the news: deliveries may come out of order."""


class HouseholdStatus(CountyKey, Base):
    """A household by the register's id."""

    __tablename__ = "household_status"
    __table_args__ = (CheckConstraint(IN_COUNTY, name="county"), tenant("region_code"))

    region_code: Mapped[RegionText]
    state: Mapped[str]
    """``active`` or ``closed``."""
    monitored: Mapped[bool]
    last_change: Mapped[str]
    household_version: Mapped[int]
    changed_at: Mapped[datetime]
