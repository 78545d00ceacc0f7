"""Rows of one case with its history, as if people had taken every step: for the demo and for load work (MON-6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from monitoring_api.casework import rules
from monitoring_api.policy.rules import STAGES, Stage, income_window
from service_kit.calendar import add_working_days
from service_kit.clock import SHANGHAI

from linkage_local.seed.identity import RowIds

CASE_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "kind", "state", "state_since", "is_open", "due_on", "roles",
    "origin", "difficulty", "risks", "opened_at", "opened_by", "opened_by_name", "profile_code", "rules", "income_line",
    "window_from", "window_to", "notice_id", "income", "people", "net_income_per_head", "demo", "created_at",
    "updated_at", "version",
)  # fmt: skip
STEP_COLUMNS = (
    "county_code", "id", "case_id", "village_code", "seq", "previous_seq", "from_state", "to_state", "action",
    "opinion", "evidence", "at", "actor_id", "actor_name", "actor_role", "actor_region", "due_on", "notice_id",
    "notice_closed_on",
)  # fmt: skip
NOTICE_COLUMNS = (
    "county_code", "id", "case_id", "village_code", "starts_on", "days", "ends_on", "open_objections",
    "upheld_objections", "closed_on",
)  # fmt: skip
_PICTURE = "0" * 64
_SAFE = dict.fromkeys(("food", "clothing", "education", "medical", "dwelling", "water"), True)


class Person(NamedTuple):
    """Who takes a step."""

    id: UUID
    name: str
    role: str
    region: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that the cases are opened under, as the service keeps them with a case."""

    profile_code: str
    rules: Mapping[str, Any]

    @property
    def limits(self) -> Mapping[str, int]:
        limits: Mapping[str, int] = self.rules["time_limits"]
        return limits

    @property
    def notice_days(self) -> int:
        return int(self.rules["notice_days"]["days"])


@dataclass(frozen=True, slots=True)
class CasePlan:
    """One open case: where it stands and since which day. ``income`` is that of the home verification, in fen."""

    household_id: UUID
    village_code: str
    kind: rules.Kind
    stage: Stage
    entered: date
    difficulty: str
    risks: tuple[str, ...]
    people: int
    income: Mapping[str, int]
    origin: rules.Origin = "cadre"


@dataclass(slots=True)
class CaseRows:
    case: tuple[Any, ...]
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    notice: tuple[Any, ...] | None = None


def entered_for(stage: Stage, wanted: rules.Urgency, today: date, policy: Policy) -> date:
    """A day on which a case that came to ``stage`` is as urgent as ``wanted`` today; today when there is none."""
    for back in range(40):
        entered = today - timedelta(days=back)
        due = _due(stage, entered, policy)
        if due is not None and rules.urgency(due, today) == wanted:
            return entered
    return today


def case_rows(plan: CasePlan, people: Mapping[str, Person], policy: Policy, ids: RowIds) -> CaseRows:
    """A case at ``plan.stage`` with one step for each stage before.

    Args:
        people: who works on the case, by role.
    """
    county, case_id, notice_id = plan.village_code[:6], ids.take(), ids.take()
    visited: list[Stage] = ["application", *STAGES[1 : STAGES.index(plan.stage)]]
    days = _days(plan, policy, len(visited))
    verified = "home_verification" in visited
    after_notice = "notice" in visited
    ends = _notice_end(plan.stage, plan.entered, policy)
    opener = people["village_cadre"]
    opened = _at(days[0], 9)
    since = _at(plan.entered, 10)
    window = income_window(days[0], **policy.rules["income_window"])
    net = rules.Income(**plan.income).per_head(plan.people)
    case = (
        county, case_id, plan.household_id, plan.village_code, plan.kind, plan.stage, since, True,
        _due(plan.stage, plan.entered, policy),
        _array(policy.rules["approvers"][plan.stage]), plan.origin, plan.difficulty, _array(plan.risks), opened,
        opener.id, opener.name, policy.profile_code, dict(policy.rules), policy.rules["income_line"]["fen"], *window,
        notice_id if plan.stage == "notice" or after_notice else None, dict(plan.income) if verified else None,
        plan.people if verified else None, net if verified else None, True, opened, since, len(visited),
    )  # fmt: skip
    rows = CaseRows(case)
    rows.steps = list(_steps(plan, people, policy, ids, case_id, notice_id, visited, days))
    if plan.stage == "notice":
        rows.notice = (
            county,
            notice_id,
            case_id,
            plan.village_code,
            plan.entered,
            policy.notice_days,
            ends,
            0,
            0,
            None,
        )
    elif after_notice:
        put_up, closed = days[visited.index("notice")], days[visited.index("notice") + 1]
        rows.notice = (
            county, notice_id, case_id, plan.village_code, put_up, policy.notice_days,
            rules.notice_end(put_up, policy.notice_days), 0, 0, closed,
        )  # fmt: skip
    return rows


