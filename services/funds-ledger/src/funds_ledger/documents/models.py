"""Budget documents 指标文件 that bring money (FND-1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from service_kit.db import CountyKey, Fen, Timestamps, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.terms import MAX_FUND_FEN, SourceLevel


class FundDocument(CountyKey, Timestamps, Base):
    """One document and its money.

    How the direct-to-county marker 直达 travels: a pool mixes documents, so the marker cannot live on the pool. It
    stays on the document; an allocation may name the document that it draws on, and then carries the same marker,
    held equal by a foreign key over ``(id, pool_id, direct)``. ``allocated_fen`` is what such allocations have drawn
    and never exceeds the document's amount. An allocation that names no document draws on the pool at large.
    """

    __tablename__ = "fund_document"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "pool_id", "year", "source_level"],
            ["pool.county_code", "pool.id", "pool.year", "pool.source_level"],
            name="fk_fund_document_pool",
        ),
        UniqueConstraint("county_code", "year", "source_level", "number"),
        UniqueConstraint("county_code", "id", "pool_id", "direct"),
        Index(None, "county_code", "created_at", "id"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("allocated_fen BETWEEN 0 AND amount_fen", name="within_amount"),
        CheckConstraint("received_on >= issued_on", name="received_after_issued"),
        tenant("county_code", grants="SELECT, INSERT, UPDATE (allocated_fen, updated_at)"),
    )

    pool_id: Mapped[UUID]
    year: Mapped[int]
    source_level: Mapped[SourceLevel] = mapped_column(Text())
    number: Mapped[str]
    title: Mapped[str]
    issued_on: Mapped[date]
    received_on: Mapped[date]
    amount_fen: Mapped[Fen]
    purpose: Mapped[str]
    """What the document says the money is for, in its words; may be empty."""
    direct: Mapped[bool]
    allocated_fen: Mapped[Fen] = mapped_column(default=0)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
