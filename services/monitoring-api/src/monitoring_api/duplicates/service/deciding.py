"""Deciding a pair: merged, or not a duplicate. Every decision can be taken back while nothing else changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.errors import FieldError
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts import repository as acts
from monitoring_api.acts import rules as act_rules
from monitoring_api.acts.rules import Family, Person, Plan
from monitoring_api.acts.service.applying import as_family, place
from monitoring_api.acts.service.following import hand_back, hand_over
from monitoring_api.acts.service.images import PERSON, Image, put_back
from monitoring_api.acts.service.preparing import head_of
from monitoring_api.duplicates import repository, rules
from monitoring_api.duplicates.models import DuplicateCandidate
from monitoring_api.duplicates.schemas import Decision, MergeInput
from monitoring_api.errors import DuplicateDecided, MergeNotPossible, MergeNotUndoable
from monitoring_api.households.models import Household, HouseholdMember
from monitoring_api.households.repository import hold_person, holders_of, release_number
from monitoring_api.households.service import records

COPIED: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_tail", "initials"),
    "id_number": ("id_number", "id_number_index", "id_number_masked"),
    "phone": ("phone", "phone_masked"),
}
"""Columns behind a field that a person chooses."""


async def merge(
    session: AsyncSession, actor: Actor, candidate_id: UUID, expected: int, body: MergeInput
) -> DuplicateCandidate:
    """Make one record of two; the other stays in the table as ``merged``, to be put back.

    Raises:
        NotFound: no such pair, or one of the households is not in the actor's region.
        VersionMismatch, DuplicateDecided, MergeNotPossible, ActNotPossible (who becomes head).
    """
    candidate = await _open(session, actor, candidate_id, expected)
    if candidate.other_county_code is not None:
        raise MergeNotPossible("对方登记在外县，请更正号码，或为本县登记的人办理迁出")
    kept, dropped, households, rows = await _load(session, actor, candidate, body.kept_id)
    _check_pair(kept, dropped, body)
    home, left = households[kept.household_id], households[dropped.household_id]
    image = Image()
    image.keep(households.values(), rows.values(), PERSON)
    indexes = sorted({bytes(row.id_number_index) for row in rows.values() if row.id_number_index})
    held = await holders_of(session, indexes)
    merged = [(kept, dropped, body.choices)]
    along: list[DuplicateCandidate] = []
    if body.whole_household and home.id != left.id:
        pairs = await _pairs_between(session, candidate, home, left, rows)
        along = [pair for pair, _, _ in pairs]
        merged += [(keep, drop, {}) for _, keep, drop in pairs]
    plan = await _plan(session, home, left, rows, merged, body)
    for keep, drop, choices in merged:
        await _combine(session, keep, drop, choices)
    await place(session, plan.families, rows, households)
    handed = [line for keep, drop, _ in merged for line in await hand_over(session, keep, drop)]
    if left.id in plan.closed:
        helper = await acts.current_helper(session, left)
        if helper is not None:
            await acts.end_helpers(session, left.county_code, [helper.id], today(), "重复登记，已并户")
            image.helpers_ended.append(str(helper.id))
        left.state = "closed"
    await _touch(session, actor, list(households.values()), "persons_merged", body.reason)
    before = image.data() | {
        "versions": {str(household.id): household.version for household in households.values()},
        "registry": {index.hex(): [county, str(member_id)] for index, (county, member_id) in held.items()},
        "along": [str(pair.id) for pair in along],
        "benefits": handed,
    }
    for pair, (keep, _, choices) in zip([candidate, *along], merged, strict=True):
        _decide(pair, actor, "merged", body.reason)
        pair.kept_id, pair.choices = keep.id, {field: str(chosen) for field, chosen in choices.items()}
        pair.before = before if pair is candidate else {"with": str(candidate.id)}
    await session.flush()
    for household in households.values():
        await records.announce(session, household, "persons_merged", member_ids=[kept.id, dropped.id])
    await _audit(session, actor, candidate, "duplicates.merge", {"kept_id": str(kept.id), "along": len(along)})
    return candidate


async def not_duplicate(
    session: AsyncSession, actor: Actor, candidate_id: UUID, expected: int, body: Decision
) -> DuplicateCandidate:
    """Two persons after all; the pair is not found again.

    Raises:
        NotFound, VersionMismatch, DuplicateDecided.
    """
    candidate = await _open(session, actor, candidate_id, expected)
    _decide(candidate, actor, "not_duplicate", body.reason)
    await session.flush()
    await _audit(session, actor, candidate, "duplicates.not_duplicate", {})
    return candidate


async def reopen(
    session: AsyncSession, actor: Actor, candidate_id: UUID, expected: int, body: Decision
) -> DuplicateCandidate:
    """Take a decision back: the records become exactly what they were.

    Raises:
        NotFound, VersionMismatch.
        DuplicateDecided: the pair is open, or was merged along with another one, which is the one to take back.
        MergeNotUndoable: a household changed since the merge.
    """
    candidate = await repository.lock_candidate(session, actor, candidate_id)
    check_version(candidate.version, expected)
    if candidate.state == "open":
        raise DuplicateDecided("这一对还没有处理")
    if candidate.state == "merged":
        await _unmerge(session, actor, candidate, body)
    _reopen(candidate)
    await session.flush()
    await _audit(session, actor, candidate, "duplicates.reopen", {"reason": body.reason})
    return candidate


async def _unmerge(session: AsyncSession, actor: Actor, candidate: DuplicateCandidate, body: Decision) -> None:
    before = candidate.before or {}
    if "with" in before:
        raise DuplicateDecided("这一对是随另一对整户合并的，请撤销那一对")
    image = Image.of(before)
    ids = [UUID(household_id) for household_id in before["versions"]]
    households = await acts.lock_households(session, actor, ids)
    if {str(h.id): h.version for h in households.values()} != before["versions"]:
        raise MergeNotUndoable()
    rows = await acts.members_by_id(session, candidate.county_code, [UUID(key) for key in image.members])
    for row in rows.values():
        if row.id_number_index is not None:
            await release_number(session, bytes(row.id_number_index))
    await hand_back(session, candidate.county_code, before.get("benefits", []))
    await put_back(session, image, households, rows)
    for index, (county, member_id) in before["registry"].items():
        await release_number(session, bytes.fromhex(index))
        await hold_person(session, bytes.fromhex(index), county, UUID(member_id))
    await acts.resume_helpers(session, candidate.county_code, [UUID(i) for i in image.helpers_ended])
    await _touch(session, actor, list(households.values()), "persons_unmerged", body.reason)
    for pair_id in before["along"]:
        _reopen(await repository.lock_candidate(session, actor, UUID(pair_id)))
    for household in households.values():
        await records.announce(
            session, household, "persons_unmerged", member_ids=[candidate.first_id, candidate.second_id]
        )


async def _open(session: AsyncSession, actor: Actor, candidate_id: UUID, expected: int) -> DuplicateCandidate:
    candidate = await repository.lock_candidate(session, actor, candidate_id)
    if candidate.state != "open":
        raise DuplicateDecided()
    check_version(candidate.version, expected)
    return candidate


async def _load(
    session: AsyncSession, actor: Actor, candidate: DuplicateCandidate, kept_id: UUID
) -> tuple[HouseholdMember, HouseholdMember, dict[UUID, Household], dict[UUID, HouseholdMember]]:
    """The two records, their households, and everybody in them, locked."""
    pair = (candidate.first_id, candidate.second_id)
    if kept_id not in pair:
        error = FieldError("body.kept_id", "record_unknown", "请在这两条登记中选择")
        raise MergeNotPossible(errors=[error])
    seen = await acts.members_by_id(session, candidate.county_code, pair)
    households = await acts.lock_households(session, actor, {row.household_id for row in seen.values()})
    rows = {row.id: row for household in households.values() for row in await acts.members_of(session, household)}
    if any(member_id not in rows for member_id in pair):
        raise MergeNotPossible("登记刚刚有变动，请重新打开")
    dropped_id = pair[1] if kept_id == pair[0] else pair[0]
    return rows[kept_id], rows[dropped_id], households, rows


def _check_pair(kept: HouseholdMember, dropped: HouseholdMember, body: MergeInput) -> None:
    if kept.state != "present" or dropped.state != "present":
        raise MergeNotPossible("其中一人已不在册，不用合并")
    if errors := rules.choice_errors(body.choices, kept.id, dropped.id):
        raise MergeNotPossible(errors=errors)
    for row in (kept, dropped):
        check_version(row.version, body.versions.get(row.id, 0))


async def _pairs_between(
    session: AsyncSession,
    candidate: DuplicateCandidate,
    home: Household,
    left: Household,
    rows: Mapping[UUID, HouseholdMember],
) -> list[tuple[DuplicateCandidate, HouseholdMember, HouseholdMember]]:
    """Further open pairs between the two households, each person in one of them: (pair, kept, dropped)."""
    used = {candidate.first_id, candidate.second_id}
    pairs = []
    for pair in await repository.candidates_about(session, candidate.county_code, list(rows)):
        both = [rows.get(pair.first_id), rows.get(pair.second_id)]
        keep = next((row for row in both if row and row.household_id == home.id and row.state == "present"), None)
        drop = next((row for row in both if row and row.household_id == left.id and row.state == "present"), None)
        if keep is None or drop is None or used & {keep.id, drop.id}:
            continue
        used |= {keep.id, drop.id}
        pairs.append((pair, keep, drop))
    return pairs


async def _plan(
    session: AsyncSession,
    home: Household,
    left: Household,
    rows: Mapping[UUID, HouseholdMember],
    merged: Sequence[tuple[HouseholdMember, HouseholdMember, Any]],
    body: MergeInput,
) -> Plan:
    """Who stands where afterwards."""
    families = {
        household.id: as_family(
            household,
            [row for row in rows.values() if row.household_id == household.id],
            open_case=await acts.has_open_case(session, household),
        )
        for household in {home.id: home, left.id: left}.values()
    }
    gone = {drop.id for _, drop, _ in merged}
    if home.id == left.id:
        return Plan((_in_one_household(families[home.id], merged[0][0].id, merged[0][1].id),))
    if not body.whole_household:
        return act_rules.leave(families[left.id], gone, head_of(body.new_head), state="merged")
    if left.monitored and not home.monitored:
        raise MergeNotPossible("重复的一户是监测对象，请保留那一户")
    if families[left.id].held and not left.monitored:
        raise MergeNotPossible("重复的一户有在办案卷，请先办结")
    joining = [person for person in families[left.id].present if person.id not in gone]
    emptied = tuple(
        replace(person, state="merged", relation="other" if person.relation == "head" else person.relation)
        if person.id in gone
        else person
        for person in families[left.id].members
        if person not in joining
    )
    return Plan(
        (Family(left.id, emptied), act_rules.join(families[home.id], joining, _same_relations(joining))),
        closed=(left.id,),
    )


def _same_relations(joining: Sequence[Person]) -> dict[UUID, str]:
    return {person.id: "other" if person.relation == "head" else person.relation for person in joining}


def _in_one_household(family: Family, kept: UUID, dropped: UUID) -> Family:
    """Two records in one household: who stays takes the head's place if the other one had it."""
    was_head = any(person.id == dropped and person.relation == "head" for person in family.members)
    members = []
    for person in family.members:
        if person.id == dropped:
            person = replace(person, state="merged", relation="other" if was_head else person.relation)
        elif person.id == kept and was_head:
            person = replace(person, relation="head")
        members.append(person)
    return Family(family.id, tuple(members), held=family.held)


