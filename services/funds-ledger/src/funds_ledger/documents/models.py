"""Budget documents 指标文件 that bring money (FND-1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, Timestamps, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.ledger.rules import DOCUMENT_ACT_KINDS, DocumentActKind
from funds_ledger.terms import MAX_FUND_FEN, SourceLevel, sql_list


class FundDocument(CountyKey, Timestamps, Base):
    """One document and its money.

    How the direct-to-county marker 直达 travels: a pool mixes documents, so the marker cannot live on the pool. It
    stays on the document; an allocation may name the document that it draws on, and then carries the same marker,
    held equal by a foreign key over ``(id, pool_id, direct)``. ``allocated_fen`` is what such allocations have drawn
    and never exceeds what the document now brings: the amount it came with and ``adjusted_fen``, the sum of the acts on
    it. An allocation that names no document draws on the pool at large.
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
        CheckConstraint(f"amount_fen + adjusted_fen BETWEEN 0 AND {MAX_FUND_FEN}", name="current_range"),
        CheckConstraint("allocated_fen BETWEEN 0 AND amount_fen + adjusted_fen", name="within_amount"),
        UniqueConstraint("county_code", "id", "pool_id"),
        CheckConstraint("received_on >= issued_on", name="received_after_issued"),
        tenant("county_code", grants="SELECT, INSERT, UPDATE (allocated_fen, adjusted_fen, updated_at)"),
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
    adjusted_fen: Mapped[Fen] = mapped_column(default=0)
    """Supplements less cuts and returns; may be negative."""
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]

    @property
    def current_fen(self) -> int:
        """What the document brings now."""
        return self.amount_fen + self.adjusted_fen


class DocumentAct(CountyKey, Base):
    """追加, 调减 or 退回: one later act on a document, by a document of its own. Never changed, never deleted.

    Exactly one transfer posts it; the foreign key there holds kind and amount equal.
    """

    __tablename__ = "document_act"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "document_id", "pool_id"],
            ["fund_document.county_code", "fund_document.id", "fund_document.pool_id"],
            name="fk_document_act_document",
        ),
        UniqueConstraint("county_code", "document_id", "number"),
        UniqueConstraint(
            "county_code", "id", "document_id", "pool_id", "kind", "amount_fen", name="uq_document_act_decision"
        ),
        CheckConstraint(f"kind IN ({sql_list(DOCUMENT_ACT_KINDS)})", name="kind"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        tenant("county_code", grants=APPEND_ONLY),
    )

    document_id: Mapped[UUID]
    pool_id: Mapped[UUID]
    kind: Mapped[DocumentActKind] = mapped_column(Text())
    number: Mapped[str]
    issued_on: Mapped[date]
    amount_fen: Mapped[Fen]
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
