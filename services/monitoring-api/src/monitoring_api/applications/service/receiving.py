"""What applicants do themselves: hand in, look how it stands, withdraw."""

from __future__ import annotations

from service_kit import audit, ratelimit, receipts
from service_kit.clock import SHANGHAI, now, today
from service_kit.context import ServiceContext
from service_kit.crypto import mask_id_number, mask_phone
from service_kit.errors import FieldError, ValidationFailed
from service_kit.ids import uuid7
from service_kit.region import county_of
from service_kit.tokens import NOBODY
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.applications import repository, rules
from monitoring_api.applications.models import Application
from monitoring_api.applications.schemas import (
    ApplicationCreate,
    ApplicationProgress,
    ApplicationReceipt,
    PublicStep,
    Risk,
    Risks,
    Withdrawal,
)
from monitoring_api.applications.service.matching import accept_matches, applicant
from monitoring_api.casework.models import Case
from monitoring_api.casework.repository import lock_case
from monitoring_api.casework.schemas import StepTake
from monitoring_api.casework.service.stepping import take_step
from monitoring_api.errors import ApplicationOver
from monitoring_api.policy.service import policy_on

RECEIPT_SERIES, RECEIPT_KIND = "1", "application"
FROM_PHONE = ratelimit.Limit("application.phone", 5, 24 * 3600)
FOR_PERSON = ratelimit.Limit("application.person", 5, 24 * 3600)


async def apply(session: AsyncSession, ctx: ServiceContext, body: ApplicationCreate) -> ApplicationReceipt:
    """Take in an application and, when the register knows the household, open its case (or join the open one).

    The answer says nothing of which of the two happened, or of neither.

    Raises:
        ValidationFailed: village or risk unknown. RateLimited.
    """
    await ratelimit.hit(ctx, FROM_PHONE, body.phone)
    await ratelimit.hit(ctx, FOR_PERSON, body.id_number)
    at, county_code = now(), county_of(body.village_code)
    policy = await policy_on(session, county_code, at.date())
    errors = []
    if not await repository.is_village(session, body.village_code):
        errors.append(FieldError("body.village_code", "village_unknown", "没有这个村（社区）"))
    if body.risk not in policy.risks:
        errors.append(FieldError("body.risk", "risk_unknown", "没有这项风险"))
    if errors:
        raise ValidationFailed(errors=errors)
    application = _application(ctx, body)
    application.received_at = at
    application.due_on = rules.check_by(at.date(), policy.rules["time_limits"].value)
    application.receipt_number = await receipts.issue(
        session,
        ctx,
        series=RECEIPT_SERIES,
        kind=RECEIPT_KIND,
        county_code=county_code,
        subject_id=application.id,
        phone=body.phone,
    )
    session.add(application)
    await session.flush()
    await audit.record(
        session,
        NOBODY,
        action="application.receive",
        subject_type="application",
        subject_id=application.id,
        region_code=application.village_code,
        detail={"proxy": application.proxy_name is not None},
    )
    await accept_matches(session, NOBODY, county_code, application.id)
    return ApplicationReceipt(number=application.receipt_number, received_at=at, due_on=application.due_on)


def _application(ctx: ServiceContext, body: ApplicationCreate) -> Application:
    return Application(
        county_code=county_of(body.village_code),
        id=uuid7(),
        village_code=body.village_code,
        head_name=body.head_name,
        id_number=ctx.crypto.encrypt(body.id_number),
        id_number_index=ctx.crypto.blind_index(body.id_number),
        id_number_masked=mask_id_number(body.id_number),
        phone=ctx.crypto.encrypt(body.phone),
        phone_masked=mask_phone(body.phone),
        difficulty=body.difficulty,
        risk=body.risk,
        proxy_name=body.proxy_name,
        proxy_relation=body.proxy_relation,
        state="to_check",
        joined=False,
    )


async def progress(session: AsyncSession, ctx: ServiceContext, query: receipts.ReceiptQuery) -> ApplicationProgress:
    """Raises: NotFound, RateLimited."""
    matter = await receipts.find(session, ctx, RECEIPT_KIND, query)
    return await _progress(session, await repository.application_of(session, matter.county_code, matter.id))


async def withdraw(session: AsyncSession, ctx: ServiceContext, body: Withdrawal) -> ApplicationProgress:
    """End an application by who brought it, with the case that it opened; a case that was there before goes on.

    Raises:
        NotFound, RateLimited. ApplicationOver: it has ended already.
    """
    matter = await receipts.find(session, ctx, RECEIPT_KIND, body)
    application = await repository.application_of(session, matter.county_code, matter.id)
    by = applicant(matter.county_code)
    # Cases first, then applications: the order in which everybody locks them.
    case = await lock_case(session, by, application.case_id) if application.case_id else None
    application = await repository.lock_application(session, by, application.id)
    if not _may_withdraw(application, case):
        raise ApplicationOver()
    if case is not None and not application.joined:
        step = {"stage": case.state, "action": "withdraw", "opinion": body.reason or "申请人撤回申请"}
        await take_step(session, by, case.id, case.version, StepTake.model_validate(step))
    application.state = "withdrawn"
    application.reason = body.reason or None
    application.decided_at = now()
    await session.flush()
    await audit.record(
        session,
        NOBODY,
        action="application.withdraw",
        subject_type="application",
        subject_id=application.id,
        region_code=application.village_code,
    )
    return await _progress(session, application)


def _may_withdraw(application: Application, case: Case | None) -> bool:
    if application.state == "to_check":
        return True
    return application.state == "accepted" and case is not None and case.is_open


async def _progress(session: AsyncSession, application: Application) -> ApplicationProgress:
    case = await repository.case_of(session, application)
    received = application.received_at.astimezone(SHANGHAI)
    result, reason = _own_result(application), application.reason
    stage: str = "home_verification"
    done, due_on = {}, application.due_on
    if case is not None and application.state == "accepted":
        if not application.joined:
            steps = await repository.steps_of(session, case)
            done = {
                step.from_state: step.at.astimezone(SHANGHAI).date()
                for step in steps
                if step.action == "complete" and step.from_state
            }
            stage, due_on = case.state, case.due_on or application.due_on
        if not case.is_open:
            stage, result = case.state, _result_of(case)
            reason = rules.ASK_THE_VILLAGE if result == "refused" else None
            if result == "refused" and not application.joined:
                reason = steps[-1].opinion
    elif result is not None:
        stage = "ended"
    return ApplicationProgress(
        number=application.receipt_number,
        received_at=received,
        steps=[
            PublicStep.model_validate(step)
            for step in rules.public_steps(received=received.date(), at_stage=stage, done=done, due_on=due_on)
        ],
        result=result,
        result_text=rules.RESULTS[result] if result else None,
        reason=reason,
        may_withdraw=_may_withdraw(application, case),
    )


def _own_result(application: Application) -> rules.Result | None:
    if application.state == "refused":
        return "refused"
    return "withdrawn" if application.state == "withdrawn" else None


def _result_of(case: Case) -> rules.Result:
    if case.state == "monitored":
        return "accepted"
    return "refused" if case.state == "refused" else "withdrawn"


async def risks(session: AsyncSession, county_code: str) -> Risks:
    """What an applicant of a county may choose from today; "" for the nation."""
    policy = await policy_on(session, county_code, today())
    return Risks(items=[Risk(code=code, name=name) for code, name in policy.risks.items()])
