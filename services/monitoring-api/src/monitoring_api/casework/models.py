"""Cases and their history (MON-6, MON-11).

The history is the truth and the case repeats its end: a deferred foreign key ties ``(version, state)`` of a case to the
last step, each step to the one before, and a CHECK holds the table of transitions. A step of the desk out of a public
notice needs the notice closed, which a CHECK allows only after its period and without an open objection.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.casework import rules
from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.households.models import HOUSEHOLD_KEY
from monitoring_api.policy.rules import STAGES, StepRole

_OPEN = ", ".join(f"'{stage}'" for stage in STAGES)
_STEPS = ", ".join(sorted(f"'{before or ''}>{action}>{after}'" for before, action, after in rules.TRANSITIONS))
_SHANGHAI_DAY = "(at AT TIME ZONE 'Asia/Shanghai')::date"


class Case(CountyKey, Timestamps, Versioned, Base):
    """One case of one household. ``version`` is the number of its last step."""

    __tablename__ = "monitoring_case"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "village_code", name="uq_monitoring_case_village"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_monitoring_case_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "id", "version", "state"],
            ["case_step.county_code", "case_step.case_id", "case_step.seq", "case_step.to_state"],
            name="fk_monitoring_case_last_step",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        ForeignKeyConstraint(["profile_code"], ["policy_profile.code"], name="fk_monitoring_case_profile"),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("kind", rules.Kind), name="kind"),
        CheckConstraint(one_of("state", rules.State), name="state"),
        CheckConstraint(one_of("origin", rules.Origin), name="origin"),
        CheckConstraint(f"is_open = (state IN ({_OPEN}))", name="open"),
        CheckConstraint("is_open = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("is_open = (cardinality(roles) > 0)", name="roles"),
        CheckConstraint("is_open = (closed_at IS NULL)", name="closed"),
        CheckConstraint(
            "state <> 'monitored' OR (kind = 'identification'"
            " AND num_nulls(monitored_class, net_income_per_head, people, income_line) = 0)",
            name="determined",
        ),
        CheckConstraint(
            "state NOT IN ('eliminated', 'rolled_back', 'remarked') OR kind <> 'identification'", name="eliminated"
        ),
        Index(
            "uq_monitoring_case_open",
            "county_code",
            "household_id",
            unique=True,
            postgresql_where=text("is_open"),
        ),
        Index(
            "ix_monitoring_case_village",
            "county_code",
            "village_code",
            "due_on",
            "id",
            postgresql_include=["state", "roles"],
            postgresql_where=text("is_open"),
        ),
        *(
            # One for each role, so that a county's own few cases are found among those of all its villages.
            Index(
                f"ix_monitoring_case_todo_{role}",
                "county_code",
                "due_on",
                "id",
                postgresql_include=["village_code", "state"],
                postgresql_where=text(f"is_open AND '{role}' = ANY (roles)"),
            )
            for role in get_args(StepRole)
        ),
        Index("ix_monitoring_case_started", "county_code", "opened_by", "opened_at", "id"),
        Index("ix_monitoring_case_opened", "county_code", "opened_at", "id"),
        Index("ix_monitoring_case_household", "county_code", "household_id", "opened_at", "id"),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    kind: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    is_open: Mapped[bool]
    due_on: Mapped[date | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    """Who takes the next step."""
    origin: Mapped[str]
    lead_id: Mapped[UUID | None]
    """The lead it came from; leads are kept elsewhere."""
    previous_case_id: Mapped[UUID | None]
    """The household's last case, e.g. the refused one that is applied for again."""
    difficulty: Mapped[str]
    risks: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    opened_by_name: Mapped[str]
    closed_at: Mapped[datetime | None]
    profile_code: Mapped[str]
    rules: Mapped[dict[str, Any]]
    """The policy values it was opened under, by key (``policy.rules``)."""
    income_line: Mapped[Fen]
    window_from: Mapped[date]
    window_to: Mapped[date]
    notice_id: Mapped[UUID | None]
    """The notice that is or was up last."""
    income: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the home verification found, in fen, by source."""
    people: Mapped[int | None] = mapped_column(SmallInteger)
    net_income_per_head: Mapped[Fen | None]
    monitored_class: Mapped[str | None]
    determined_risks: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    content_hash: Mapped[bytes | None]
    demo: Mapped[bool] = mapped_column(default=False)


class CaseStep(CountyKey, Base):
    """One step: who moved the case from where to where, with what evidence. Append-only by privilege."""

    __tablename__ = "case_step"
    __table_args__ = (
        UniqueConstraint("county_code", "case_id", "seq", "to_state", name="uq_case_step_state"),
        UniqueConstraint("county_code", "case_id", "seq", name="uq_case_step_seq"),
        ForeignKeyConstraint(
            ["county_code", "case_id", "village_code"],
            ["monitoring_case.county_code", "monitoring_case.id", "monitoring_case.village_code"],
            name="fk_case_step_case",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "case_id", "previous_seq", "from_state"],
            ["case_step.county_code", "case_step.case_id", "case_step.seq", "case_step.to_state"],
            name="fk_case_step_previous",
        ),
        ForeignKeyConstraint(
            ["county_code", "case_id", "notice_id", "notice_closed_on"],
            ["case_notice.county_code", "case_notice.case_id", "case_notice.id", "case_notice.closed_on"],
            name="fk_case_step_notice",
        ),
        CheckConstraint(f"coalesce(from_state, '') || '>' || action || '>' || to_state IN ({_STEPS})", name="step"),
        CheckConstraint("(seq = 1) = (from_state IS NULL)", name="first"),
        CheckConstraint("previous_seq IS NOT DISTINCT FROM nullif(seq - 1, 0)", name="previous"),
        CheckConstraint(
            "from_state IS DISTINCT FROM 'notice' OR action <> 'complete'"
            " OR (notice_id IS NOT NULL AND notice_closed_on IS NOT NULL"
            f" AND {_SHANGHAI_DAY} >= notice_closed_on)",
            name="notice",
        ),
        CheckConstraint("action <> 'complete' OR evidence IS NOT NULL", name="evidence"),
        Index("ix_case_step_actor", "county_code", "actor_id", "at", "id"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    case_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    seq: Mapped[int] = mapped_column(SmallInteger)
    previous_seq: Mapped[int | None] = mapped_column(SmallInteger)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    action: Mapped[str]
    opinion: Mapped[str]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    actor_region: Mapped[RegionText]
    due_on: Mapped[date | None]
    """The limit that this step had to keep."""
    notice_id: Mapped[UUID | None]
    notice_closed_on: Mapped[date | None]


class CaseNotice(CountyKey, Base):
    """A public notice about a case; its id is that of the published notice."""

    __tablename__ = "case_notice"
    __table_args__ = (
        UniqueConstraint("county_code", "case_id", "id", "closed_on", name="uq_case_notice_closed"),
        ForeignKeyConstraint(
            ["county_code", "case_id", "village_code"],
            ["monitoring_case.county_code", "monitoring_case.id", "monitoring_case.village_code"],
            name="fk_case_notice_case",
            onupdate="CASCADE",
        ),
        CheckConstraint("days >= 5 AND ends_on - starts_on >= days", name="period"),
        CheckConstraint("open_objections >= 0 AND upheld_objections >= 0", name="objections"),
        CheckConstraint(
            "closed_on IS NULL OR (closed_on > ends_on AND open_objections = 0 AND upheld_objections = 0)",
            name="close",
        ),
        tenant("village_code"),
    )

    case_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    starts_on: Mapped[date]
    days: Mapped[int] = mapped_column(SmallInteger)
    ends_on: Mapped[date]
    open_objections: Mapped[int] = mapped_column(SmallInteger, default=0)
    upheld_objections: Mapped[int] = mapped_column(SmallInteger, default=0)
    closed_on: Mapped[date | None]


class Objection(CountyKey, Versioned, Base):
    """What somebody of the public objects to a notice; name and phone encrypted."""

    __tablename__ = "objection"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "notice_id"],
            ["case_notice.county_code", "case_notice.id"],
            name="fk_objection_notice",
        ),
        ForeignKeyConstraint(
            ["county_code", "case_id", "village_code"],
            ["monitoring_case.county_code", "monitoring_case.id", "monitoring_case.village_code"],
            name="fk_objection_case",
            onupdate="CASCADE",
        ),
        UniqueConstraint("county_code", "receipt_number", name="uq_objection_receipt_number"),
        CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="state"),
        CheckConstraint("(state = 'open') = (handled_at IS NULL)", name="handled"),
        CheckConstraint("state = 'open' OR num_nulls(finding, handled_by, handled_by_name) = 0", name="finding"),
        Index("ix_objection_notice", "county_code", "notice_id", "phone_index"),
        Index("ix_objection_case", "county_code", "case_id", "received_at"),
        tenant("village_code"),
    )

    notice_id: Mapped[UUID]
    case_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    receipt_number: Mapped[str]
    received_at: Mapped[datetime]
    name: Mapped[bytes]
    name_masked: Mapped[str]
    phone: Mapped[bytes]
    phone_index: Mapped[bytes]
    phone_masked: Mapped[str]
    statement: Mapped[str]
    state: Mapped[str]
    finding: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[UUID | None]
    handled_by_name: Mapped[str | None]