async def _combine(
    session: AsyncSession, kept: HouseholdMember, dropped: HouseholdMember, choices: Mapping[str, UUID]
) -> None:
    """Take the chosen fields over, and the claim to the number that stays."""
    for row in (kept, dropped):
        if row.id_number_index is not None:
            await release_number(session, bytes(row.id_number_index), only=[kept.id, dropped.id])
    for field, chosen in choices.items():
        if chosen == dropped.id:
            for column in COPIED.get(field, (field,)):
                setattr(kept, column, getattr(dropped, column))
    if kept.id_number_index is not None:
        await hold_person(session, bytes(kept.id_number_index), kept.county_code, kept.id)


async def _touch(session: AsyncSession, actor: Actor, households: Sequence[Household], act: Any, reason: str) -> None:
    at = now()
    for household in households:
        household.updated_at = at
    for household in households:
        await records.write_history(session, actor, household, act, [], reason=reason)


def _decide(candidate: DuplicateCandidate, actor: Actor, state: rules.State, reason: str) -> None:
    candidate.state, candidate.reason = state, reason
    candidate.decided_at, candidate.decided_by, candidate.decided_by_name = now(), actor.id, actor.name


def _reopen(candidate: DuplicateCandidate) -> None:
    candidate.state = "open"
    candidate.decided_at = candidate.decided_by = candidate.decided_by_name = candidate.reason = None
    candidate.kept_id = candidate.choices = candidate.before = None


async def _audit(
    session: AsyncSession, actor: Actor, candidate: DuplicateCandidate, action: str, detail: dict[str, Any]
) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="duplicate_candidate",
        subject_id=candidate.id,
        region_code=candidate.region_code,
        detail={"first_id": str(candidate.first_id), "second_id": str(candidate.second_id)} | detail,
    )
