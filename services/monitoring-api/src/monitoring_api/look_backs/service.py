"""Use cases of look-backs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.db import ReadConnection
from service_kit.errors import NotFound, ValidationFailed
from service_kit.ids import uuid7
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework.models import Case
from monitoring_api.errors import LookBackNotYet, NothingToSettle, RecordConflict
from monitoring_api.field_records import columns, declare_photos, ensure_intact
from monitoring_api.households.models import Household
from monitoring_api.look_backs import repository, rules, views
from monitoring_api.look_backs.models import LookBack, LookBackRecord
from monitoring_api.look_backs.schemas import LookBackUpload, Settle
from monitoring_api.policy.schemas import LookBackRule
from monitoring_api.policy.service import ensure_risks_known
from monitoring_api.visits.rules import receipt_number


async def schedule(session: AsyncSession, case: Case, eliminated_on: date) -> None:
    """Make the series that follows an elimination, under the rules the case was opened under."""
    rule = LookBackRule.model_validate(case.rules["look_back"] | {"key": "look_back"})
    session.add_all(
        LookBack(
            county_code=case.county_code,
            id=uuid7(),
            household_id=case.household_id,
            village_code=case.village_code,
            case_id=case.id,
            seq=turn.seq,
            opens_on=turn.opens_on,
            due_on=turn.due_on,
            demo=case.demo,
        )
        for turn in rules.turns(eliminated_on, count=rule.quarters, months=rule.months)
    )
    await session.flush()


async def stop(session: AsyncSession, household: Household, reason: str) -> None:
    """The household is under monitoring again: nothing is left to look back at."""
    await repository.stop_due(session, household.county_code, household.id, today(), reason)


async def receive(
    session: AsyncSession,
    actor: Actor,
    look_back_id: UUID,
    record_id: UUID,
    body: LookBackUpload,
    payload: Mapping[str, Any],
) -> tuple[bytes, bool]:
    """Keep a record; returns receipt and look-back, and whether the record is new.

    The first record of a look-back counts. A later one is kept too and opens a review.

    Raises:
        HashMismatch: the content is not what the phone hashed.
        NotFound: no such look-back in the actor's region.
        RecordConflict: the id came before with other content, or for another look-back.
        LookBackNotYet: its time has not come.
        ValidationFailed: a risk that no catalogue knows, or an outcome that contradicts the findings.
    """
    ensure_intact(body, payload)
    look_back = await repository.lock_look_back(session, actor, look_back_id)
    known = await repository.find_record(session, look_back.county_code, record_id)
    created = False
    if known is None:
        await _ensure_possible(session, look_back, body)
        received_at = now()
        number = receipt_number(record_id, received_at, "HT")
        values = columns(look_back, record_id, actor, body, received_at, number)
        values |= {
            "look_back_id": look_back.id,
            "outcome": body.outcome,
            "findings": body.findings.model_dump(mode="json"),
        }
        created = await repository.add_record(session, values)
        known = await repository.find_record(session, look_back.county_code, record_id)
    if known is None or (known.payload_hash, known.look_back_id) != (body.payload_hash, look_back.id):
        raise RecordConflict()
    if created:
        _count(look_back, known)
        await session.flush()
        await declare_photos(session, actor, look_back, "look_back_record", record_id, body)
    return await _answer(session, look_back, record_id), created


async def settle(session: AsyncSession, actor: Actor, look_back_id: UUID, body: Settle) -> bytes:
    """A person chooses which of several records counts.

    Raises:
        NotFound: no such look-back, or no such record of it. NothingToSettle: it has one record.
    """
    look_back = await repository.lock_look_back(session, actor, look_back_id)
    record = await repository.find_record(session, look_back.county_code, body.record_id)
    if record is None or record.look_back_id != look_back.id:
        raise NotFound()
    if look_back.review == "none":
        raise NothingToSettle()
    look_back.record_id, look_back.outcome, look_back.done_at = record.id, record.outcome, record.received_at
    look_back.review = "settled"
    await session.flush()
    await audit.record(
        session,
        actor,
        action="look_back.settle",
        subject_type="household",
        subject_id=look_back.household_id,
        region_code=look_back.village_code,
        detail={"look_back_id": str(look_back.id), "record_id": str(record.id), "reason": body.reason},
    )
    return await get(session, look_back)


async def get(session: AsyncSession, look_back: LookBack) -> bytes:
    connection = ReadConnection(await raw_connection(session))
    found = await views.get_look_back(connection, look_back.county_code, look_back.id, today())
    if found is None:
        raise LookupError("a look-back that was just written is not readable")
    return found


def _count(look_back: LookBack, record: LookBackRecord) -> None:
    look_back.records += 1
    if look_back.record_id is None:
        look_back.record_id, look_back.outcome, look_back.done_at = record.id, record.outcome, record.received_at
    else:
        look_back.review = "open"
    if look_back.state == "due":
        look_back.state = "done"


async def _ensure_possible(session: AsyncSession, look_back: LookBack, body: LookBackUpload) -> None:
    if today() < look_back.opens_on:
        raise LookBackNotYet(
            f"从 {look_back.opens_on.isoformat()} 起可以回头看", opens_on=look_back.opens_on.isoformat()
        )
    await ensure_risks_known(session, look_back.county_code, body.findings.risks)
    errors = rules.outcome_errors(
        body.outcome,
        guarantees_ok=all(body.findings.guarantees_ok.model_dump().values()),
        risks=body.findings.risks,
    )
    if errors:
        raise ValidationFailed(errors=errors)


async def _answer(session: AsyncSession, look_back: LookBack, record_id: UUID) -> bytes:
    connection = ReadConnection(await raw_connection(session))
    found = await views.get_uploaded(connection, look_back.county_code, look_back.id, record_id, today())
    if found is None:
        raise LookupError("a record that was just written is not readable")
    return found
