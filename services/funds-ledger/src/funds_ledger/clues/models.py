"""Clues and their history (FND-12). Whoever closes a clue has not handled it: a CHECK, not a promise."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.clues import rules
from funds_ledger.db import Base
from funds_ledger.terms import MAX_FUND_FEN, sql_list

_STEPS = ", ".join(sorted(f"'{before or ''}>{action}>{after}'" for before, action, after in rules.CHANGES))
_IN_COUNTY = "region_code >= county_code AND region_code < county_code || ':'"


class Clue(CountyKey, Timestamps, Versioned, Base):
    """One clue about one thing. What was raised never changes; ``handler`` is who took it up, ``recovered_fen`` the
    sum of what came back."""

    __tablename__ = "clue"
    __table_args__ = (
        UniqueConstraint("county_code", "year", "number", name="uq_clue_number"),
        UniqueConstraint("county_code", "id", "region_code", name="uq_clue_region"),
        Index("ix_clue_recent", "county_code", "created_at", "id"),
        Index("ix_clue_state", "county_code", "state", "deadline", "id"),
        Index("ix_clue_subject", "county_code", "subject_id"),
        CheckConstraint(f"subject_type IN ({sql_list(rules.SUBJECT_TYPES)})", name="subject_type"),
        CheckConstraint(f"source IN ({sql_list(rules.SOURCES)})", name="source"),
        CheckConstraint(f"state IN ({sql_list(rules.STATES)})", name="state"),
        CheckConstraint(f"finding IN ({sql_list(rules.FINDINGS)})", name="finding"),
        CheckConstraint(f"amount_fen BETWEEN 0 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("recovered_fen BETWEEN 0 AND amount_fen", name="recovered_within_amount"),
        CheckConstraint("(state = 'received') = (handler_id IS NULL)", name="handled"),
        CheckConstraint("state NOT IN ('rectified', 'closed') OR finding IS NOT NULL", name="found"),
        CheckConstraint("(state = 'closed') = (closer_id IS NOT NULL)", name="closed"),
        CheckConstraint("closer_id <> handler_id", name="two_persons"),
        CheckConstraint("deadline >= found_on", name="deadline"),
        CheckConstraint(_IN_COUNTY, name="region_in_county"),
        tenant(
            "region_code",
            grants="SELECT, INSERT, UPDATE (state, amount_fen, recovered_fen, finding, handler_id, handler_name,"
            " closer_id, closer_name, closed_at, version, updated_at)",
        ),
    )

    region_code: Mapped[RegionText]
    """Where the thing lies that it is about."""
    year: Mapped[int]
    number: Mapped[int]
    """1, 2, 3 … within county and year."""
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    subject_title: Mapped[str]
    """What the thing was called when the clue was raised."""
    source: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    amount_fen: Mapped[Fen]
    """Money in question; zero when none is."""
    recovered_fen: Mapped[Fen] = mapped_column(default=0)
    responsible_unit: Mapped[str]
    found_on: Mapped[date]
    deadline: Mapped[date]
    state: Mapped[str]
    finding: Mapped[str | None]
    raised_by: Mapped[UUID]
    raised_by_name: Mapped[str]
    raised_by_role: Mapped[str]
    handler_id: Mapped[UUID | None]
    handler_name: Mapped[str | None]
    closer_id: Mapped[UUID | None]
    closer_name: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)


class ClueStep(CountyKey, Base):
    """One line of a clue's history. Never changed, never deleted."""

    __tablename__ = "clue_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "clue_id", "region_code"],
            ["clue.county_code", "clue.id", "clue.region_code"],
            name="fk_clue_step_clue",
        ),
        UniqueConstraint("county_code", "clue_id", "seq", name="uq_clue_step_seq"),
        CheckConstraint(f"coalesce(from_state, '') || '>' || action || '>' || to_state IN ({_STEPS})", name="step"),
        CheckConstraint("action IN ('raise', 'accept') OR note <> ''", name="note"),
        CheckConstraint("(action = 'recover') = (amount_fen IS NOT NULL) AND amount_fen > 0", name="recovered"),
        tenant("region_code", grants=APPEND_ONLY),
    )

    region_code: Mapped[RegionText]
    clue_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(SmallInteger)
    from_state: Mapped[str | None]
    action: Mapped[str]
    to_state: Mapped[str]
    note: Mapped[str]
    amount_fen: Mapped[Fen | None]
    """What came back with this step."""
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]
    by_role: Mapped[str]
