"""Loading and storing look-backs. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.db import insert_once
from monitoring_api.households.repository import readable
from monitoring_api.look_backs.models import LookBack, LookBackRecord


async def lock_look_back(session: AsyncSession, actor: Actor, look_back_id: UUID) -> LookBack:
    """Load one for a record of it; others wait, so that the first record counts.

    Raises:
        NotFound: no such look-back in the actor's region.
    """
    query = select(LookBack).where(readable(actor, LookBack.county_code), LookBack.id == look_back_id)
    found = (
        await session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def add_record(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert unless the id is taken; waits for another upload of the same id to end. False when it is taken."""
    return await insert_once(session, LookBackRecord, values)


async def find_record(session: AsyncSession, county_code: str, record_id: UUID) -> LookBackRecord | None:
    query = select(LookBackRecord).where(LookBackRecord.county_code == county_code, LookBackRecord.id == record_id)
    return (await session.execute(query)).scalar_one_or_none()


async def stop_due(session: AsyncSession, county_code: str, household_id: UUID, day: date, reason: str) -> int:
    """Stop all look-backs of a household that are still due; returns how many."""
    stopped = await session.execute(
        update(LookBack)
        .where(
            LookBack.county_code == county_code,
            LookBack.household_id == household_id,
            LookBack.state == "due",
        )
        .values(state="stopped", stopped_on=day, stop_reason=reason)
        .returning(LookBack.id)
    )
    return len(stopped.all())
