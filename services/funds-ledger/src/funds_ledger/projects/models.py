"""Projects, their steps and findings, and the entries of the library (FND-4, FND-8).

The history is the truth and the project repeats its end, as with cases: a deferred foreign key ties
``(version, state)`` to the last step, each step to the one before, and a CHECK holds the table of transitions. A
``library_entry`` exists only once the notice of the entry has been closed; a ``plan_entry`` refers to it and an
allocation to that, so money cannot reach a project by any other way.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, reference, tenant
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.projects import rules
from funds_ledger.terms import MAX_FUND_FEN, sql_list

IN_COUNTY = "region_code > county_code AND region_code < county_code || ':'"
_STEPS = ", ".join(sorted(f"'{before or ''}>{action}>{after}'" for before, action, after in rules.TRANSITIONS))
_DAY = "(at AT TIME ZONE 'Asia/Shanghai')::date"
_COMPLETE = (
    "num_nulls(category, nature, place, responsible_unit, starts_on, ends_on, tasks, size, planned_fen, beneficiaries,"
    " beneficiary_households, beneficiary_people, benefit_mechanism) = 0"
    " AND jsonb_array_length(goals) > 0 AND cardinality(benefit_kinds) > 0 AND financing_fen(financing) = planned_fen"
)


class Project(CountyKey, Timestamps, Versioned, Base):
    """One project from its proposal on. ``version`` is the number of its last step."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "region_code", name="uq_project_region"),
        ForeignKeyConstraint(
            ["county_code", "id", "version", "state"],
            ["project_step.county_code", "project_step.project_id", "project_step.seq", "project_step.to_state"],
            name="fk_project_last_step",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        CheckConstraint(IN_COUNTY, name="region_in_county"),
        CheckConstraint("length(region_code) IN (9, 12)", name="region_level"),
        CheckConstraint(f"state IN ({sql_list(rules.STATES)})", name="state"),
        CheckConstraint(f"category IN ({sql_list(rules.CATEGORIES)})", name="category"),
        CheckConstraint(f"nature IN ({sql_list(rules.NATURES)})", name="nature"),
        CheckConstraint(f"planned_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="planned_range"),
        CheckConstraint("ends_on >= starts_on", name="schedule"),
        CheckConstraint("beneficiary_households >= 0 AND beneficiary_people >= 0", name="beneficiaries"),
        CheckConstraint("priority BETWEEN 1 AND 9999", name="priority"),
        CheckConstraint("open_findings >= 0", name="findings"),
        CheckConstraint(
            "state IN ('draft', 'township_review', 'county_review', 'refused', 'withdrawn') OR open_findings = 0",
            name="findings_decided",
        ),
        CheckConstraint(f"state IN ('draft', 'withdrawn') OR ({_COMPLETE})", name="complete"),
        CheckConstraint(
            "(state IN ('notice', 'adjustment_notice', 'withdrawal_notice')) <= (notice_id IS NOT NULL)", name="notice"
        ),
        Index("ix_project_list", "county_code", "region_code", "created_at", "id"),
        Index("ix_project_recent", "county_code", "created_at", "id"),
        Index("ix_project_state", "county_code", "state", "created_at", "id"),
        tenant("region_code"),
    )

    region_code: Mapped[RegionText]
    """Village or township that it lies in."""
    year: Mapped[int]
    """The year it is proposed for."""
    name: Mapped[str]
    category: Mapped[str | None]
    nature: Mapped[str | None]
    place: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    responsible_unit: Mapped[str | None]
    tasks: Mapped[str | None]
    size: Mapped[str | None]
    """建设规模."""
    planned_fen: Mapped[Fen | None]
    financing: Mapped[list[Any]] = mapped_column(JSONB)
    """``[{"source_level", "amount_fen"}]``; adds up to what is planned."""
    beneficiaries: Mapped[str | None]
    beneficiary_households: Mapped[int | None]
    beneficiary_people: Mapped[int | None]
    goals: Mapped[list[Any]] = mapped_column(JSONB)
    """Performance targets ``[{"name", "unit", "target", "at_least", "weight"}]``; targets are decimal strings."""
    benefit_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    benefit_mechanism: Mapped[str | None]
    """联农带农: how farmers benefit."""
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[rules.State] = mapped_column(Text())
    state_since: Mapped[datetime]
    open_findings: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Matches with the negative list and possible duplicates that nobody has decided, or that were upheld."""
    notice_id: Mapped[UUID | None]
    """The notice that is or was up last."""
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """A change that waits for its notice: ``{"changes": {...}, "reason": ...}``."""
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[str]
    content_hash: Mapped[bytes | None]
    demo: Mapped[bool] = mapped_column(default=False)


class ProjectStep(CountyKey, Base):
    """One step: who moved the project from where to where, with what. Append-only by privilege."""

    __tablename__ = "project_step"
    __table_args__ = (
        UniqueConstraint("county_code", "project_id", "seq", "to_state", name="uq_project_step_state"),
        UniqueConstraint("county_code", "project_id", "seq", name="uq_project_step_seq"),
        ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_project_step_project",
        ),
        ForeignKeyConstraint(
            ["county_code", "project_id", "previous_seq", "from_state"],
            ["project_step.county_code", "project_step.project_id", "project_step.seq", "project_step.to_state"],
            name="fk_project_step_previous",
        ),
        ForeignKeyConstraint(
            ["county_code", "notice_id", "notice_closed_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_project_step_notice",
        ),
        CheckConstraint(f"coalesce(from_state, '') || '>' || action || '>' || to_state IN ({_STEPS})", name="step"),
        CheckConstraint("(seq = 1) = (from_state IS NULL)", name="first"),
        CheckConstraint("previous_seq IS NOT DISTINCT FROM nullif(seq - 1, 0)", name="previous"),
        CheckConstraint(
            f"action NOT IN ({sql_list(tuple(sorted(rules.AFTER_NOTICE)))}) OR (notice_id IS NOT NULL"
            f" AND notice_closed_on IS NOT NULL AND {_DAY} >= notice_closed_on)",
            name="after_notice",
        ),
        CheckConstraint(
            f"action NOT IN ({sql_list(tuple(sorted(rules.NEEDS_REASON)))}) OR opinion <> ''", name="reason"
        ),
        tenant("region_code", grants=APPEND_ONLY),
    )

    project_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    seq: Mapped[int] = mapped_column(SmallInteger)
    previous_seq: Mapped[int | None] = mapped_column(SmallInteger)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    action: Mapped[str]
    opinion: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    notice_id: Mapped[UUID | None]
    notice_closed_on: Mapped[date | None]


class ProjectFinding(CountyKey, Base):
    """A match with the negative list or a possible duplicate: shown to a person, who decides with a reason."""

    __tablename__ = "project_finding"
    __table_args__ = (
        UniqueConstraint("county_code", "project_id", "kind", "subject_id", name="uq_project_finding_subject"),
        ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_project_finding_project",
        ),
        CheckConstraint("kind IN ('negative', 'duplicate')", name="kind"),
        CheckConstraint("verdict IN ('cleared', 'upheld')", name="verdict"),
        CheckConstraint(
            "verdict IS NULL OR num_nulls(reason, decided_by, decided_by_name, decided_at) = 0", name="decided"
        ),
        tenant("region_code"),
    )

    project_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    """The entry of the negative list, or the other project."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    found_at: Mapped[datetime]
    active: Mapped[bool]
    """Whether the proposal as it was last submitted still gives rise to it."""
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class LibraryEntry(CountyKey, Timestamps, Base):
    """A project in the library, with its planned money; ``id`` is the project's. Made when its notice closed."""

    __tablename__ = "library_entry"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "region_code", "purpose", name="uq_library_entry_what"),
        ForeignKeyConstraint(
            ["county_code", "id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_library_entry_project",
        ),
        ForeignKeyConstraint(
            ["county_code", "notice_id", "entered_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_library_entry_notice",
        ),
        CheckConstraint(f"planned_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="planned_range"),
        CheckConstraint("allocated_fen BETWEEN 0 AND planned_fen", name="within_planned"),
        CheckConstraint("left_on IS NULL OR allocated_fen = 0", name="left_unfunded"),
        tenant("region_code", grants="SELECT, INSERT, UPDATE (planned_fen, allocated_fen, left_on, updated_at)"),
    )

    region_code: Mapped[RegionText]
    purpose: Mapped[str]
    planned_fen: Mapped[Fen]
    allocated_fen: Mapped[Fen] = mapped_column(default=0)
    notice_id: Mapped[UUID]
    entered_on: Mapped[date]
    left_on: Mapped[date | None]


class NegativeListItem(Base):
    """What the money must not be spent on, with the words that hint at it, from a date on. Append-only."""

    __tablename__ = "negative_list_item"
    __table_args__ = (
        UniqueConstraint("region_code", "code", "revision", name="uq_negative_list_item_revision"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6})$'", name="region_code"),
        CheckConstraint("cardinality(words) BETWEEN 1 AND 100", name="words"),
        CheckConstraint("ends_on >= effective_on", name="period"),
        CheckConstraint("revision >= 1", name="revision"),
        reference(APPEND_ONLY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_code: Mapped[RegionText]
    code: Mapped[str]
    title: Mapped[str]
    rule: Mapped[str]
    words: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    effective_on: Mapped[date]
    ends_on: Mapped[date | None]
    revision: Mapped[int]
    basis: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]


class PerformanceRecord(CountyKey, Base):
    """Monitoring or self-evaluation of a project's targets (FND-8). Append-only."""

    __tablename__ = "performance_record"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_performance_record_project",
        ),
        CheckConstraint("kind IN ('monitoring', 'self_evaluation')", name="kind"),
        CheckConstraint("score_bp BETWEEN 0 AND 10000", name="score"),
        CheckConstraint("benefited_households >= 0 AND benefited_people >= 0 AND income_fen >= 0", name="benefit"),
        Index("ix_performance_record_project", "county_code", "project_id", "at"),
        Index(
            "ix_performance_record_score",
            "county_code",
            "region_code",
            "at",
            postgresql_where=text("kind = 'self_evaluation'"),
        ),
        tenant("region_code", grants=APPEND_ONLY),
    )

    project_id: Mapped[UUID]
    region_code: Mapped[RegionText]
    kind: Mapped[str]
    as_of: Mapped[date]
    actuals: Mapped[list[Any]] = mapped_column(JSONB)
    """Decimal strings, one per goal, in their order."""
    score_bp: Mapped[int]
    benefited_households: Mapped[int]
    benefited_people: Mapped[int]
    income_fen: Mapped[Fen]
    """What farmers earned through it."""
    problems: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
