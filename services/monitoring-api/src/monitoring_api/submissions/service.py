"""Use cases of submissions: one function per form, all kept alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import SHANGHAI, now, today
from service_kit.crypto import FieldCrypto
from service_kit.db import ReadConnection
from service_kit.errors import NotFound, ValidationFailed
from service_kit.queue import raw_connection
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository as cases
from monitoring_api.casework.schemas import CaseOpen, HomeVerification, Signature, StepTake
from monitoring_api.casework.service.opening import open_case
from monitoring_api.casework.service.stepping import take_step
from monitoring_api.errors import CaseMoved, OwnSubmission, RecordConflict, SubmissionNotWaiting
from monitoring_api.field_records import FieldUpload, columns, declare_photos, ensure_intact
from monitoring_api.households.schemas import HouseholdCreate
from monitoring_api.households.service.register import register_household
from monitoring_api.submissions import repository, rules, views
from monitoring_api.submissions.models import SubmissionOpinion
from monitoring_api.submissions.schemas import ApplicationUpload, RegistrationUpload, VerificationUpload
from monitoring_api.visits.repository import visited_household
from monitoring_api.visits.rules import receipt_number

_COMMON = set(FieldUpload.model_fields)


@dataclass(frozen=True, slots=True)
class _Form:
    """A form on its way in. ``effect`` is what it does; it runs once, after the form is kept."""

    kind: rules.Kind
    outcome: rules.Outcome
    county_code: str
    village_code: str
    household_id: UUID
    case_id: UUID | None
    content: dict[str, Any]
    effect: Callable[[], Awaitable[object]]


async def verify(
    session: AsyncSession, actor: Actor, record_id: UUID, body: VerificationUpload, payload: Mapping[str, Any]
) -> tuple[bytes, bool]:
    """Keep a home verification and complete that step of its case, if the case is still there.

    Raises:
        NotFound: no such household, or no such case of it, in the actor's region.
        CaseMoved: somebody took the step meanwhile; a person decides what becomes of this verification.
        And what ``take_step`` raises.
    """
    _ensure_sound(body, payload, signatures=1)
    household = await visited_household(session, actor, body.household_id)

    async def effect() -> None:
        case = await cases.lock_case(session, actor, body.case_id)
        if case.household_id != household.id:
            raise NotFound()
        if body.supplement:
            await _note_supplement(session, actor, case.id, case.village_code)
        elif case.state == "home_verification":
            evidence = _home_verification(body)
            step = StepTake(stage="home_verification", action="complete", opinion=body.opinion, evidence=evidence)
            await take_step(session, actor, case.id, case.version, step)
        else:
            raise CaseMoved()

    form = _Form(
        kind="verification",
        outcome="supplement" if body.supplement else "done",
        county_code=household.county_code,
        village_code=household.village_code,
        household_id=household.id,
        case_id=body.case_id,
        content=_content(body),
        effect=effect,
    )
    return await _keep(session, actor, record_id, form, body)


async def apply_for(
    session: AsyncSession, actor: Actor, record_id: UUID, body: ApplicationUpload, payload: Mapping[str, Any]
) -> tuple[bytes, bool]:
    """Keep an application and open its case.

    Raises:
        NotFound: no such household in the actor's region, or nothing is open that it could be added to.
        CaseExists: the household has an open case; a person decides whether this is added to it.
        And what ``open_case`` raises.
    """
    _ensure_sound(body, payload, signatures=0)
    household = await visited_household(session, actor, body.household_id)
    case_id = await repository.open_case_of(session, household) if body.supplement else record_id
    # Added the first time, the case may have ended since: the same upload again still finds its receipt.
    if case_id is None and await repository.stored_hash(session, household.county_code, record_id) is None:
        raise NotFound()

    async def effect() -> None:
        if body.supplement and case_id is not None:
            await _note_supplement(session, actor, case_id, household.village_code)
        else:
            opened = CaseOpen(household_id=household.id, difficulty=body.difficulty, risks=body.risks)
            await open_case(session, actor, record_id, opened)

    form = _Form(
        kind="application",
        outcome="supplement" if body.supplement else "done",
        county_code=household.county_code,
        village_code=household.village_code,
        household_id=household.id,
        case_id=case_id or record_id,
        content=_content(body),
        effect=effect,
    )
    return await _keep(session, actor, record_id, form, body)


async def register(
    session: AsyncSession,
    actor: Actor,
    crypto: FieldCrypto,
    record_id: UUID,
    body: RegistrationUpload,
    payload: Mapping[str, Any],
) -> tuple[bytes, bool]:
    """Keep a registration and register the household.

    Two cadres without a network can both have met a newcomer: both households are kept, and the persons stand on the
    list of duplicates until a person merges them.

    Raises:
        RegionOutOfScope. And what ``register_household`` raises.
    """
    _ensure_sound(body, payload, signatures=0)
    ensure_in_scope(actor, body.village_code)
    household = HouseholdCreate(
        village_code=body.village_code,
        group_name=body.group_name,
        address=body.address,
        dwelling_grade=body.dwelling_grade,
        water_supply=body.water_supply,
        members=body.members,
    )

    async def effect() -> None:
        await register_household(session, actor, crypto, record_id, household)

    form = _Form(
        kind="registration",
        outcome="done",
        county_code=county_of(body.village_code),
        village_code=body.village_code,
        household_id=record_id,
        case_id=None,
        content=_content(body) | {"members": [str(member.id) for member in body.members]},
        effect=effect,
    )
    return await _keep(session, actor, record_id, form, body)


async def write_opinion(session: AsyncSession, actor: Actor, submission_id: UUID, opinion: str) -> None:
    """A person other than the one who sent it says what becomes of a supplement; it stays with its case.

    Raises:
        NotFound, SubmissionNotWaiting: it is no supplement, or somebody has decided. OwnSubmission.
    """
    submission = await repository.get_submission(session, actor, submission_id)
    if submission.outcome != "supplement" or await repository.has_opinion(session, submission):
        raise SubmissionNotWaiting()
    if submission.visitor_id == actor.id:
        raise OwnSubmission()
    session.add(
        SubmissionOpinion(
            county_code=submission.county_code,
            id=submission.id,
            household_id=submission.household_id,
            village_code=submission.village_code,
            opinion=opinion,
            written_at=now(),
            actor_id=actor.id,
            actor_name=actor.name,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor,
        action="submission.opinion",
        subject_type="submission",
        subject_id=submission.id,
        region_code=submission.village_code,
        detail={"opinion": opinion},
    )


async def _keep(
    session: AsyncSession, actor: Actor, record_id: UUID, form: _Form, body: FieldUpload
) -> tuple[bytes, bool]:
    """Receipt and submission, and whether it is new; the same upload again has no further effect.

    Raises:
        RecordConflict: the id came before with other content.
        AttachmentConflict: a photo's id was declared before for another file or record.
    """
    created = await repository.claim(session, _row(actor, record_id, form, body))
    if not created and await repository.stored_hash(session, form.county_code, record_id) != body.payload_hash:
        raise RecordConflict()
    if created:
        await form.effect()
        subject, subject_id = ("household", form.household_id) if form.case_id is None else ("case", form.case_id)
        await declare_photos(session, actor, form, subject, subject_id, body)
    answer = await views.get_submitted(ReadConnection(await raw_connection(session)), form.county_code, record_id)
    if answer is None:
        raise LookupError("a submission that was just written is not readable")
    return answer, created


def _row(actor: Actor, record_id: UUID, form: _Form, body: FieldUpload) -> dict[str, Any]:
    received_at = now()
    number = receipt_number(record_id, received_at, rules.NUMBER_PREFIX[form.kind])
    return columns(form, record_id, actor, body, received_at, number) | {
        "kind": form.kind,
        "outcome": form.outcome,
        "case_id": form.case_id,
        "content": form.content,
        "photo_ids": [photo.id for photo in body.photos],
    }


def _ensure_sound(body: FieldUpload, payload: Mapping[str, Any], *, signatures: int) -> None:
    """Raises: HashMismatch: the content is not what the phone hashed. ValidationFailed: its files."""
    ensure_intact(body, payload)
    if errors := rules.file_errors(body.photos, signatures=signatures):
        raise ValidationFailed(errors=errors)


def _content(body: FieldUpload) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude=_COMMON | {"household_id", "case_id", "village_code", "members"})


def _home_verification(body: VerificationUpload) -> HomeVerification:
    signature = next(photo for photo in body.photos if photo.kind == "signature")
    return HomeVerification(
        form="home_verification",
        visited_on=rules.not_in_future(body.visited_at.astimezone(SHANGHAI).date(), today()),
        income=body.income,
        guarantees_ok=body.guarantees_ok,
        risks=body.risks,
        consent=Signature(
            signed_by=body.consent.signed_by,
            signed_on=rules.not_in_future(body.consent.signed_on, today()),
            sha256=signature.sha256,
        ),
        photos=[photo.sha256 for photo in body.photos if photo.kind == "photo"],
        location=body.location,
        note=body.note,
    )


async def _note_supplement(session: AsyncSession, actor: Actor, case_id: UUID, village_code: str) -> None:
    await audit.record(
        session,
        actor,
        action="case.supplement",
        subject_type="case",
        subject_id=case_id,
        region_code=village_code,
        detail={},
    )
