"""Demo work that follows: look-backs after two eliminations, a pair that may be one person, a move to be accepted.

None of it changes a published figure: the households were monitored before the data begins and are not now, nobody is
added to the pair, and who asks to move stays registered where they are until somebody accepts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from monitoring_api.duplicates.rules import region_of_both
from monitoring_api.look_backs.rules import Turn, months_later, quarter_end, turns
from monitoring_api.visits.rules import payload_hash, receipt_number
from service_kit.bulk import copy_rows
from service_kit.clock import SHANGHAI, now, today
from service_kit.crypto import mask_id_number

from linkage_local.context import SeedContext
from linkage_local.seed.account_loader import DEMO_USERS, user_ids
from linkage_local.seed.case_loader import (
    HELPER_COLUMNS,
    PUBLIC_NOTICE_COLUMNS,
    eliminating,
    notice_row,
    people_of,
    read_policy,
    store_cases,
)
from linkage_local.seed.case_rows import CaseRows, Person, Policy, case_rows
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.identity import RowIds
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.people import Person as Member
from linkage_local.seed.villages import Household

VILLAGE = "431081219214"
"""Whose cadre looks back, and declares the move."""
TWICE_IN = "431081105"
"""The township where somebody seems to be registered twice."""
RECEIVER = "431081105"
_CHILDREN_SINCE = date(2012, 1, 1)
_OVERDUE_DAYS = 200
"""Since the first elimination: its first look-back was done, its second is overdue, its third is to come."""
_SAFE = dict.fromkeys(("food", "clothing", "education", "medical", "dwelling", "water"), True)
_LOOK_BACK = (
    "county_code", "id", "household_id", "village_code", "case_id", "seq", "opens_on", "due_on", "state", "records",
    "review", "demo", "created_at", "updated_at",
)  # fmt: skip
_RECORD = (
    "county_code", "id", "household_id", "village_code", "visited_at", "received_at", "visitor_id", "visitor_name",
    "form_version", "device_clock", "payload_hash", "receipt_number", "demo", "look_back_id", "outcome", "findings",
)  # fmt: skip
_PAIR = (
    "county_code", "id", "region_code", "first_id", "second_id", "basis", "state", "found_at", "created_at",
    "updated_at", "version",
)  # fmt: skip
_MOVE = (
    "county_code", "id", "region_code", "state", "from_county_code", "from_village_code", "from_household_id", "whole",
    "member_ids", "people", "head_name", "was_monitored", "lifted", "happened_on", "reason", "declared_at",
    "declared_by", "declared_by_name", "member_count", "created_at", "updated_at", "version",
)  # fmt: skip


async def load_follow_up(ctx: SeedContext, county: CountySeed, households: list[Household]) -> None:
    """Look-backs, one pair and one move; nothing when the county has look-backs already."""
    lifted = [household for household in households if household.village_code == VILLAGE and household.kind == "lifted"]
    async with owner_transaction(ctx, "monitoring") as connection:
        known = "SELECT EXISTS (SELECT FROM look_back WHERE county_code = $1)"
        if await connection.fetchval(known, county.county_code):
            return
        ids = county.ids("follow_up", 32)
        policy = await read_policy(connection, today())
        for household, eliminated_on in zip(lifted, elimination_days(today()), strict=False):
            await _load_elimination(connection, county, household, eliminated_on, policy, ids)
        await _load_move(connection, county, lifted[2], ids)
        await _load_pair(connection, county, households, ids)


def elimination_days(day: date) -> tuple[date, date]:
    """Days of two eliminations, so that a look-back of the first is overdue and one of the second due this quarter."""
    end = quarter_end(day)
    this_quarter = (day - timedelta(days=back) for back in range(1, 93))
    due = (start for start in this_quarter if day <= months_later(start, 3) <= end)
    # On the last day of a longer quarter no span of three months ends: that household is overdue as well.
    return day - timedelta(days=_OVERDUE_DAYS), max(due, default=months_later(end, -3))


async def _load_elimination(
    connection: Any, county: CountySeed, household: Household, on: date, policy: Policy, ids: RowIds
) -> None:
    """A case that ended with the elimination of the risk, and the look-backs that follow it."""
    plan = eliminating(household, "county_determination", on - timedelta(days=1), policy)
    people = people_of(county, VILLAGE)
    rows = case_rows(plan, people, policy, ids)
    rows.steps.append(_determination(rows, household, on, _bureau(county), ids))
    await store_cases(connection, [rows])
    await connection.execute(
        "UPDATE monitoring_case SET state = 'eliminated', state_since = $3, closed_at = $3, updated_at = $3,"
        " is_open = false, due_on = NULL, roles = '{}', version = version + 1 WHERE county_code = $1 AND id = $2",
        county.county_code, rows.case[1], _at(on),
    )  # fmt: skip
    await copy_rows(connection, "helper_assignment", HELPER_COLUMNS, [_helper(county, household, on, people, ids)])
    head = household.members[0].name.text
    await copy_rows(connection, "notice", PUBLIC_NOTICE_COLUMNS, [notice_row(plan, rows, head)])
    rule = policy.rules["look_back"]
    series = turns(on, count=int(rule["quarters"]), months=int(rule["months"]))
    key = {turn.seq: ids.take() for turn in series}
    await copy_rows(connection, "look_back", _LOOK_BACK, (
        (
            county.county_code, key[turn.seq], household.id, VILLAGE, rows.case[1], turn.seq, turn.opens_on,
            turn.due_on, "due", 0, "none", True, _at(on), _at(on),
        )
        for turn in series
    ))  # fmt: skip
    # All but the last of the turns that are over were done in time.
    over = [turn for turn in series if turn.due_on < today()][:-1]
    await _load_records(connection, county, household, [(key[turn.seq], turn) for turn in over], people, ids)


def _helper(
    county: CountySeed, household: Household, on: date, people: dict[str, Person], ids: RowIds
) -> tuple[Any, ...]:
    """Whoever helped goes on helping after the elimination: without a helper it could not be taken back."""
    cadre, bureau = people["village_cadre"], _bureau(county)
    since = on - timedelta(days=500)
    return (
        county.county_code, ids.take(), household.id, VILLAGE, cadre.id, cadre.name, "团结村村委会（演示）", since,
        bureau.id, bureau.name, "结对帮扶", _at(since), _at(since), 1,
    )  # fmt: skip


def _determination(rows: CaseRows, household: Household, on: date, bureau: Person, ids: RowIds) -> tuple[Any, ...]:
    before = {"class": "unstable_lifted", "risks": ["illness"], "since": (on - timedelta(days=500)).isoformat()}
    evidence = {
        "form": "county_determination", "compared_on": on.isoformat(), "departments": ["医疗保障局", "民政局"],
        "findings": "未发现新增风险（演示）", "class": None, "risks": [],
        "confirmed": ["income_stable", "expense_solved"], "before": before, "criteria": [],
    }  # fmt: skip
    return (
        rows.case[0], ids.take(), rows.case[1], household.village_code, 6, 5, "county_determination", "eliminated",
        "complete", "收入稳定，同意消除风险（演示）", evidence, _at(on), bureau.id, bureau.name, bureau.role,
        bureau.region, rows.case[8], None, None,
    )  # fmt: skip


async def _load_records(
    connection: Any,
    county: CountySeed,
    household: Household,
    done: Iterable[tuple[UUID, Turn]],
    people: dict[str, Person],
    ids: RowIds,
) -> None:
    cadre = people["village_cadre"]
    for look_back_id, turn in done:
        record_id, visited = ids.take(), _at(turn.due_on - timedelta(days=9))
        received = visited + timedelta(minutes=12)
        findings = {
            "income_stable": True, "income_note": "", "guarantees_ok": _SAFE, "risks": [],
            "note": "收入稳定，没有新的困难（演示）",
        }  # fmt: skip
        clock = {"sent_at": received.isoformat(), "offset_ms": 0}
        payload = {
            "visited_at": visited.isoformat(), "device_clock": clock, "form_version": 1, "location": None,
            "photos": [], "findings": findings, "outcome": "ok",
        }  # fmt: skip
        await copy_rows(connection, "look_back_record", _RECORD, [(
            county.county_code, record_id, household.id, VILLAGE, visited, received, cadre.id, cadre.name, 1, clock,
            payload_hash(payload), receipt_number(record_id, received, "HT"), True, look_back_id, "ok", findings,
        )])  # fmt: skip
        await connection.execute(
            "UPDATE look_back SET state = 'done', record_id = $3, outcome = 'ok', done_at = $4, records = 1,"
            " updated_at = $4 WHERE county_code = $1 AND id = $2",
            county.county_code, look_back_id, record_id, received,
        )  # fmt: skip


async def _load_move(connection: Any, county: CountySeed, household: Household, ids: RowIds) -> None:
    """A household that wants to live in another township; it is counted at home until that township accepts."""
    cadre, at = people_of(county, VILLAGE)["village_cadre"], now() - timedelta(days=2)
    movers = household.members
    people = [
        {
            "id": str(m.id), "name": m.name.text, "relation": m.relation, "sex": m.sex,
            "birth_date": m.birth_date.isoformat(), "id_number_masked": mask_id_number(m.id_number),
        }
        for m in movers
    ]  # fmt: skip
    await copy_rows(connection, "relocation", _MOVE, [(
        county.county_code, ids.take(), RECEIVER, "pending", county.county_code, VILLAGE, household.id, True,
        "{" + ",".join(str(m.id) for m in movers) + "}", people, movers[0].name.text, False, household.lifted,
        at.date(), "随子女在外乡镇居住（演示）", at, cadre.id, cadre.name, len(movers), at, at, 1,
    )])  # fmt: skip


async def _load_pair(connection: Any, county: CountySeed, households: list[Household], ids: RowIds) -> None:
    """Two children born on one day in one village, of whom the second gets the name of the first."""
    found = twins([household for household in households if household.village_code.startswith(TWICE_IN)])
    if found is None:
        return
    village, one, two = found
    first, second = sorted((one.id, two.id))
    await connection.execute(
        "UPDATE household_member SET name = $3, name_tail = $4, initials = $5 WHERE county_code = $1 AND id = $2",
        county.county_code, two.id, one.name.text, one.name.text[1:], one.name.initials,
    )  # fmt: skip
    at = now() - timedelta(days=3)
    await copy_rows(connection, "duplicate_candidate", _PAIR, [(
        county.county_code, ids.take(), region_of_both(village, village), first, second, "name_birth_village", "open",
        at, at, at, 1,
    )])  # fmt: skip


def twins(households: Iterable[Household]) -> tuple[str, Member, Member] | None:
    """The first two children born on one day in one village but registered in two households.

    The generated numbers give no two people of one sex the same day, so the pair differs in sex as well: a child that
    was registered with each side of the family, once with a mistake in its number.
    """
    born: dict[tuple[str, date], tuple[UUID, Member]] = {}
    for household in households:
        for member in household.members[1:]:
            if member.birth_date < _CHILDREN_SINCE:
                continue
            other = born.setdefault((household.village_code, member.birth_date), (household.id, member))
            if other[0] != household.id:
                return household.village_code, other[1], member
    return None


def _bureau(county: CountySeed) -> Person:
    user = next(user for user in DEMO_USERS if user.username == "bureau")
    return Person(user_ids(county)["bureau"], user.name, user.role, user.region)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), SHANGHAI)
