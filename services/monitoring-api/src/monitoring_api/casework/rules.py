"""The lifecycle of a case, pure: states, steps, who takes them, with what, by when (MON-6, MON-11).

Identification:  application → home verification → village review → public notice → township review
                 → county determination → monitored.
Elimination:     the same steps, ending in eliminated; from there rollback (it was wrong) or re-mark (risk came back).
Natural elimination (all died or moved away): straight to the county's determination.

Opening a case *is* its first step; the state names the step that is to be taken next. Any step can send the case back
to any earlier one, refuse it or see it withdrawn. ``TRANSITIONS`` is also a CHECK of the table of steps, so that no
program skips a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal, get_args

from service_kit.calendar import add_working_days
from service_kit.errors import FieldError
from service_kit.money import format_yuan

from monitoring_api.policy.rules import STAGES, Stage

Kind = Literal["identification", "elimination", "natural_elimination"]
End = Literal["monitored", "eliminated", "refused", "withdrawn", "rolled_back", "remarked"]
State = Literal[
    "application",
    "home_verification",
    "village_review",
    "notice",
    "township_review",
    "county_determination",
    "monitored",
    "eliminated",
    "refused",
    "withdrawn",
    "rolled_back",
    "remarked",
]
Action = Literal["open", "complete", "return", "refuse", "withdraw", "rollback", "remark"]
Desk = Literal["complete", "return", "refuse", "withdraw"]
"""What is done with an open case."""
After = Literal["rollback", "remark"]
"""What is done with an elimination afterwards: it was wrong, or the risk has come back."""
AFTER: dict[After, State] = {"rollback": "rolled_back", "remark": "remarked"}
Origin = Literal["cadre", "township", "lead", "self_application"]
Urgency = Literal["overdue", "today", "this_week", "later"]
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)

SUCCESS: dict[Kind, State] = {
    "identification": "monitored",
    "elimination": "eliminated",
    "natural_elimination": "eliminated",
}
START: dict[Kind, State] = {
    "identification": "home_verification",
    "elimination": "home_verification",
    "natural_elimination": "county_determination",
}
FINEST_REGION: dict[Stage, int] = {"township_review": 9, "county_determination": 6}
"""Longest region code of those who take the step: a township's review is not done by a village."""

Transition = tuple[State | None, Action, State]


def _transitions() -> frozenset[Transition]:
    found: set[Transition] = {(None, "open", start) for start in START.values()}
    found |= {(stage, "complete", after) for stage, after in pairwise(STAGES)}
    found |= {("county_determination", "complete", end) for end in SUCCESS.values()}
    for index, stage in enumerate(STAGES):
        found |= {(stage, "return", earlier) for earlier in STAGES[:index]}
        found |= {(stage, "refuse", "refused"), (stage, "withdraw", "withdrawn")}
    return frozenset(found | {("eliminated", "rollback", "rolled_back"), ("eliminated", "remark", "remarked")})


TRANSITIONS: frozenset[Transition] = _transitions()
"""Every step there is, as (from, action, to)."""


def is_open(state: str) -> bool:
    return state in STAGES


def target(kind: Kind, state: State, action: Desk, to: State | None = None) -> State | None:
    """Where ``action`` leads from ``state``; None when the case cannot go there.

    Args:
        to: the earlier step that a case is returned to; only with ``return``.
    """
    if state not in STAGES or (to is not None) != (action == "return"):
        return None
    if action == "complete":
        last = state == STAGES[-1]
        to = SUCCESS[kind] if last else STAGES[STAGES.index(state) + 1]
    elif action == "refuse":
        to = "refused"
    elif action == "withdraw":
        to = "withdrawn"
    elif kind == "natural_elimination":
        return None
    return to if (state, action, to) in TRANSITIONS else None


def replay(kind: Kind, steps: Iterable[tuple[str | None, str, str]]) -> State | None:
    """The state that a history leads to; None for a history that cannot be."""
    state: State | None = None
    for before, action, after in steps:
        step = (before, action, after)
        if before != state or step not in TRANSITIONS:
            return None
        if action == "open" and after != START[kind]:
            return None
        if action == "complete" and after not in STAGES and after != SUCCESS[kind]:
            return None
        state = after  # type: ignore[assignment] # a word of TRANSITIONS
    return state


def may_take(
    stage: State,
    action: Desk,
    *,
    role: str,
    region: str,
    approvers: Mapping[str, Sequence[str]],
    started: bool,
) -> bool:
    """Whether somebody may act on a case: the role the policy names for the step, from a region wide enough.

    A case is withdrawn by who started it or by who takes applications.
    """
    if action == "withdraw":
        return started or role in approvers["application"]
    if stage not in STAGES:
        return False
    return role in approvers[stage] and len(region) <= FINEST_REGION.get(stage, 12)


def may_reverse(act: After, *, role: str, region: str, approvers: Mapping[str, Sequence[str]]) -> bool:
    """Whether somebody may take an elimination back or mark the household again, from the township upwards.

    A case of before these acts had rules of their own follows who determined it.
    """
    roles = approvers.get(act, approvers["county_determination"])
    return role in roles and len(region) <= FINEST_REGION["township_review"]


def stages_of(region: str) -> list[str]:
    """The steps that can be taken from a region."""
    return [stage for stage in STAGES if len(region) <= FINEST_REGION.get(stage, 12)]


