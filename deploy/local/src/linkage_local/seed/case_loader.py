"""Demo casework: every monitored household with somebody who helps it, and cases at every step to work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import orjson
from monitoring_api.casework.rules import URGENCIES
from monitoring_api.casework.service.stepping import NOTICE_KIND
from monitoring_api.policy.rules import STAGES, Stage
from service_kit.bulk import copy_rows
from service_kit.clock import today
from service_kit.crypto import mask_name

from linkage_local.context import SeedContext
from linkage_local.seed.account_loader import DEMO_USERS, user_ids
from linkage_local.seed.case_rows import (
    CASE_COLUMNS,
    NOTICE_COLUMNS,
    STEP_COLUMNS,
    CasePlan,
    CaseRows,
    Person,
    Policy,
    case_rows,
    entered_for,
)
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.names import NamePool
from linkage_local.seed.rows import LOADED_AT
from linkage_local.seed.villages import Household

HELPER_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "helper_id", "helper_name", "helper_unit", "since",
    "assigned_by", "assigned_by_name", "reason", "created_at", "updated_at", "version",
)  # fmt: skip
PUBLIC_NOTICE_COLUMNS = (
    "county_code", "id", "region_code", "kind", "title", "paragraphs", "subject_type", "subject_id", "starts_on",
    "ends_on", "published_at",
)  # fmt: skip
_HOUSEHOLDS_PER_HELPER = 5
_OPEN_STAGES: tuple[Stage, ...] = STAGES[1:]
_CASES_PER_STAGE = 4
_TROUBLES = {
    "illness": "家中有人患大病住院，自付医疗费用大（演示）",
    "accident": "主要劳动力意外受伤，暂时不能务工（演示）",
    "business_failure": "黄桃受灾减产，经营亏损（演示）",
    "schooling": "两个孩子上大学，学费和生活费负担重（演示）",
}


async def load_casework(ctx: SeedContext, county: CountySeed, households: list[Household]) -> None:
    """Helpers and open cases; nothing when the county has cases already."""
    async with owner_transaction(ctx, "monitoring") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM monitoring_case WHERE county_code = $1)", county.county_code
        ):
            return
        policy = await read_policy(connection, today())
        await copy_rows(connection, "helper_assignment", HELPER_COLUMNS, _helpers(county, households))
        plans = _plans(county, households, policy)
        ids = county.ids("case", 30)
        made = [(plan, case_rows(plan, people_of(county, plan.village_code), policy, ids)) for plan in plans]
        await store_cases(connection, [rows for _, rows in made])
        heads = {household.id: household.members[0].name.text for household in households}
        notices = [notice_row(plan, rows, heads[plan.household_id]) for plan, rows in made if rows.notice is not None]
        await copy_rows(connection, "notice", PUBLIC_NOTICE_COLUMNS, notices)


async def read_policy(connection: Any, day: date) -> Policy:
    """The nation's rules on a day."""
    profile = await connection.fetchval(
        "SELECT code FROM policy_profile WHERE valid_from <= $1 AND (valid_to IS NULL OR $1 <= valid_to)"
        " ORDER BY valid_from DESC LIMIT 1",
        day,
    )
    rows = await connection.fetch("SELECT key, value::text FROM policy_default WHERE profile_code = $1", profile)
    return Policy(profile, {row["key"]: orjson.loads(row["value"]) for row in rows})


async def store_cases(connection: Any, made: Iterable[CaseRows]) -> None:
    """Cases, their notices and their steps, in one transaction: each holds the other."""
    cases = list(made)
    await copy_rows(connection, "monitoring_case", CASE_COLUMNS, (rows.case for rows in cases))
    await copy_rows(connection, "case_notice", NOTICE_COLUMNS, (rows.notice for rows in cases if rows.notice))
    await copy_rows(connection, "case_step", STEP_COLUMNS, (step for rows in cases for step in rows.steps))


