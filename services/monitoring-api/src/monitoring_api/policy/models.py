"""Rules of casework as data with dates (MON-3, MON-4).

A *profile* is a policy period of the nation with its own words; its defaults are rows. A county's *settings* override
single keys from a date on. Nothing is edited in place: a change is a new row, and a case keeps the rules under which it
was opened.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, reference
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import Base

_KEY = "key ~ '^[a-z_]+$'"
"""Which keys there are is for ``policy.rules.Key`` to say: a new one needs rows, not a new shape of the table."""


class PolicyProfile(Base):
    """One policy period, e.g. 过渡期 2021–2025, and what it calls things."""

    __tablename__ = "policy_profile"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"), reference("SELECT"))

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    object_name: Mapped[str]
    """What a household under monitoring is called."""
    fund_name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class PolicyDefault(Base):
    """The value of one key in a profile where a county has set none. ``value`` has the shape of ``policy.rules``."""

    __tablename__ = "policy_default"
    __table_args__ = (
        ForeignKeyConstraint(["profile_code"], ["policy_profile.code"], name="fk_policy_default_profile"),
        CheckConstraint(_KEY, name="key"),
        reference("SELECT"),
    )

    profile_code: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class PolicySetting(CountyKey, Base):
    """A county's own value of one key from ``valid_from`` on. Append-only by privilege.

    A catalogue and not scoped: the rules of a county are read in each of its villages, whose scope is narrower.

    Of several for the same day the one with the highest ``revision`` holds; the constraint on it makes two clerks who
    change the same thing at once meet.
    """

    __tablename__ = "policy_setting"
    __table_args__ = (
        UniqueConstraint("county_code", "key", "valid_from", "revision", name="uq_policy_setting_revision"),
        CheckConstraint("length(county_code) = 6", name="county"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint(_KEY, name="key"),
        reference(APPEND_ONLY),
    )

    key: Mapped[str]
    value: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    revision: Mapped[int] = mapped_column(SmallInteger)
    recorded_at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    reason: Mapped[str]
