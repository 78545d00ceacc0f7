"""Taking a step with a case: one function for every step, one effect per stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service_kit import notices
from service_kit.clock import now, today
from service_kit.crypto import mask_name
from service_kit.errors import ValidationFailed
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository, rules
from monitoring_api.casework.models import Case, CaseNotice
from monitoring_api.casework.schemas import (
    ApplicationForm,
    CountyDetermination,
    HomeVerification,
    StepTake,
    VillageReview,
)
from monitoring_api.casework.service import records
from monitoring_api.casework.service.determining import determine
from monitoring_api.errors import CaseMoved, NobodyPresent, NoticeStillUp, StepNotPossible, StepNotYours

NOTICE_KIND = "monitoring.case_notice"
_NOTICE_WORDS: dict[str, str] = {
    "identification": "拟纳入监测",
    "elimination": "拟消除风险",
}


async def take_step(session: AsyncSession, actor: Actor, case_id: UUID, expected: int, body: StepTake) -> Case:
    """Move a case on, back or to its end.

    Raises:
        NotFound.
        VersionMismatch: with the case as it stands.
        CaseMoved: the case is not at the step that the form is for.
        StepNotPossible: nothing leads there.
        StepNotYours: the policy gives this step to another role, or to a wider region.
        NoticeStillUp: the period is not over, or an objection is open or upheld.
        HelperMissing, ValidationFailed, MonitoringInvalid, CriteriaNotMet: by the stage.
    """
    case = await repository.lock_case(session, actor, case_id)
    if case.version != expected:
        view = await records.current(session, actor, case)
        check_version(case.version, expected, current_view=view, yours=body.model_dump(mode="json", by_alias=True))
    if case.state != body.stage:
        raise CaseMoved()
    kind: Any = case.kind
    if not rules.may_take(
        body.stage,
        body.action,
        role=actor.role,
        region=actor.region,
        approvers=case.rules["approvers"],
        started=case.opened_by == actor.id,
    ):
        raise StepNotYours()
    to = rules.target(kind, body.stage, body.action, body.to)
    if to is None:
        raise StepNotPossible()
    evidence: dict[str, Any] | None = None
    closed: CaseNotice | None = None
    if body.action == "complete":
        assert body.evidence is not None  # noqa: S101 - the model refuses a completed step without its form
        evidence = body.evidence.model_dump(mode="json", by_alias=True)
        evidence |= await _complete(session, actor, case, body)
        if body.stage == "notice":
            closed = await _close_notice(session, case)
    await _move(session, actor, case, to, body, evidence, closed)
    return case


async def _move(
    session: AsyncSession,
    actor: Actor,
    case: Case,
    to: rules.State,
    body: StepTake,
    evidence: Mapping[str, Any] | None,
    closed: CaseNotice | None,
) -> None:
    before, due = case.state, case.due_on
    notice = await _put_up_notice(session, case) if to == "notice" else None
    records.arrive(case, to, now(), notice_ends=notice.ends_on if notice else None)
    await records.write_step(
        session,
        actor,
        case,
        body.action,
        before=before,
        opinion=body.opinion,
        evidence=evidence,
        due_on=due,
        notice=closed,
    )


async def _complete(session: AsyncSession, actor: Actor, case: Case, body: StepTake) -> Mapping[str, Any]:
    """The effect of the form; returns what the system adds to it for the record."""
    match body.evidence:
        case ApplicationForm() as form:
            case.difficulty, case.risks = form.difficulty, sorted(set(form.risks))
        case HomeVerification() as form:
            return await _keep_income(session, case, form)
        case VillageReview() as form:
            errors = rules.vote_errors(
                attendees=form.attendees,
                votes_for=form.votes_for,
                votes_against=form.votes_against,
                abstained=form.abstained,
            )
            if errors:
                raise ValidationFailed(errors=errors)
        case CountyDetermination() as form:
            return await determine(session, actor, case, form, body.opinion)
        case _:
            pass
    return {}


async def _keep_income(session: AsyncSession, case: Case, form: HomeVerification) -> Mapping[str, Any]:
    people = await repository.present_people(session, case)
    if people < 1:
        raise NobodyPresent()
    amounts = {name: getattr(form.income, name) for name in type(form.income).model_fields}
    case.income = amounts
    case.people = people
    case.net_income_per_head = rules.Income(**amounts).per_head(people)
    return {"people": people, "net_income_per_head_fen": case.net_income_per_head}


async def _put_up_notice(session: AsyncSession, case: Case) -> CaseNotice:
    """Publish the case with the head's name masked; a case that comes back is put up anew for the whole period."""
    days = int(case.rules["notice_days"]["days"])
    starts_on = today()
    ends_on = rules.notice_end(starts_on, days)
    words = _NOTICE_WORDS.get(case.kind, "")
    notice_id = await notices.publish(
        session,
        region_code=case.village_code,
        kind=NOTICE_KIND,
        title=f"{words}对象公示",
        paragraphs=[
            f"经村级评议，{mask_name(await repository.head_name(session, case))}户{words}，现予公示。",
            f"公示期自{starts_on.isoformat()}至{ends_on.isoformat()}。有异议的，请在公示期内实名提出。",
        ],
        subject_type="case",
        subject_id=case.id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    notice = CaseNotice(
        county_code=case.county_code,
        id=notice_id,
        case_id=case.id,
        village_code=case.village_code,
        starts_on=starts_on,
        days=days,
        ends_on=ends_on,
        open_objections=0,
        upheld_objections=0,
    )
    session.add(notice)
    case.notice_id = notice_id
    return notice


async def _close_notice(session: AsyncSession, case: Case) -> CaseNotice:
    """Raises: NoticeStillUp."""
    assert case.notice_id is not None  # noqa: S101 - a case comes to this step only with a notice
    notice = await repository.lock_notice(session, case.county_code, case.notice_id)
    assert notice is not None  # noqa: S101 - it was put up by the step before
    if today() <= notice.ends_on:
        raise NoticeStillUp(f"公示期到 {notice.ends_on.isoformat()} 为止", ends_on=notice.ends_on.isoformat())
    if notice.open_objections:
        raise NoticeStillUp(f"还有 {notice.open_objections} 件异议没有答复", open_objections=notice.open_objections)
    if notice.upheld_objections:
        raise NoticeStillUp("异议成立，请退回或不予纳入", upheld_objections=notice.upheld_objections)
    notice.closed_on = today()
    await session.flush()
    return notice
