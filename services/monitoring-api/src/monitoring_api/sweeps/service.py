"""Use cases of sweeps: open a round, record a household, give a reason, close, strike off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.calendar import add_working_days
from service_kit.clock import now, today
from service_kit.db import ReadConnection, Writing
from service_kit.errors import AlreadyExists, NotFound, ValidationFailed
from service_kit.ids import uuid7
from service_kit.queue import raw_connection
from service_kit.region import contains, county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api import quick_records
from monitoring_api.errors import NothingToSettle, RecordConflict, SweepClosed, SweepNotFinished
from monitoring_api.field_records import declare_photos, ensure_intact, said
from monitoring_api.policy.service import ensure_risks_known, policy_on
from monitoring_api.sweeps import repository, rules, uploads, views
from monitoring_api.sweeps.models import SweepItem, SweepRecord, SweepRound
from monitoring_api.sweeps.schemas import (
    Excuse,
    Excused,
    Item,
    RoundOpen,
    RoundRow,
    SettleItem,
    SweepUpload,
    YearOfSweeps,
)
from monitoring_api.visits.repository import visited_household
from monitoring_api.visits.rules import receipt_number


async def open_round(session: AsyncSession, actor: Actor, round_id: UUID, body: RoundOpen) -> tuple[bytes, bool]:
    """Open a round with one item per household of the area; returns it and whether it is new.

    Raises:
        RegionOutOfScope: the area is not the actor's.
        AlreadyExists: the id belongs to another round.
    """
    ensure_in_scope(actor, body.region_code)
    county = county_of(body.region_code)
    wanted = body.model_dump()
    created = await repository.claim_round(
        session,
        wanted
        | {
            "county_code": county,
            "id": round_id,
            "form_version": 1,
            "households": 0,
            "opened_at": now(),
            "opened_by": actor.id,
            "opened_by_name": actor.name,
            "is_open": True,
        },
    )
    found = await repository.find_round(session, county, round_id)
    if found is None or any(getattr(found, name) != value for name, value in wanted.items()):
        raise AlreadyExists()
    if created:
        found.households = await repository.take_up_households(session, found)
        await session.flush()
        await _audit(session, actor, found, "sweep.open", {"households": found.households})
    return await round_view(session, actor, found), created


async def close_round(session: AsyncSession, actor: Actor, round_id: UUID) -> RoundRow:
    """End a round in which every household was recorded or has a reason.

    The database holds the same: an item that is open cannot follow its round into the closed state.

    Raises:
        NotFound, RegionOutOfScope, SweepClosed.
        SweepNotFinished: with how many remain.
    """
    found = await repository.get_round(session, actor, round_id, lock=True)
    ensure_in_scope(actor, found.region_code)
    if not found.is_open:
        raise SweepClosed()
    if left := await repository.remaining(session, found):
        raise SweepNotFinished(f"还有 {left} 户没有排查，也没有说明原因", remaining=left)
    found.is_open = False
    found.closed_at, found.closed_by, found.closed_by_name = now(), actor.id, actor.name
    await session.flush()
    await _audit(session, actor, found, "sweep.close", {})
    return RoundRow.model_validate_json(await round_view(session, actor, found))


async def excuse(session: AsyncSession, actor: Actor, round_id: UUID, body: Excuse) -> Excused:
    """Say why households cannot be seen in this round; those that were recorded meanwhile stay recorded.

    Raises:
        NotFound, SweepClosed.
    """
    found = await repository.get_round(session, actor, round_id)
    if not found.is_open:
        raise SweepClosed()
    if body.village_code is not None:
        wanted = SweepItem.village_code == body.village_code
    else:
        wanted = SweepItem.household_id.in_(body.household_ids)
    count = await repository.excuse(session, found, wanted, body.reason, actor, now())
    await _audit(session, actor, found, "sweep.excuse", {"households": count, "reason": body.reason})
    return Excused(households=count)


async def receive(
    db: Writing,
    actor: Actor,
    round_id: UUID,
    record_id: UUID,
    body: SweepUpload,
    payload: Mapping[str, Any],
) -> tuple[bytes, bool]:
    """Keep a household's record; returns receipt and item, and whether the record is new.

    The first record of a household counts, also when it comes after the round was closed with a reason for this
    household. A later one is kept too and opens a review. The problems of both become issues.

    Raises:
        HashMismatch: the content is not what the phone hashed.
        NotFound: no such round or household in the actor's region, or the household is not of the round's area.
        RecordConflict: the id came before with other content.
        SweepClosed: the household was never part of this round, which is over.
        ValidationFailed: parts that contradict each other, or a risk that no catalogue knows.
    """
    ensure_intact(body, payload)
    if quick_records.of_county(actor) and _raises_nothing(body):
        write = uploads.keep_sound(actor, round_id, body, _record(round_id, record_id, actor, body))
        read = views.uploaded(actor.region, round_id, body.household_id, record_id)
        if answer := await quick_records.kept(db, write, read, body.payload_hash):
            return answer
    async with db.session() as session:
        return await _receive_carefully(session, actor, round_id, record_id, body)


def _raises_nothing(body: SweepUpload) -> bool:
    """Whether the record needs neither the catalogue of risks nor the county's days for issues."""
    risks = body.findings.risks if body.findings is not None else ()
    return not risks and not body.problems and not rules.answer_errors(body)