def due_on(stage: State, entered: date, limits: Mapping[str, int], notice_ends: date | None = None) -> date | None:
    """Last day of the step's time limit; a notice's limit begins when its period ends. None for a closed case."""
    if stage not in STAGES:
        return None
    start = notice_ends if stage == "notice" and notice_ends else entered
    return add_working_days(start, limits[stage])


def notice_end(starts_on: date, days: int) -> date:
    """Last day of a notice: ``days`` whole days after the day it went up."""
    return starts_on + timedelta(days=days)


def urgency(due: date, today: date) -> Urgency:
    """Weeks end on Sunday."""
    if due <= today:
        return "overdue" if due < today else "today"
    return "this_week" if due <= week_end(today) else "later"


def week_end(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


@dataclass(frozen=True, slots=True)
class Income:
    """A household's income in the window, in fen; ``business`` is net and may be negative."""

    wage: int
    business: int
    property: int
    transfer: int
    rigid_expense: int

    def per_head(self, people: int) -> int:
        """Net income per head in fen, rounded down.

        Raises:
            ValueError: nobody is there.
        """
        if people < 1:
            raise ValueError("a household without people has no income per head")
        net = self.wage + self.business + self.property + self.transfer - self.rigid_expense
        return net // people


BELOW_LINE = frozenset({"unstable_lifted", "marginal"})
ABOVE_LINE = frozenset({"sudden_hardship"})


def class_errors(monitored_class: str, net_per_head: int, line: int) -> list[FieldError]:
    """What contradicts the income: 脱贫不稳定户 and 边缘易致贫户 are below the line, 突发严重困难户 is not."""
    below = net_per_head < line
    if (below and monitored_class in ABOVE_LINE) or (not below and monitored_class in BELOW_LINE):
        word = "低于" if below else "不低于"
        return [FieldError("body.evidence.class", "class_contradicts_income", f"人均纯收入{word}监测线，与该类别不符")]
    return []


def vote_errors(*, attendees: int, votes_for: int, votes_against: int, abstained: int) -> list[FieldError]:
    """A vote that cannot be, or that did not pass (more than half of those present)."""
    if votes_for + votes_against + abstained != attendees:
        return [FieldError("body.evidence.attendees", "votes_do_not_add_up", "赞成、反对、弃权之和应等于到会人数")]
    if votes_for * 2 <= attendees:
        return [FieldError("body.evidence.votes_for", "vote_not_passed", "赞成未过半数，不能通过；请退回或不予纳入")]
    return []


Finding = Literal["met", "not_met", "needs_human"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of elimination, what the system can say of it, and from what it says so."""

    code: str
    finding: Finding
    basis: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a household that may leave the monitoring.

    ``net_per_head`` is in fen, and None while no income is known. ``guarantees`` says of each whether it is safe.
    ``delivered`` counts the measures of its plan that were delivered, and is None when it has no plan here.
    """

    net_per_head: int | None
    line: int
    guarantees: Mapping[str, bool]
    monitored_since: date
    has_labour: bool
    people: int
    delivered: int | None


def elimination_criteria(standing: Standing, rule: Mapping[str, int], today: date) -> list[Criterion]:
    """The conditions of risk elimination, one by one (MON-11).

    Whether income is stable and the large expense solved is for a person to judge, and whether measures were delivered
    where there is no plan to say so. A household without labour stays under monitoring.

    Args:
        rule: months enrolled, months of stable income, number of measures (``policy.rules``, elimination).
    """

    def when(condition: bool) -> Finding:
        return "met" if condition else "not_met"

    delivered = standing.delivered
    net, enrolled = standing.net_per_head, months_after(standing.monitored_since, rule["enrolled_months"])
    unsafe = sorted(name for name, safe in standing.guarantees.items() if not safe)
    return [
        Criterion(
            "income_above_line",
            "needs_human" if net is None else when(net >= standing.line),
            {"net_income_per_head": None if net is None else format_yuan(net), "line": format_yuan(standing.line)},
        ),
        Criterion("guarantees_safe", when(not unsafe), {"unsafe": unsafe}),
        Criterion(
            "enrolled_long_enough",
            when(today >= enrolled),
            {"since": standing.monitored_since.isoformat(), "earliest": enrolled.isoformat()},
        ),
        Criterion("has_labour", when(standing.has_labour), {"people": standing.people}),
        Criterion("income_stable", "needs_human", {"months": rule["stable_months"]}),
        Criterion("expense_solved", "needs_human"),
        Criterion(
            "measures_delivered",
            "needs_human" if delivered is None else when(delivered >= rule["measures"]),
            {"measures": rule["measures"], "delivered": delivered},
        ),
    ]


def months_after(day: date, months: int) -> date:
    """The same day some months later; day 28 at the latest, because not every month has more."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, min(day.day, 28))


def natural_criteria(people: int) -> list[Criterion]:
    """Natural elimination: nobody is left, or a person confirms that those registered have gone."""
    return [Criterion("nobody_left", "met" if people == 0 else "needs_human", {"people": people})]


def unmet(criteria: Iterable[Criterion], confirmed: Iterable[str]) -> list[str]:
    """Codes that stand in the way: not met, or for a person to judge and not confirmed."""
    judged = set(confirmed)
    return [c.code for c in criteria if c.finding == "not_met" or (c.finding == "needs_human" and c.code not in judged)]
