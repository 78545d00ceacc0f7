"""Which records take files, and who may see or add them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.attachments.errors import SubjectUnknown
from service_kit.errors import FieldError, Forbidden, NotFound
from service_kit.tokens import Actor

Locate = Callable[[AsyncSession, Actor, UUID], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One type of record.

    ``locate`` returns the region code (county or below) of a record that the actor may read, and raises NotFound
    otherwise.
    """

    title: str
    read: str
    write: str
    locate: Locate
    personal: bool = False
    """Its files show persons or their homes: each look at one leaves an audit entry."""


def located_in(model: Any, region_column: str = "region_code") -> Locate:
    """Finds a record of a tenant table by its id; row-level security decides whether the actor may see it."""

    async def locate(session: AsyncSession, actor: Actor, subject_id: UUID) -> str:
        scope = actor.scope
        query = select(getattr(model, region_column)).where(
            model.county_code >= scope.county_lo, model.county_code < scope.county_hi, model.id == subject_id
        )
        code: str | None = (await session.execute(query)).scalar_one_or_none()
        if code is None:
            raise NotFound()
        return code

    return locate


Subjects = Mapping[str, Subject]


def subject_named(subjects: Subjects, subject_type: str, *, path: str) -> Subject:
    """Raises: SubjectUnknown, naming the field at ``path``."""
    try:
        return subjects[subject_type]
    except KeyError:
        known = "、".join(sorted(subjects))
        raise SubjectUnknown(errors=[FieldError(path, "subject_unknown", f"应为 {known} 之一")]) from None


def ensure_may(actor: Actor, permission: str) -> None:
    """Raises: Forbidden."""
    if not actor.may(permission):
        raise Forbidden()
