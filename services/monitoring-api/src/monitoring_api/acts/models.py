"""Acts on households: birth, death, split … each one append-only row (MON-1).

The act is the reason; the register's rows are its effect, written in the same transaction. ``version`` is the version
of the household that the act made, so that two acts cannot claim the same one. ``before`` is the image of every row
that the act touched, from which ``undo`` restores them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, RegionText, tenant
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api import terms
from monitoring_api.db import OWN_VILLAGE, Base, one_of
from monitoring_api.households.models import HOUSEHOLD_KEY


class RegisterAct(CountyKey, Base):
    """One act. ``household_id`` is the household it was done on, ``other_household_id`` the second one it touched."""

    __tablename__ = "register_act"
    __table_args__ = (
        UniqueConstraint("county_code", "household_id", "version", name="uq_register_act_version"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_register_act_household",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["county_code", "other_household_id"],
            ["household.county_code", "household.id"],
            name="fk_register_act_other_household",
        ),
        ForeignKeyConstraint(
            ["county_code", "undoes"],
            ["register_act.county_code", "register_act.id"],
            name="fk_register_act_undoes",
        ),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("kind", terms.ActKind), name="kind"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undoes"),
        CheckConstraint("(other_household_id IS NULL) = (other_version IS NULL)", name="other"),
        CheckConstraint("other_household_id <> household_id", name="two_households"),
        Index(
            "uq_register_act_undoes",
            "county_code",
            "undoes",
            unique=True,
            postgresql_where=text("undoes IS NOT NULL"),
        ),
        Index("ix_register_act_household", "county_code", "household_id", "recorded_at", "id"),
        Index(
            "ix_register_act_other",
            "county_code",
            "other_household_id",
            "recorded_at",
            "id",
            postgresql_where=text("other_household_id IS NOT NULL"),
        ),
        tenant("village_code", grants=APPEND_ONLY),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    version: Mapped[int]
    other_household_id: Mapped[UUID | None]
    other_version: Mapped[int | None]
    kind: Mapped[str]
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``[{"title", "number"}]``: the papers that prove it."""
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``[{"id", "name"}]`` of those whom it is about."""
    place: Mapped[str | None]
    """Where from or where to, in words."""
    relocation_id: Mapped[UUID | None]
    effects: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``[{"code", "params"}]``: what it did, as it was announced to the person before."""
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undoes: Mapped[UUID | None]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary())
