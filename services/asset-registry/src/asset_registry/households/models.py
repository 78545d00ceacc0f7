"""What happened to the household that an asset was given to (AST-11): told by the register, shown with the asset."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, RegionText, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from asset_registry.db import Base, one_of
from asset_registry.households.events import TellingChange


class AssetHouseholdChange(CountyKey, Base):
    """One piece of news about the household of one asset, in the asset's own region. No personal data."""

    __tablename__ = "asset_household_change"
    __table_args__ = (
        UniqueConstraint(
            "county_code", "asset_id", "household_version", "change", name="uq_asset_household_change_news"
        ),
        ForeignKeyConstraint(
            ["county_code", "asset_id", "region_code"],
            ["asset.county_code", "asset.id", "asset.region_code"],
            name="fk_asset_household_change_asset",
        ),
        CheckConstraint(one_of("change", TellingChange), name="change"),
        tenant("region_code", grants=APPEND_ONLY),
    )

    asset_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    household_version: Mapped[int]
    """Orders the news: deliveries may come out of order."""
    change: Mapped[str]
    state: Mapped[str]
    """Of the household: active or closed."""
    people: Mapped[int]
    """How many persons the news is about."""
    changed_at: Mapped[datetime]