def _steps(
    plan: CasePlan,
    people: Mapping[str, Person],
    policy: Policy,
    ids: RowIds,
    case_id: UUID,
    notice_id: UUID,
    visited: list[Stage],
    days: list[date],
) -> Iterator[tuple[Any, ...]]:
    county = plan.village_code[:6]
    for seq, stage in enumerate(visited, 1):
        to = visited[seq] if seq < len(visited) else plan.stage
        first, leaves_notice = seq == 1, stage == "notice"
        role = "township" if stage == "township_review" else "village_cadre"
        actor = people[role]
        moved_on = days[seq - 1] if first else days[seq]
        entered = days[seq - 1]
        due = _due(stage, entered, policy)
        yield (
            county, ids.take(), case_id, plan.village_code, seq, seq - 1 or None, None if first else stage, to,
            "open" if first else "complete", plan.difficulty if first else "情况属实，同意报上一级（演示）",
            _evidence(stage, plan, moved_on, first=first), _at(moved_on, 9 if first else 10), actor.id, actor.name,
            actor.role, actor.region, None if first else due, notice_id if leaves_notice else None,
            moved_on if leaves_notice else None,
        )  # fmt: skip


def _days(plan: CasePlan, policy: Policy, count: int) -> list[date]:
    """The day on which each visited stage was entered, the application's first, and at the end the present one."""
    days = [plan.entered]
    stages: list[str] = ["application", *STAGES[1 : STAGES.index(plan.stage)]]
    for stage in reversed(stages):
        step = policy.notice_days + 1 if stage == "notice" else 0 if stage == "application" else 1
        days.append(days[-1] - timedelta(days=step))
    return list(reversed(days))[: count + 1]


def _evidence(stage: str, plan: CasePlan, day: date, *, first: bool) -> dict[str, Any]:
    if first:
        return {"kind": plan.kind, "difficulty": plan.difficulty, "risks": list(plan.risks), "lead_id": None}
    on, net = day.isoformat(), rules.Income(**plan.income).per_head(plan.people)
    forms: dict[str, dict[str, Any]] = {
        "home_verification": {
            "visited_on": on, "income": dict(plan.income), "guarantees_ok": _SAFE, "risks": list(plan.risks),
            "consent": {"signed_by": "户主（演示）", "signed_on": on, "sha256": _PICTURE}, "photos": [],
            "location": None,
            "note": "", "people": plan.people, "net_income_per_head_fen": net,
        },
        "village_review": {
            "met_on": on, "chair": "村支书（演示）", "attendees": 15, "votes_for": 14, "votes_against": 0,
            "abstained": 1,
            "record": "到会代表逐项评议，同意（演示）。",
        },
        "notice": {"place": "村务公开栏", "photos": [], "note": ""},
        "township_review": {"checked_on": on, "method": "documents", "note": ""},
    }  # fmt: skip
    return {"form": stage} | forms[stage]


def _due(stage: Stage, entered: date, policy: Policy) -> date:
    return _working_days_after(_notice_end(stage, entered, policy) or entered, policy.limits[stage])


@lru_cache(maxsize=4096)
def _working_days_after(start: date, days: int) -> date:
    return add_working_days(start, days)


def _notice_end(stage: str, entered: date, policy: Policy) -> date | None:
    return rules.notice_end(entered, policy.notice_days) if stage == "notice" else None


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def _array(words: Any) -> str:
    return "{" + ",".join(words) + "}"
