"""Demo work for households: assistance plans of those monitored, and a sweep over one township that is half done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from monitoring_api.visits.rules import payload_hash, receipt_number
from service_kit.bulk import copy_rows
from service_kit.calendar import add_working_days
from service_kit.clock import SHANGHAI, now

from linkage_local.context import SeedContext
from linkage_local.seed.account_loader import user_ids
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction

TABLES = ("assistance_plan", "assistance_measure", "sweep_item", "sweep_record", "sweep_issue")
SWEPT_TOWNSHIP = "431081105"
_CADRE = "兴宁镇村干部（演示）"
_LIMIT = 10
"""Working days for a plan, as the policy's default says."""
_OVERDUE, _DRAFT = 0.04, 0.08
"""Shares of the plans that are late, and that are being drafted."""
_SWEPT, _TROUBLED = 0.62, 0.03
"""Shares of the township's households that were seen, and that had a problem."""

_MEASURES: dict[str, tuple[str, str, str, int]] = {
    "illness": ("health", "参保资助与三重医疗保障", "医疗保障局", 32_000),
    "disability": ("social_security", "残疾人两项补贴", "民政局", 120_000),
    "schooling": ("education", "学生资助（含雨露计划）", "教育局", 300_000),
    "disaster": ("social_security", "受灾生活救助", "应急管理局", 200_000),
    "accident": ("social_security", "临时救助", "民政局", 300_000),
    "business_failure": ("industry", "产业技术指导与小额信贷", "农业农村局", 150_000),
    "unstable_job": ("employment", "岗位推荐与技能培训", "人力资源和社会保障局", 80_000),
    "dwelling": ("housing", "农村危房改造", "住房和城乡建设局", 3_500_000),
    "water": ("water", "饮水设施修缮与供水保障", "水利局", 260_000),
}
"""What the demo plans for each risk: type, title, department, amount in fen."""
_PROBLEMS = (
    ("water", "枯水期饮水不稳定"),
    ("data", "家庭成员外出情况与系统不一致"),
    ("medical", "一人未参加本年度医疗保险"),
    ("dwelling", "厨房屋面漏雨"),
    ("policy", "雨露计划补助尚未到账"),
)
_PLAN = (
    "county_code", "id", "household_id", "village_code", "since", "working_days", "due_on", "state", "goal",
    "confirmed_at", "confirmed_by", "confirmed_by_name", "confirmed_risks", "labour_people", "backstop_id",
    "backstop_type", "backstop_kept", "demo", "created_at", "updated_at", "version",
)  # fmt: skip
_MEASURE = (
    "county_code", "id", "plan_id", "household_id", "village_code", "type", "title", "department", "planned_from",
    "planned_to", "amount", "state", "kept", "delivered_on", "delivered_amount", "evidence", "delivered_by_name",
    "result", "created_by_name", "demo", "created_at", "updated_at", "version",
)  # fmt: skip
_MONITORED = """
    SELECT h.id, h.village_code, h.monitored_since, array_to_string(h.risks, ' ') AS risks,
           (SELECT count(*) FROM household_member m WHERE m.county_code = h.county_code
            AND m.village_code = h.village_code AND m.household_id = h.id AND m.state = 'present'
            AND m.labour_ability IN ('skilled', 'ordinary', 'weak')) AS able
    FROM household h WHERE h.county_code = $1 AND h.monitored AND h.state = 'active' ORDER BY h.village_code, h.id"""


async def load_work(ctx: SeedContext, county: CountySeed) -> None:
    """Plans, measures and a sweep; nothing when the county has plans already."""
    async with owner_transaction(ctx, "monitoring") as connection:
        known = "SELECT EXISTS (SELECT FROM assistance_plan WHERE county_code = $1)"
        if await connection.fetchval(known, county.county_code):
            return
        await _load_plans(connection, county)
        await _load_sweep(connection, county)