async def _receive_carefully(
    session: AsyncSession, actor: Actor, round_id: UUID, record_id: UUID, body: SweepUpload
) -> tuple[bytes, bool]:
    found = await repository.get_round(session, actor, round_id)
    item = await _item_of(session, actor, found, body.household_id)
    known = await repository.find_record(session, found.county_code, record_id)
    created = False
    if known is None:
        if errors := rules.answer_errors(body):
            raise ValidationFailed(errors=errors)
        if body.findings is not None:
            await ensure_risks_known(session, found.county_code, body.findings.risks)
        row = _record(found.id, record_id, actor, body) | {
            "county_code": item.county_code,
            "village_code": item.village_code,
            "household_id": item.household_id,
        }
        created = await repository.add_record(session, row)
        known = await repository.find_record(session, found.county_code, record_id)
    same = (body.payload_hash, found.id, body.household_id)
    if known is None or (known.payload_hash, known.round_id, known.household_id) != same:
        raise RecordConflict()
    if created:
        _count(item, known)
        await session.flush()
        await declare_photos(session, actor, item, "sweep_record", record_id, body)
        await _raise_issues(session, item, known)
    return await _uploaded(session, item, record_id), created


async def settle(session: AsyncSession, actor: Actor, round_id: UUID, body: SettleItem) -> Item:
    """A person chooses which of several records of a household counts.

    Raises:
        NotFound: no such item, or no such record of it. NothingToSettle: it has one record.
    """
    found = await repository.get_round(session, actor, round_id)
    item = await repository.lock_item(session, found.county_code, found.id, body.household_id)
    record = await repository.find_record(session, found.county_code, body.record_id)
    if item is None or record is None or (record.round_id, record.household_id) != (found.id, item.household_id):
        raise NotFound()
    if item.review == "none":
        raise NothingToSettle()
    _take(item, record)
    item.review = "settled"
    await session.flush()
    detail = {"round_id": str(found.id), "record_id": str(record.id), "reason": body.reason}
    await audit.record(
        session,
        actor,
        action="sweep.settle",
        subject_type="household",
        subject_id=item.household_id,
        region_code=item.village_code,
        detail=detail,
    )
    answer = await views.get_item(await _reading(session), item.county_code, item.round_id, item.household_id)
    return Item.model_validate_json(answer or b"")


async def year_of_sweeps(session: AsyncSession, county_code: str, year: int) -> YearOfSweeps:
    policy = await policy_on(session, county_code, today())
    rounds, closed, halves = await repository.rounds_of_year(session, county_code, year)
    required = int(policy.rules["sweep"].value["rounds_per_year"])
    return YearOfSweeps(
        county_code=county_code, year=year, required=required, rounds=rounds, closed=closed, halves=halves
    )


async def round_view(session: AsyncSession, actor: Actor, found: SweepRound) -> bytes:
    answer = await views.get_round(await _reading(session), actor.region, found.county_code, found.id, today())
    if answer is None:
        raise LookupError("a round that was just written is not readable")
    return answer


async def _item_of(session: AsyncSession, actor: Actor, found: SweepRound, household_id: UUID) -> SweepItem:
    item = await repository.lock_item(session, found.county_code, found.id, household_id)
    if item is None:
        household = await visited_household(session, actor, household_id)
        if household.state != "active" or not contains(found.region_code, household.village_code):
            raise NotFound()
        if not found.is_open:
            raise SweepClosed()
        await repository.add_item(session, found, household)
        item = await repository.lock_item(session, found.county_code, found.id, household_id)
    if item is None:
        raise NotFound()
    return item


def _record(round_id: UUID, record_id: UUID, actor: Actor, body: SweepUpload) -> dict[str, Any]:
    """The columns of the row without whom it is about."""
    received_at = now()
    number = receipt_number(record_id, received_at, "PC")
    return said(record_id, actor, body, received_at, number) | {
        "round_id": round_id,
        "unchanged": body.unchanged,
        "findings": body.findings.model_dump(mode="json") if body.findings else None,
        "problems": [problem.model_dump(mode="json") for problem in body.problems],
    }


def _count(item: SweepItem, record: SweepRecord) -> None:
    item.records += 1
    if item.record_id is None:
        _take(item, record)
        item.state = "done"
    else:
        item.review = "open"


def _take(item: SweepItem, record: SweepRecord) -> None:
    item.record_id, item.recorded_at = record.id, record.received_at
    item.visitor_id, item.visitor_name = record.visitor_id, record.visitor_name
    item.unchanged, item.problems = record.unchanged, len(record.problems)


async def _raise_issues(session: AsyncSession, item: SweepItem, record: SweepRecord) -> None:
    if not record.problems:
        return
    policy = await policy_on(session, item.county_code, today())
    due_on = add_working_days(today(), int(policy.rules["sweep"].value["issue_working_days"]))
    await repository.add_issues(
        session,
        [
            {
                "county_code": item.county_code,
                "id": uuid7(),
                "round_id": item.round_id,
                "household_id": item.household_id,
                "village_code": item.village_code,
                "record_id": record.id,
                "kind": problem["kind"],
                "description": problem["description"],
                "found_at": record.received_at,
                "found_by_name": record.visitor_name,
                "due_on": due_on,
                "state": "open",
                "demo": record.demo,
                "version": 1,
            }
            for problem in record.problems
        ],
    )


async def _uploaded(session: AsyncSession, item: SweepItem, record_id: UUID) -> bytes:
    key = (item.county_code, item.round_id, item.household_id)
    answer = await views.get_uploaded(await _reading(session), *key, record_id)
    if answer is None:
        raise LookupError("a record that was just written is not readable")
    return answer


async def _reading(session: AsyncSession) -> ReadConnection:
    return ReadConnection(await raw_connection(session))


async def _audit(session: AsyncSession, actor: Actor, found: SweepRound, action: str, detail: dict[str, Any]) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="sweep",
        subject_id=found.id,
        region_code=found.region_code,
        detail=detail,
    )
