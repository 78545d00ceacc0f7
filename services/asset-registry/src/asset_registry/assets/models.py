"""The three ledgers of assets and their history (AST-1).

Why the fund composition is a column and not a table of its own: that its lines add up to the original value must
never be false, and the house has no triggers. A CHECK sees one row, so the lines are in the asset's row, as
``[{"source_level", "year", "document_number", "amount_fen"}]``, and ``ck_asset_composition`` adds them up for every
writer, bulk loads too, with the immutable function ``composition_fen`` (made by the first migration; -1, which no
original value equals, when there is no line or one that is not positive). (Rows of their own would need a constraint
deferred to the commit, whose name a distributed database loses.) Lines are always written and shown as a whole with
their asset, and each version of them is kept in the history.

Notes for bulk loading (COPY): ``initials`` = ``service_kit.pinyin.initials(name)``; ``content_hash`` stays NULL;
each asset also has one line of history, ``act = 'imported'``, ``version = 1``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from service_kit.kit_tables import region
from service_kit.money import MAX_FEN
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from asset_registry import terms
from asset_registry.db import Base, one_of

OWN_COUNTY = "length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code"

FIELDS_OF_KIND = {
    "public_welfare": ("keeper", "keeper_person", "upkeep_budget_fen", "upkeep_source"),
    "operating": ("operator_name", "operation_mode", "contract_from", "contract_to", "yearly_rent_fen"),
    "household": ("household_id", "household_head_name"),
}
"""Columns that only assets of one kind fill."""

_NONE_OF_OTHER_KINDS = " AND ".join(
    f"(kind = '{kind}' OR num_nonnulls({', '.join(columns)}) = 0)" for kind, columns in FIELDS_OF_KIND.items()
)


class Asset(CountyKey, Timestamps, Versioned, Base):
    """One asset. ``version`` counts every change of it; each version has one line of history."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("county_code", "code", name="uq_asset_code"),
        UniqueConstraint("county_code", "id", "region_code", name="uq_asset_id_region"),
        ForeignKeyConstraint(["region_code"], [region.c.code], name="fk_asset_region"),
        UniqueConstraint("county_code", "pending_id", name="uq_asset_pending"),
        ForeignKeyConstraint(
            ["county_code", "pending_id"], ["pending_asset.county_code", "pending_asset.id"], name="fk_asset_pending"
        ),
        CheckConstraint(OWN_COUNTY, name="county"),
        CheckConstraint(one_of("kind", terms.AssetKind), name="kind"),
        CheckConstraint(one_of("status", terms.AssetStatus), name="status"),
        CheckConstraint(one_of("owner_kind", terms.OwnerKind), name="owner_kind"),
        CheckConstraint(f"original_value_fen BETWEEN 1 AND {MAX_FEN}", name="original_value"),
        CheckConstraint(
            "jsonb_typeof(fund_composition) = 'array' AND composition_fen(fund_composition) = original_value_fen",
            name="composition",
        ),
        CheckConstraint(_NONE_OF_OTHER_KINDS, name="fields_of_kind"),
        CheckConstraint(
            "kind <> 'household' OR (household_id IS NOT NULL AND household_head_name IS NOT NULL"
            " AND owner_kind = 'individual' AND length(region_code) = 12)",
            name="household",
        ),
        CheckConstraint(
            "contract_to IS NULL OR (contract_from IS NOT NULL AND contract_to >= contract_from)",
            name="contract_period",
        ),
        CheckConstraint("upkeep_budget_fen >= 0", name="upkeep_budget"),
        CheckConstraint("yearly_rent_fen >= 0", name="yearly_rent"),
        # Serves the list, and the totals of a region without touching the table.
        Index(
            "ix_asset_list",
            "county_code",
            "region_code",
            "code",
            postgresql_include=["kind", "status", "original_value_fen"],
        ),
        Index(
            "ix_asset_household_id",
            "county_code",
            "household_id",
            postgresql_where=text("household_id IS NOT NULL"),
        ),
        tenant("region_code"),
    )

    region_code: Mapped[RegionText]
    """County, township or village that the asset lies in."""
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    """资产编号, unique in the county; lists are in its byte order within a region."""
    name: Mapped[str]
    initials: Mapped[str]
    """Pinyin initials of the name, lower case."""
    category: Mapped[str]
    """The county's own word for what it is, e.g. 光伏电站."""
    project_name: Mapped[str | None]
    """The project that it came from."""
    project_id: Mapped[UUID | None]
    """That project in the funds ledger, when it handed the asset over."""
    pending_id: Mapped[UUID | None]
    """The entry of the assets to be registered that it was entered from."""
    original_value_fen: Mapped[Fen]
    fund_composition: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    location: Mapped[str | None]
    built_on: Mapped[date | None]
    status: Mapped[str]
    owner_kind: Mapped[str]
    owner_name: Mapped[str | None]
    title_confirmed: Mapped[bool]
    """已确权 (AST-2)."""
    keeper: Mapped[str | None]
    """管护主体 (AST-3)."""
    keeper_person: Mapped[str | None]
    upkeep_budget_fen: Mapped[Fen | None]
    """Per year."""
    upkeep_source: Mapped[str | None]
    operator_name: Mapped[str | None]
    """经营主体 (AST-4)."""
    operation_mode: Mapped[str | None]
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]
    yearly_rent_fen: Mapped[Fen | None]
    household_id: Mapped[UUID | None]
    """The household in the monitoring service's register (AST-11)."""
    household_head_name: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
    """演示数据: made up, shown as such."""
    content_hash: Mapped[bytes | None]
    """Hash of the request that registered it, to recognise a repeated one; null when bulk loaded."""


class AssetChange(CountyKey, Base):
    """One line of an asset's history: who did what to make version ``version`` of it. Append-only by privilege."""

    __tablename__ = "asset_change"
    __table_args__ = (
        UniqueConstraint("county_code", "asset_id", "version", name="uq_asset_change_version"),
        ForeignKeyConstraint(
            ["county_code", "asset_id", "region_code"],
            ["asset.county_code", "asset.id", "asset.region_code"],
            name="fk_asset_change_asset",
        ),
        CheckConstraint(one_of("act", terms.Act), name="act"),
        tenant("region_code", grants=APPEND_ONLY),
    )

    asset_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    version: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    act: Mapped[str]
    reason: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``[{"field", "before", "after"}]`` as the API spells the fields; amounts in yuan."""
