"""Identifiers: UUIDv7, made in the application, or on the phone that works offline (ARCHITECTURE rule 2)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import uuid_utils
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def uuid7() -> UUID:
    """Return a new time-ordered UUID, as the standard library's type."""
    return UUID(int=uuid_utils.uuid7().int)


def uuid7_in_sql(moment: str) -> str:
    """SQL: a new UUIDv7 for each row of a statement that makes thousands of them.

    Args:
        moment: placeholder of what ``moment_of_now`` gives; rows of one statement share it.
    """
    random = f"overlay(uuid_send(gen_random_uuid()) PLACING {moment} FROM 1 FOR 6)"
    return f"encode(set_bit(set_bit({random}, 52, 1), 53, 1), 'hex')::uuid"  # version 4 becomes 7


def moment_of_now() -> bytes:
    """The six bytes of time that a UUIDv7 begins with."""
    return uuid7().bytes[:6]


def _must_be_v7(value: UUID) -> UUID:
    if value.version != 7:
        raise PydanticCustomError("uuid7", "编号必须是 UUIDv7")
    return value


Uuid7 = Annotated[UUID, AfterValidator(_must_be_v7)]
"""An id made by a client. Version 7, so that keys stay time-ordered on disk."""
