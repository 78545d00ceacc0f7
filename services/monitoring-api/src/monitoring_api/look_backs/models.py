"""Look-backs 回头看 after a risk was eliminated (MON-12)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, RegionText, Timestamps, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.field_records import FieldRecord, Review
from monitoring_api.households.models import HOUSEHOLD_KEY
from monitoring_api.look_backs import rules


class LookBack(CountyKey, Timestamps, Base):
    """One turn that is due, done or stopped. ``record_id`` is the record that counts, of ``records`` received."""

    __tablename__ = "look_back"
    __table_args__ = (
        UniqueConstraint("county_code", "case_id", "seq", name="uq_look_back_turn"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_look_back_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "case_id"], ["monitoring_case.county_code", "monitoring_case.id"], name="fk_look_back_case"
        ),
        ForeignKeyConstraint(
            ["county_code", "record_id", "id"],
            ["look_back_record.county_code", "look_back_record.id", "look_back_record.look_back_id"],
            name="fk_look_back_record",
            use_alter=True,
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("state", rules.State), name="state"),
        CheckConstraint(one_of("outcome", rules.Outcome), name="outcome"),
        CheckConstraint(one_of("review", Review), name="review"),
        CheckConstraint("seq >= 1 AND due_on >= opens_on", name="turn"),
        CheckConstraint("state <> 'due' OR record_id IS NULL", name="due"),
        CheckConstraint("state <> 'done' OR record_id IS NOT NULL", name="done"),
        CheckConstraint("num_nulls(record_id, outcome, done_at) IN (0, 3)", name="record"),
        CheckConstraint("(state = 'stopped') = (num_nulls(stopped_on, stop_reason) = 0)", name="stopped"),
        CheckConstraint("(review = 'none') = (records <= 1)", name="records"),
        Index(
            "ix_look_back_village",
            "county_code",
            "village_code",
            "due_on",
            "id",
            postgresql_where=text("state = 'due'"),
        ),
        Index("ix_look_back_due", "county_code", "due_on", "id"),
        Index("ix_look_back_household", "county_code", "household_id", "due_on"),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    case_id: Mapped[UUID]
    """The elimination that it follows."""
    seq: Mapped[int] = mapped_column(SmallInteger)
    opens_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="due")
    record_id: Mapped[UUID | None]
    outcome: Mapped[str | None]
    done_at: Mapped[datetime | None]
    """When the record that counts was received."""
    records: Mapped[int] = mapped_column(SmallInteger, default=0)
    review: Mapped[str] = mapped_column(default="none")
    stopped_on: Mapped[date | None]
    stop_reason: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)


class LookBackRecord(FieldRecord, Base):
    """What somebody found at a look-back. Append-only by privilege."""

    __tablename__ = "look_back_record"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "look_back_id", name="uq_look_back_record_look_back"),
        UniqueConstraint("county_code", "receipt_number", name="uq_look_back_record_receipt_number"),
        ForeignKeyConstraint(
            ["county_code", "look_back_id"],
            ["look_back.county_code", "look_back.id"],
            name="fk_look_back_record_look_back",
        ),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_look_back_record_household",
            onupdate="CASCADE",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("outcome", rules.Outcome), name="outcome"),
        CheckConstraint("length(payload_hash) = 64", name="payload_hash"),
        Index("ix_look_back_record_look_back", "county_code", "look_back_id", "received_at"),
        Index("ix_look_back_record_household", "county_code", "household_id"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    look_back_id: Mapped[UUID]
    outcome: Mapped[str]
    findings: Mapped[dict[str, Any]]
