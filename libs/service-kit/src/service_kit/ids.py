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


def _must_be_v7(value: UUID) -> UUID:
    if value.version != 7:
        raise PydanticCustomError("uuid7", "编号必须是 UUIDv7")
    return value


Uuid7 = Annotated[UUID, AfterValidator(_must_be_v7)]
"""An id made by a client. Version 7, so that keys stay time-ordered on disk."""