async def _load_plans(connection: Any, county: CountySeed) -> None:
    random, at = county.rng("plans"), now()
    plan_ids, measure_ids = county.ids("plan", 0), county.ids("measure", 1)
    bureau = user_ids(county)["bureau"]
    plans, measures, backstops = [], [], []
    for row in await connection.fetch(_MONITORED, county.county_code):
        plan_id, lot = plan_ids.take(), random.random()
        draft = lot < _DRAFT
        since = at.date() - timedelta(days=40 if lot < _OVERDUE else 5) if draft else row["monitored_since"]
        risks = row["risks"].split()
        signed = datetime.combine(add_working_days(since, 6), at.timetz()).astimezone(SHANGHAI)
        if not draft:
            own = list(_measures(county, random, row, plan_id, measure_ids, since, at))
            measures += own
            backstop = next((measure[1] for measure in own if measure[5] == "social_security"), None)
            if backstop and not row["able"]:
                backstops.append((plan_id, backstop))
        plans.append((
            county.county_code, plan_id, row["id"], row["village_code"], since, _LIMIT,
            add_working_days(since, _LIMIT), "draft", "" if draft else "消除风险，稳定增收", None if draft else signed,
            None if draft else bureau, None if draft else "资兴市农业农村局（演示）",
            None if draft else "{" + ",".join(risks) + "}", None if draft else max(row["able"], 1), None, None, None,
            True, at, at, 1,
        ))  # fmt: skip
    await copy_rows(connection, "assistance_plan", _PLAN, plans)
    await copy_rows(connection, "assistance_measure", _MEASURE, measures)
    # A plan names its backstop once the measure is there; until then nobody may be without labour in it.
    await connection.executemany(
        "UPDATE assistance_plan SET labour_people = 0, backstop_id = $3, backstop_type = 'social_security',"
        " backstop_kept = true WHERE county_code = $1 AND id = $2",
        [(county.county_code, *pair) for pair in backstops],
    )
    await connection.execute(
        "UPDATE assistance_plan SET state = 'confirmed' WHERE county_code = $1 AND confirmed_at IS NOT NULL",
        county.county_code,
    )


def _measures(
    county: CountySeed, random: Random, row: Any, plan_id: UUID, ids: Any, since: date, at: datetime
) -> Iterator[tuple[object, ...]]:
    """One measure for each risk, and the minimum living allowance where nobody can work."""
    wanted = [_MEASURES[risk] for risk in row["risks"].split() if risk in _MEASURES]
    if not row["able"]:
        wanted.append(("social_security", "低保或特困供养", "民政局", 480_000))
    for kind, title, department, amount in wanted:
        first = max(since, date(at.year, 1, 1))
        last = date(at.year, 12, 31) if random.random() > 0.07 else at.date() - timedelta(days=random.randint(3, 40))
        delivered = random.random() < 0.7 and first < at.date()
        on = first + timedelta(days=random.randint(0, max((at.date() - first).days, 0)))
        yield (
            county.county_code, ids.take(), plan_id, row["id"], row["village_code"], kind, title, department,
            min(first, last), last, amount, "delivered" if delivered else "planned", True, on if delivered else None,
            amount if delivered else None, "一卡通发放记录" if delivered else None,
            f"{department}（演示）" if delivered else None, "已落实到户" if delivered else None, "演示数据", True, at,
            at, 1,
        )  # fmt: skip


