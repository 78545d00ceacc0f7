"""The pool: the money of one county, year and source level, and the place where the red line is guarded."""

from __future__ import annotations

from uuid import UUID

from service_kit.db import CountyKey, Fen, Timestamps, Versioned, tenant
from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.ledger.chain import GENESIS
from funds_ledger.terms import MAX_FUND_FEN, SOURCE_LEVELS, SourceLevel, sql_list


class Pool(CountyKey, Timestamps, Versioned, Base):
    """What was received and what was given away, in fen.

    The three sums change only by postings (``ledger.posting``), ``floor_bp`` only by floor rules. The constraint
    ``industry_floor`` is FND-2 in integers: what does not go to industry never exceeds ``received × (1 − floor)``.
    Being on money *received* it holds in any order of allocations and at every moment leaves industry its share.
    """

    __tablename__ = "pool"
    __table_args__ = (
        UniqueConstraint("county_code", "year", "source_level"),
        UniqueConstraint("county_code", "id", "year", "source_level"),
        ForeignKeyConstraint(["floor_rule_id"], ["floor_rule.id"]),
        CheckConstraint(f"source_level IN ({sql_list(SOURCE_LEVELS)})", name="source_level"),
        CheckConstraint(r"county_code ~ '^\d{6}$'", name="county_code"),
        CheckConstraint("floor_bp BETWEEN 0 AND 10000", name="floor_range"),
        CheckConstraint(f"received_fen BETWEEN 0 AND {MAX_FUND_FEN}", name="received_range"),
        CheckConstraint("allocated_industry_fen >= 0 AND allocated_other_fen >= 0", name="not_negative"),
        CheckConstraint("allocated_industry_fen + allocated_other_fen <= received_fen", name="within_received"),
        CheckConstraint("allocated_other_fen * 10000 <= received_fen * (10000 - floor_bp)", name="industry_floor"),
        CheckConstraint(
            "last_year_bp IS NULL OR (last_year_bp BETWEEN 0 AND 10000 AND floor_bp >= last_year_bp)",
            name="not_below_last_year",
        ),
        CheckConstraint("last_seq >= 0 AND version >= 1", name="counters"),
        CheckConstraint("octet_length(previous_hash) = 32 AND octet_length(last_hash) = 32", name="hashes"),
        tenant(
            "county_code",
            grants="SELECT, INSERT, UPDATE (received_fen, allocated_industry_fen, allocated_other_fen,"
            " floor_bp, floor_rule_id, last_year_bp, last_seq, previous_hash, last_hash, version, updated_at)",
        ),
    )

    year: Mapped[int]
    source_level: Mapped[SourceLevel] = mapped_column(Text())
    received_fen: Mapped[Fen] = mapped_column(default=0)
    allocated_industry_fen: Mapped[Fen] = mapped_column(default=0)
    allocated_other_fen: Mapped[Fen] = mapped_column(default=0)
    floor_bp: Mapped[int]
    floor_rule_id: Mapped[UUID]
    """The rule that the floor was taken from."""
    last_year_bp: Mapped[int | None]
    """Last year's industry share in basis points, rounded up, when a rule says "not below last year"; else NULL."""
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """Number of transfers posted; the newest one carries it as its ``seq``."""
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary, default=GENESIS)
    """The head of the hash chain before the newest transfer."""
    last_hash: Mapped[bytes] = mapped_column(LargeBinary, default=GENESIS)
    """The head of the hash chain over the pool's transfers, see ``ledger.chain``."""
