"""Storing submissions. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework.models import Case
from monitoring_api.db import insert_once
from monitoring_api.households.models import Household
from monitoring_api.households.repository import readable
from monitoring_api.submissions.models import Submission, SubmissionOpinion


async def claim(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert unless the id is taken; waits for another upload of the same id to end. False when it is taken."""
    return await insert_once(session, Submission, values)


async def stored_hash(session: AsyncSession, county_code: str, submission_id: UUID) -> str | None:
    query = select(Submission.payload_hash).where(Submission.county_code == county_code, Submission.id == submission_id)
    return (await session.execute(query)).scalar_one_or_none()


async def get_submission(session: AsyncSession, actor: Actor, submission_id: UUID) -> Submission:
    """Raises: NotFound when there is no such submission in the actor's region."""
    query = select(Submission).where(readable(actor, Submission.county_code), Submission.id == submission_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def has_opinion(session: AsyncSession, submission: Submission) -> bool:
    return await session.get(SubmissionOpinion, (submission.county_code, submission.id)) is not None


async def open_case_of(session: AsyncSession, household: Household) -> UUID | None:
    query = select(Case.id).where(
        Case.county_code == household.county_code, Case.household_id == household.id, Case.is_open
    )
    return (await session.execute(query)).scalar_one_or_none()
