"""Schemes of allocation by factors, with their frozen figures (FND-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.db import CountyKey, Fen, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.factors.rules import SCHEME_STATES, SchemeState
from funds_ledger.terms import MAX_FUND_FEN, PURPOSES, Purpose, sql_list


class FactorScheme(CountyKey, Timestamps, Versioned, Base):
    """One variant: weights, bounds, the figures as they were pulled, and the lines that follow from them.

    Only its state changes. That the lines add up to the amount is a CHECK, because they stand in the row.
    """

    __tablename__ = "factor_scheme"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "pool_id"], ["pool.county_code", "pool.id"], name="fk_factor_scheme_pool"),
        CheckConstraint(f"state IN ({sql_list(SCHEME_STATES)})", name="state"),
        CheckConstraint(f"purpose IN ({sql_list(PURPOSES)})", name="purpose"),
        CheckConstraint("level IN ('township', 'village')", name="level"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("financing_fen(lines) = amount_fen", name="lines_add_up"),
        CheckConstraint("(state = 'approved') = (batch_id IS NOT NULL)", name="posted"),
        CheckConstraint("state NOT IN ('approved', 'returned') OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("decided_by <> created_by", name="two_persons"),
        Index("ix_factor_scheme_recent", "county_code", "created_at", "id"),
        tenant(
            "county_code",
            grants="SELECT, INSERT, UPDATE (state, batch_id, decided_by, decided_by_name, decided_at, opinion, version,"
            " updated_at)",
        ),
    )

    pool_id: Mapped[UUID]
    year: Mapped[int]
    name: Mapped[str]
    purpose: Mapped[Purpose] = mapped_column(Text())
    level: Mapped[str]
    amount_fen: Mapped[Fen]
    weights: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Weight by factor, adding up to 100."""
    bounds: Mapped[list[Any]] = mapped_column(JSONB)
    """``[{"region_code", "floor_fen", "cap_fen"}]``."""
    figures: Mapped[list[Any]] = mapped_column(JSONB)
    """``[{"region_code", "name", "values": {factor: figure}}]`` as they stood at ``frozen_at``."""
    frozen_at: Mapped[datetime]
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    """``[{"region_code", "amount_fen", "adjustment_fen", "held_by", "parts"}]`` of the regions that get money."""
    note: Mapped[str]
    state: Mapped[SchemeState] = mapped_column(Text())
    batch_id: Mapped[UUID | None]
    """The posting that it became."""
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    opinion: Mapped[str]
    content_hash: Mapped[bytes | None]
