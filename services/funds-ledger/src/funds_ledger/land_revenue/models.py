"""Land revenue of a county by year as reported, and the shares that must go to agriculture (FND-11)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, reference, tenant
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.terms import MAX_FUND_FEN


class LandRevenueReport(CountyKey, Base):
    """Figures of a year from its beginning to ``as_of``. Append-only: of a year the latest day counts, of one day the
    highest revision."""

    __tablename__ = "land_revenue_report"
    __table_args__ = (
        UniqueConstraint("county_code", "year", "as_of", "revision", name="uq_land_revenue_report_revision"),
        Index("ix_land_revenue_report_recent", "county_code", "created_at", "id"),
        CheckConstraint(f"gross_fen BETWEEN 0 AND {MAX_FUND_FEN}", name="gross_range"),
        CheckConstraint("net_fen BETWEEN 0 AND gross_fen", name="net_within_gross"),
        CheckConstraint("agriculture_fen BETWEEN 0 AND gross_fen", name="agriculture_within_gross"),
        CheckConstraint("spent_fen BETWEEN 0 AND agriculture_fen", name="spent_within_agriculture"),
        CheckConstraint("extract(year FROM as_of) = year", name="of_year"),
        CheckConstraint("revision >= 1", name="revision"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    year: Mapped[int]
    as_of: Mapped[date]
    revision: Mapped[int]
    gross_fen: Mapped[Fen]
    """土地出让收入."""
    net_fen: Mapped[Fen]
    """土地出让收益: gross less the costs of acquisition, demolition and so on."""
    agriculture_fen: Mapped[Fen]
    """计提用于农业农村."""
    spent_fen: Mapped[Fen]
    """Of it spent."""
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class LandRevenueRule(Base):
    """Least shares for agriculture in a region, from a year on. Append-only."""

    __tablename__ = "land_revenue_rule"
    __table_args__ = (
        UniqueConstraint("region_code", "from_year", "revision", name="uq_land_revenue_rule_revision"),
        CheckConstraint("net_bp BETWEEN 0 AND 10000 AND gross_bp BETWEEN 0 AND 10000", name="shares"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    from_year: Mapped[int]
    revision: Mapped[int]
    net_bp: Mapped[int]
    gross_bp: Mapped[int]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
