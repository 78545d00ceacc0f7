"""Tables of people who sign in.

None of them is a tenant table: people of a prefecture or a province belong to no county, so ``county_code`` cannot be
their key and row-level security by county does not fit. They are ``local`` to the gateway, and
``repository.readable(actor)`` limits an administrator to people of the own region or below.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.db import RegionText, Timestamps, Versioned, local
from service_kit.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db import Base
from gateway.identity.roles import ROLES


def _role_list() -> str:
    return ", ".join(f"'{code}'" for code in ROLES)


class UserAccount(Timestamps, Versioned, Base):
    """A person. ``region_code`` is empty for the nation; ``authorised_at`` is empty until a security administrator
    has confirmed role and region, and until then nobody can sign in with it."""

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("username"),
        CheckConstraint(f"role IN ({_role_list()})", name="role"),
        CheckConstraint(r"region_code ~ '^(|\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$'", name="region_code"),
        CheckConstraint("username = lower(username)", name="username"),
        Index("ix_user_account_region_code", "region_code", "username"),
        local(),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    username: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    region_code: Mapped[RegionText]
    password_hash: Mapped[str]
    authorised_at: Mapped[datetime | None]
    disabled: Mapped[bool] = mapped_column(default=False)
    last_login_at: Mapped[datetime | None]


class LoginSession(Base):
    """A signed-in browser. The token itself is only in its cookie; here is the SHA-256 of it."""

    __tablename__ = "login_session"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        Index("ix_login_session_user_id", "user_id"),
        local("SELECT, INSERT, UPDATE, DELETE"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class LoginThrottle(Base):
    """Attempts to sign in that have not succeeded, by user name and by address.

    ``subject`` is a keyed hash: what people type as a user name is now and then their password, and an address is
    personal data. A name that no user has is counted too, so a lockout does not tell who exists.
    """

    __tablename__ = "login_throttle"
    __table_args__ = (
        CheckConstraint("kind IN ('username', 'address')", name="kind"),
        Index("ix_login_throttle_ends_at", "ends_at"),
        local("SELECT, INSERT, UPDATE, DELETE"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    ends_at: Mapped[datetime]


class AdministratorLink(Base):
    """A one-time link with which the first administrator of an empty system makes the own account."""

    __tablename__ = "administrator_link"
    __table_args__ = (local("SELECT, UPDATE"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    region_code: Mapped[RegionText]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