def _helpers(county: CountySeed, households: list[Household]) -> Iterator[tuple[object, ...]]:
    """One person helps a few households of one village."""
    rng, ids = county.rng("helpers"), county.ids("helper", 31)
    names, assigner = NamePool(rng), user_ids(county)["bureau"]
    helper, left, village = (ids.take(), ""), 0, ""
    for household in households:
        if not household.monitored:
            continue
        if left == 0 or household.village_code != village:
            village, left = household.village_code, 1 + int(rng.random() * _HOUSEHOLDS_PER_HELPER * 2)
            [surname] = names.clan_surnames(1)
            helper = (ids.take(), f"{surname}{rng.choice('建国志明文华军平')}{rng.choice('英秀伟强')}（演示）")
        left -= 1
        yield (
            county.county_code, ids.take(), household.id, household.village_code, *helper, "驻村帮扶工作队",
            household.monitored_since, assigner, "资兴市农业农村局（演示）", "结对帮扶", LOADED_AT, LOADED_AT, 1,
        )  # fmt: skip


def _plans(county: CountySeed, households: list[Household], policy: Policy) -> Iterator[CasePlan]:
    """Cases of the villages whose people can sign in, at every step and of every urgency."""
    rng, day = county.rng("cases"), today()
    regions = [user.region for user in DEMO_USERS if user.role == "village_cadre"]
    here = [household for household in households if household.village_code in regions]
    long_ago = day - timedelta(days=400)
    poor = [household for household in here if household.kind == "ordinary"]
    leaving = [h for h in here if h.monitored and h.monitored_since is not None and h.monitored_since < long_ago]
    rng.shuffle(poor)
    rng.shuffle(leaving)
    turn = 0
    for stage in _OPEN_STAGES:
        for _ in range(_CASES_PER_STAGE):
            entered = entered_for(stage, URGENCIES[turn % len(URGENCIES)], day, policy)
            turn += 1
            eliminate = turn % 4 == 0 and bool(leaving)
            household = (leaving if eliminate else poor).pop()
            yield (
                eliminating(household, stage, entered, policy)
                if eliminate
                else _identifying(household, stage, entered, rng, policy)
            )


def _identifying(household: Household, stage: Stage, entered: date, rng: Random, policy: Policy) -> CasePlan:
    risk = rng.choice(sorted(_TROUBLES))
    people = len(household.members)
    line = int(policy.rules["income_line"]["fen"])
    # Some households lie just below the line, others are above it and have met with a sudden expense.
    net = int(line * (0.7 + 0.5 * rng.random())) * people
    expense = 1_500_000 + int(rng.random() * 2_000_000)
    return CasePlan(
        household.id, household.village_code, "identification", stage, entered, _TROUBLES[risk], (risk,), people,
        {"wage": net + expense, "business": 0, "property": 0, "transfer": 0, "rigid_expense": expense},
    )  # fmt: skip


def eliminating(household: Household, stage: Stage, entered: date, policy: Policy) -> CasePlan:
    """The case of a household that earns enough again."""
    people = len(household.members)
    net = int(policy.rules["income_line"]["fen"] * 1.6) * people
    return CasePlan(
        household.id, household.village_code, "elimination", stage, entered, "收入稳定，风险已消除（演示）", (), people,
        {"wage": net, "business": 0, "property": 0, "transfer": 0, "rigid_expense": 0},
    )  # fmt: skip


def people_of(county: CountySeed, village_code: str) -> dict[str, Person]:
    """Who works on the cases of a village whose people can sign in, by role."""
    ids = user_ids(county)
    users = {user.role: user for user in DEMO_USERS if user.role == "township"}
    cadre = next(user for user in DEMO_USERS if user.role == "village_cadre" and user.region == village_code)
    users["village_cadre"] = cadre
    return {role: Person(ids[user.username], user.name, user.role, user.region) for role, user in users.items()}


def notice_row(plan: CasePlan, rows: CaseRows, head: str) -> tuple[object, ...]:
    """The public notice of a case that was put up."""
    assert rows.notice is not None  # noqa: S101 - only such cases come here
    county, notice_id, case_id, village, starts_on, _, ends_on, *_ = rows.notice
    words = "拟消除风险" if plan.kind == "elimination" else "拟纳入监测"
    paragraphs = [
        f"经村级评议，{mask_name(head)}户{words}，现予公示。（演示）",
        f"公示期自{starts_on.isoformat()}至{ends_on.isoformat()}。有异议的，请在公示期内实名提出。",
    ]
    published = rows.steps[min(2, len(rows.steps) - 1)][11]
    return (
        county, notice_id, village, NOTICE_KIND, f"{words}对象公示", paragraphs, "case", str(case_id), starts_on,
        ends_on, published,
    )  # fmt: skip
