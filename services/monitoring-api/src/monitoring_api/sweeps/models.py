"""Sweeps 排查: every household of an area once, and what was found wrong (MON-13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, RegionText, Timestamps, Versioned, reference, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.field_records import FieldRecord, Review
from monitoring_api.households.models import HOUSEHOLD_KEY
from monitoring_api.sweeps import rules

ITEM_KEY = ["sweep_item.county_code", "sweep_item.round_id", "sweep_item.household_id"]


class SweepRound(CountyKey, Timestamps, Versioned, Base):
    """One round over a county, a township or a village.

    Not scoped: a round of the county is read in each of its villages, whose scope is narrower. It holds no word about
    anybody; the items are scoped.
    """

    __tablename__ = "sweep_round"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "is_open", name="uq_sweep_round_open"),
        CheckConstraint(
            "length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code AND length(county_code) = 6",
            name="region",
        ),
        CheckConstraint("half IN (1, 2) AND year BETWEEN 2021 AND 2999", name="period"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint(
            "(is_open AND num_nonnulls(closed_at, closed_by, closed_by_name) = 0)"
            " OR (NOT is_open AND num_nulls(closed_at, closed_by, closed_by_name) = 0)",
            name="closed",
        ),
        Index("ix_sweep_round_year", "county_code", "year", "starts_on", "id"),
        reference(),
    )

    region_code: Mapped[RegionText]
    title: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    half: Mapped[int] = mapped_column(SmallInteger)
    """1 or 2: the half-year that the round counts for."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    form_version: Mapped[int] = mapped_column(SmallInteger)
    households: Mapped[int]
    """How many the area had when the round was opened."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    opened_by_name: Mapped[str]
    is_open: Mapped[bool] = mapped_column(default=True)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_by_name: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)


class SweepItem(CountyKey, Base):
    """One household of a round.

    ``round_open`` follows the round by its foreign key, and no item may be open in a closed round: so a round closes
    only when every household was seen or has a reason why not, whoever closes it and whatever happens meanwhile.
    """

    __tablename__ = "sweep_item"
    __table_args__ = (
        UniqueConstraint("county_code", "round_id", "household_id", name="uq_sweep_item_household"),
        ForeignKeyConstraint(
            ["county_code", "round_id", "round_open"],
            ["sweep_round.county_code", "sweep_round.id", "sweep_round.is_open"],
            name="fk_sweep_item_round",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_sweep_item_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "record_id", "round_id", "household_id"],
            [
                "sweep_record.county_code",
                "sweep_record.id",
                "sweep_record.round_id",
                "sweep_record.household_id",
            ],
            name="fk_sweep_item_record",
            use_alter=True,
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("state", rules.ItemState), name="state"),
        CheckConstraint(one_of("review", Review), name="review"),
        CheckConstraint("round_open OR state <> 'open'", name="round"),
        CheckConstraint("(state = 'done') = (record_id IS NOT NULL)", name="done"),
        CheckConstraint(
            "num_nulls(record_id, recorded_at, visitor_id, visitor_name, unchanged, problems) IN (0, 6)", name="record"
        ),
        CheckConstraint("state <> 'excused' OR num_nulls(excuse, excused_by_name, excused_at) = 0", name="excuse"),
        CheckConstraint("(review = 'none') = (records <= 1)", name="records"),
        Index(
            "ix_sweep_item_progress",
            "county_code",
            "round_id",
            "village_code",
            "state",
            postgresql_include=["unchanged", "problems", "review"],
        ),
        Index("ix_sweep_item_household", "county_code", "household_id"),
        tenant("village_code"),
    )

    round_id: Mapped[UUID]
    round_open: Mapped[bool]
    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    assignee_id: Mapped[UUID | None]
    """Who helped the household when the round was opened."""
    assignee_name: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")
    record_id: Mapped[UUID | None]
    """The record that counts, of ``records`` received; what follows repeats it."""
    recorded_at: Mapped[datetime | None]
    visitor_id: Mapped[UUID | None]
    visitor_name: Mapped[str | None]
    unchanged: Mapped[bool | None]
    problems: Mapped[int | None] = mapped_column(SmallInteger)
    records: Mapped[int] = mapped_column(SmallInteger, default=0)
    review: Mapped[str] = mapped_column(default="none")
    excuse: Mapped[str | None]
    excused_by_name: Mapped[str | None]
    excused_at: Mapped[datetime | None]


class SweepRecord(FieldRecord, Base):
    """What somebody found at a household in a round. Append-only by privilege."""

    __tablename__ = "sweep_record"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "round_id", "household_id", name="uq_sweep_record_item"),
        UniqueConstraint("county_code", "receipt_number", name="uq_sweep_record_receipt_number"),
        ForeignKeyConstraint(["county_code", "round_id", "household_id"], ITEM_KEY, name="fk_sweep_record_item"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_sweep_record_household",
            onupdate="CASCADE",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint("length(payload_hash) = 64", name="payload_hash"),
        CheckConstraint("unchanged = (findings IS NULL)", name="unchanged"),
        Index("ix_sweep_record_item", "county_code", "round_id", "household_id", "received_at"),
        Index("ix_sweep_record_household", "county_code", "household_id"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    round_id: Mapped[UUID]
    unchanged: Mapped[bool]
    """无变化: nothing differs from the register."""
    findings: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    problems: Mapped[list[Any]]
    """``[{"kind", "description"}]``."""


class SweepIssue(CountyKey, Timestamps, Versioned, Base):
    """One problem that a sweep found, open until it is struck off 销号 with a measure and evidence."""

    __tablename__ = "sweep_issue"
    __table_args__ = (
        UniqueConstraint("county_code", "round_id", "household_id", "kind", name="uq_sweep_issue_kind"),
        ForeignKeyConstraint(["county_code", "round_id", "household_id"], ITEM_KEY, name="fk_sweep_issue_item"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_sweep_issue_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "record_id"], ["sweep_record.county_code", "sweep_record.id"], name="fk_sweep_issue_record"
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("kind", rules.ProblemKind), name="kind"),
        CheckConstraint(one_of("state", rules.IssueState), name="state"),
        CheckConstraint(
            "(state = 'open' AND num_nonnulls(measure, evidence, struck_off_on, struck_off_at) = 0) OR (state ="
            " 'struck_off' AND num_nulls(measure, evidence, struck_off_on, struck_off_at, struck_off_by,"
            " struck_off_by_name) = 0)",
            name="struck_off",
        ),
        Index(
            "ix_sweep_issue_open",
            "county_code",
            "due_on",
            "id",
            postgresql_include=["village_code", "round_id"],
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_sweep_issue_round", "county_code", "round_id", "village_code", "state"),
        Index("ix_sweep_issue_found", "county_code", "found_at", "id"),
        Index("ix_sweep_issue_household", "county_code", "household_id"),
        tenant("village_code"),
    )

    round_id: Mapped[UUID]
    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    record_id: Mapped[UUID]
    kind: Mapped[str]
    description: Mapped[str]
    found_at: Mapped[datetime]
    found_by_name: Mapped[str]
    due_on: Mapped[date]
    """By when it is to be struck off."""
    state: Mapped[str] = mapped_column(default="open")
    measure: Mapped[str | None]
    evidence: Mapped[str | None]
    """What proves it, in words; files hang on it as attachments."""
    struck_off_on: Mapped[date | None]
    struck_off_at: Mapped[datetime | None]
    struck_off_by: Mapped[UUID | None]
    struck_off_by_name: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
