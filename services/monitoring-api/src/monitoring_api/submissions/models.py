"""What phones submit besides visits: verifications, applications, registrations (GW-4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, RegionText, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.field_records import FieldRecord
from monitoring_api.households.models import HOUSEHOLD_KEY
from monitoring_api.submissions import rules


class Submission(FieldRecord, Base):
    """One form as a phone closed it. Append-only by privilege: what it did stands with the case or the household.

    The row is written before its effect, so that a second upload of the same id waits for the first and then finds it;
    hence the foreign keys are checked at the end.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("county_code", "receipt_number", name="uq_submission_receipt_number"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_submission_household",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["county_code", "case_id"],
            ["monitoring_case.county_code", "monitoring_case.id"],
            name="fk_submission_case",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("kind", rules.Kind), name="kind"),
        CheckConstraint(one_of("outcome", rules.Outcome), name="outcome"),
        CheckConstraint("(kind = 'registration') = (case_id IS NULL)", name="case"),
        CheckConstraint("length(payload_hash) = 64", name="payload_hash"),
        Index("ix_submission_case", "county_code", "case_id", "received_at", "id"),
        Index("ix_submission_household", "county_code", "household_id", "received_at", "id"),
        Index("ix_submission_village", "county_code", "village_code", "received_at", "id"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    kind: Mapped[str]
    outcome: Mapped[str]
    case_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]]
    """The form without what identifies persons, which stands encrypted in the register."""
    photo_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    """The attachments that it names; they belong to its case, or to the household it registered."""


class SubmissionOpinion(CountyKey, Base):
    """What a person decided about a supplement: its id is the submission's. Append-only by privilege."""

    __tablename__ = "submission_opinion"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "id"],
            ["submission.county_code", "submission.id"],
            name="fk_submission_opinion_submission",
        ),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_submission_opinion_household",
            onupdate="CASCADE",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint("opinion <> ''", name="said"),
        Index("ix_submission_opinion_household", "county_code", "household_id"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    opinion: Mapped[str]
    written_at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
