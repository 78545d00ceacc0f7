"""Assets to be registered 待登记资产: what accepted projects hand over (FND-6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, tenant
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from asset_registry import terms
from asset_registry.assets.models import OWN_COUNTY
from asset_registry.db import Base, one_of


class PendingAsset(CountyKey, Base):
    """One thing that a project left behind, with where its money came from; ``id`` was given by the ledger."""

    __tablename__ = "pending_asset"
    __table_args__ = (
        CheckConstraint(OWN_COUNTY, name="county"),
        CheckConstraint(one_of("kind", terms.AssetKind), name="kind"),
        CheckConstraint("composition_fen(fund_composition) = value_fen", name="composition"),
        CheckConstraint("state IN ('pending', 'registered')", name="state"),
        CheckConstraint("(state = 'registered') = (asset_id IS NOT NULL)", name="registered"),
        Index(
            "ix_pending_asset_waiting",
            "county_code",
            "region_code",
            "received_at",
            "id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_pending_asset_project", "county_code", "project_id"),
        tenant("region_code", grants="SELECT, INSERT, UPDATE (state, asset_id)"),
    )

    region_code: Mapped[RegionText]
    project_id: Mapped[UUID]
    project_name: Mapped[str]
    accepted_on: Mapped[date]
    name: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str]
    location: Mapped[str | None]
    value_fen: Mapped[Fen]
    fund_composition: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str]
    asset_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
