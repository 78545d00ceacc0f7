"""Acceptance, settlement and what a project became (FND-6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import CountyKey, Fen, RegionText, Timestamps, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.terms import MAX_FUND_FEN


class Acceptance(CountyKey, Timestamps, Base):
    """One acceptance of a project, followed by its settlement and its result. One that was taken back stays, ended."""

    __tablename__ = "acceptance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_acceptance_project",
        ),
        ForeignKeyConstraint(
            ["county_code", "notice_id"], ["act_notice.county_code", "act_notice.id"], name="fk_acceptance_notice"
        ),
        CheckConstraint(f"settled_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="settled_range"),
        CheckConstraint("(settled_fen IS NULL) = (settled_by IS NULL)", name="settled_by_whom"),
        CheckConstraint("settled_by <> accepted_by", name="two_persons"),
        CheckConstraint("result IN ('assets', 'no_assets')", name="result"),
        CheckConstraint("result IS NULL OR settled_fen IS NOT NULL", name="settled_before_result"),
        CheckConstraint("result <> 'no_assets' OR result_note <> ''", name="result_told"),
        CheckConstraint(
            "(result IS NOT DISTINCT FROM 'assets') = (jsonb_array_length(assets) > 0)"
            " AND (result IS DISTINCT FROM 'assets' OR financing_fen(assets) = settled_fen)",
            name="assets_add_up",
        ),
        Index(
            "uq_acceptance_standing",
            "county_code",
            "project_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        tenant("region_code"),
    )

    project_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    accepted_on: Mapped[date]
    unit: Mapped[str]
    """Who accepted it."""
    conclusion: Mapped[str]
    accepted_by: Mapped[UUID]
    accepted_by_name: Mapped[str]
    notice_id: Mapped[UUID]
    settled_fen: Mapped[Fen | None]
    settlement_number: Mapped[str | None]
    settled_by: Mapped[UUID | None]
    settled_by_name: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    composition: Mapped[list[Any]] = mapped_column(JSONB)
    """Where the settled money came from: ``[{"source_level", "year", "document_number", "amount_fen"}]``."""
    result: Mapped[str | None]
    result_note: Mapped[str]
    assets: Mapped[list[Any]] = mapped_column(JSONB)
    """Assets to be registered, with their values; they add up to what was settled."""
    ended_at: Mapped[datetime | None]
    """When the acceptance was taken back."""


class ProjectAsset(CountyKey, Base):
    """An asset that the registry says came from a project; ``id`` is the asset's."""

    __tablename__ = "project_asset"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "project_id"], ["project.county_code", "project.id"], name="fk_project_asset_project"
        ),
        Index("ix_project_asset_project", "county_code", "project_id"),
        tenant("region_code", grants="SELECT, INSERT"),
    )

    project_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    kind: Mapped[str]
    value_fen: Mapped[Fen]
    registered_at: Mapped[datetime]
