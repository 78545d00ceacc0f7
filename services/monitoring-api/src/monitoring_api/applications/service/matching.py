"""Finding out whose application it is, and opening the case."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from service_kit import audit
from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.tokens import NOBODY, Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.applications import repository
from monitoring_api.applications.models import Application
from monitoring_api.applications.schemas import MatchRequest, Refusal
from monitoring_api.casework.repository import lock_active_household
from monitoring_api.casework.schemas import CaseOpen
from monitoring_api.casework.service.opening import open_case
from monitoring_api.errors import ApplicationOver, CaseNotPossible
from monitoring_api.households.models import Household


def applicant(county_code: str) -> Actor:
    """In whose name the case is opened and withdrawn: nobody's who could sign in, whoever handled the application."""
    return replace(NOBODY, name="群众自主申请", region=county_code)


async def accept_matches(
    session: AsyncSession, actor: Actor, county_code: str, application_id: UUID | None = None
) -> int:
    """Accept every waiting application of the county that the register knows; returns how many."""
    accepted, by = 0, applicant(county_code)
    for found in await repository.matches(session, county_code, application_id):
        household = await lock_active_household(session, by, found.household_id)
        application = await repository.lock_application(session, by, found.application_id)
        if application.state == "to_check" and not household.monitored:
            await _accept(session, actor, application, household)
            accepted += 1
    return accepted


async def match(session: AsyncSession, actor: Actor, application_id: UUID, body: MatchRequest) -> None:
    """Say which household an application is about.

    Raises:
        NotFound: application or household. ApplicationOver. CaseNotPossible: the household is monitored already.
    """
    household = await lock_active_household(session, actor, body.household_id)
    application = await repository.lock_application(session, actor, application_id)
    if application.county_code != household.county_code:
        raise NotFound()
    if application.state != "to_check":
        raise ApplicationOver()
    if household.monitored:
        raise CaseNotPossible("该户已是监测对象，不必再次识别；请以此答复申请人")
    await _accept(session, actor, application, household)


async def refuse(session: AsyncSession, actor: Actor, application_id: UUID, body: Refusal) -> None:
    """Raises: NotFound, ApplicationOver."""
    application = await repository.lock_application(session, actor, application_id)
    if application.state != "to_check":
        raise ApplicationOver()
    application.state = "refused"
    application.reason = body.reason
    _decided(application, actor)
    await session.flush()
    await _record(session, actor, application, "application.refuse")


async def _accept(session: AsyncSession, actor: Actor, application: Application, household: Household) -> None:
    """Open the household's case, or join the one it has; the household is locked, so that there is but one."""
    case = await repository.open_case_of(session, household.county_code, household.id)
    application.joined = case is not None
    case_id = case.id if case else uuid7()
    if case is None:
        body = CaseOpen(
            household_id=household.id,
            kind="identification",
            difficulty=application.difficulty,
            risks=[application.risk],
        )
        by = applicant(application.county_code)
        await open_case(session, by, case_id, body, origin="self_application", received_at=application.received_at)
    application.state = "accepted"
    application.household_id = household.id
    application.case_id = case_id
    _decided(application, actor)
    await session.flush()
    await _record(session, actor, application, "application.match")


def _decided(application: Application, actor: Actor) -> None:
    application.decided_at = now()
    application.decided_by = actor.id
    application.decided_by_name = actor.name if actor.username != NOBODY.username else "系统比对"


async def _record(session: AsyncSession, actor: Actor, application: Application, action: str) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="application",
        subject_id=application.id,
        region_code=application.village_code,
        detail={"case_id": application.case_id and str(application.case_id), "joined": application.joined},
    )