async def _load_sweep(connection: Any, county: CountySeed) -> None:
    random, at = county.rng("sweep"), now()
    ids, record_ids = county.ids("sweep", 2), county.ids("sweep_record", 3)
    round_id, visitor = ids.take(), user_ids(county)["bureau"]
    found = await connection.fetch(
        "SELECT id, village_code FROM household WHERE county_code = $1 AND village_code >= $2 AND village_code < $3"
        " AND state = 'active' ORDER BY village_code, household_no",
        county.county_code, SWEPT_TOWNSHIP, SWEPT_TOWNSHIP + ":",
    )  # fmt: skip
    half = 1 if at.month <= 6 else 2
    await connection.execute(
        "INSERT INTO sweep_round (county_code, id, region_code, title, year, half, starts_on, ends_on, form_version,"
        " households, opened_at, opened_by, opened_by_name, is_open, demo, created_at, updated_at, version)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, "
        "'资兴市农业农村局（演示）', true, true, $10, $10, 1)",
        county.county_code, round_id, SWEPT_TOWNSHIP, f"{at.year}年{'上' if half == 1 else '下'}半年兴宁镇集中排查",
        at.year, half, at.date() - timedelta(days=18), at.date() + timedelta(days=12), len(found),
        at - timedelta(days=18), visitor,
    )  # fmt: skip
    items, records, issues = [], [], []
    for household in found:
        base = (county.county_code, household["id"], household["village_code"])
        seen = random.random() < _SWEPT
        items.append((base[0], ids.take(), round_id, True, base[1], base[2], "open", 0, "none"))
        if not seen:
            continue
        problem = random.choice(_PROBLEMS) if random.random() < _TROUBLED else None
        records.append(_record(random, at, record_ids.take(), round_id, base, visitor, problem))
        if problem is not None:
            issues.append((
                base[0], ids.take(), round_id, base[1], base[2], records[-1][1], problem[0], problem[1],
                records[-1][5], _CADRE, add_working_days(records[-1][5].date(), 20), "open", True, at, at, 1,
            ))  # fmt: skip
    await copy_rows(connection, "sweep_item", _ITEM, items)
    await copy_rows(connection, "sweep_record", _RECORD, records)
    await copy_rows(connection, "sweep_issue", _ISSUE, issues)
    await connection.execute(
        "UPDATE sweep_item i SET state = 'done', record_id = r.id, recorded_at = r.received_at, records = 1,"
        " visitor_id = r.visitor_id, visitor_name = r.visitor_name, unchanged = r.unchanged,"
        " problems = jsonb_array_length(r.problems)"
        " FROM sweep_record r WHERE i.county_code = $1 AND r.county_code = $1 AND i.round_id = $2 AND r.round_id = $2"
        " AND r.household_id = i.household_id",
        county.county_code, round_id,
    )  # fmt: skip


_ITEM = (
    "county_code", "id", "round_id", "round_open", "household_id", "village_code", "state", "records", "review",
)  # fmt: skip
_RECORD = (
    "county_code", "id", "household_id", "village_code", "visited_at", "received_at", "visitor_id", "visitor_name",
    "form_version", "device_clock", "payload_hash", "receipt_number", "demo", "round_id", "unchanged", "findings",
    "problems",
)  # fmt: skip
_ISSUE = (
    "county_code", "id", "round_id", "household_id", "village_code", "record_id", "kind", "description", "found_at",
    "found_by_name", "due_on", "state", "demo", "created_at", "updated_at", "version",
)  # fmt: skip


def _record(
    random: Random,
    at: datetime,
    record_id: UUID,
    round_id: UUID,
    base: tuple[str, UUID, str],
    visitor: UUID,
    problem: tuple[str, str] | None,
) -> tuple[Any, ...]:
    visited = at - timedelta(minutes=random.randint(60, 17 * 24 * 60))
    clock = {"sent_at": visited.isoformat(), "offset_ms": 0}
    problems = [{"kind": problem[0], "description": problem[1]}] if problem else []
    guarantees = dict.fromkeys(("food", "clothing", "education", "medical", "dwelling", "water"), True)
    if problem and problem[0] in guarantees:
        guarantees[problem[0]] = False
    findings = None
    if problem:
        findings = {
            "income_changed": False,
            "income_note": "",
            "guarantees_ok": guarantees,
            "risks": [],
            "note": problem[1],
        }
    payload = {"household_id": str(base[1]), "visited_at": visited.isoformat(), "unchanged": problem is None}
    return (
        base[0], record_id, base[1], base[2], visited, visited + timedelta(minutes=5), visitor, _CADRE, 1,
        clock,
        payload_hash(payload), receipt_number(record_id, visited, "PC"), True, round_id, problem is None, findings,
        problems,
    )  # fmt: skip
