"""The lifecycle of a project as data, and what a proposal must hold (FND-4, FND-6, FND-8). No I/O.

village or township proposes → township review → county review → public notice → library → (yearly plan, money) →
acceptance → settlement → hand-over. A review sends a proposal back or refuses it. In the library a project is changed
or taken out only through a notice. ``TRANSITIONS`` is also a CHECK of the table of steps, so that no program skips one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from funds_ledger.terms import Purpose

State = Literal[
    "draft",
    "township_review",
    "county_review",
    "notice",
    "library",
    "adjustment_notice",
    "withdrawal_notice",
    "accepted",
    "settled",
    "completed",
    "refused",
    "withdrawn",
]
STATES: tuple[State, ...] = get_args(State)

Action = Literal[
    "open",
    "edit",
    "submit",
    "approve",
    "return",
    "refuse",
    "withdraw",
    "enter",
    "adjust",
    "remove",
    "confirm",
    "accept",
    "settle",
    "hand_over",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

Transition = tuple[State | None, Action, State]

TRANSITIONS: frozenset[Transition] = frozenset(
    {
        (None, "open", "draft"),
        ("draft", "edit", "draft"),
        ("draft", "submit", "township_review"),
        ("draft", "withdraw", "withdrawn"),
        ("township_review", "approve", "county_review"),
        ("township_review", "return", "draft"),
        ("township_review", "refuse", "refused"),
        ("township_review", "withdraw", "withdrawn"),
        ("county_review", "approve", "notice"),
        ("county_review", "return", "township_review"),
        ("county_review", "return", "draft"),
        ("county_review", "refuse", "refused"),
        ("county_review", "withdraw", "withdrawn"),
        ("notice", "enter", "library"),
        ("notice", "return", "county_review"),
        ("notice", "return", "draft"),
        ("notice", "refuse", "refused"),
        ("library", "adjust", "adjustment_notice"),
        ("adjustment_notice", "confirm", "library"),
        ("adjustment_notice", "return", "library"),
        ("library", "remove", "withdrawal_notice"),
        ("withdrawal_notice", "confirm", "withdrawn"),
        ("withdrawal_notice", "return", "library"),
        ("library", "accept", "accepted"),
        ("accepted", "return", "library"),
        ("accepted", "settle", "settled"),
        ("settled", "hand_over", "completed"),
    }
)
"""Every step there is, as (from, action, to)."""

ROLES: Mapping[tuple[State, Action], tuple[str, ...]] = {
    ("draft", "edit"): ("village_cadre", "township"),
    ("draft", "submit"): ("village_cadre", "township"),
    ("draft", "withdraw"): ("village_cadre", "township"),
    ("township_review", "approve"): ("township",),
    ("township_review", "return"): ("township",),
    ("township_review", "refuse"): ("township",),
    ("township_review", "withdraw"): ("village_cadre", "township"),
    ("county_review", "approve"): ("bureau",),
    ("county_review", "return"): ("bureau",),
    ("county_review", "refuse"): ("bureau",),
    ("county_review", "withdraw"): ("village_cadre", "township"),
    ("notice", "enter"): ("bureau",),
    ("notice", "return"): ("bureau",),
    ("notice", "refuse"): ("bureau",),
    ("library", "adjust"): ("bureau",),
    ("adjustment_notice", "confirm"): ("bureau",),
    ("adjustment_notice", "return"): ("bureau",),
    ("library", "remove"): ("bureau",),
    ("withdrawal_notice", "confirm"): ("bureau",),
    ("withdrawal_notice", "return"): ("bureau",),
    ("library", "accept"): ("township", "bureau"),
    ("accepted", "return"): ("bureau",),
    ("accepted", "settle"): ("finance",),
    ("settled", "hand_over"): ("bureau",),
}
"""Who takes a step. Opening a draft is for whoever may edit it."""

PROPOSERS = ROLES["draft", "edit"]
WIDEST_CODE: Mapping[State, int] = {"township_review": 9, "county_review": 6, "notice": 6}
"""Longest region code of those who take a step there: a township's review is not done by a village."""

BY_ANOTHER: frozenset[tuple[State, Action]] = frozenset(
    {("township_review", "approve"), ("county_review", "approve"), ("notice", "enter")}
)
"""Steps that are not taken by whoever proposed the project."""

NEEDS_REASON: frozenset[Action] = frozenset({"return", "refuse", "withdraw", "adjust", "remove"})
AFTER_NOTICE: frozenset[Action] = frozenset({"enter", "confirm"})
"""Steps that take effect only after a notice ended clear."""

IN_LIBRARY: frozenset[State] = frozenset(
    {"library", "adjustment_notice", "withdrawal_notice", "accepted", "settled", "completed"}
)


def target(state: State, action: Action, to: State | None = None) -> State | None:
    """Where ``action`` leads from ``state``; None when nothing leads there or ``to`` is left open.

    Args:
        to: needed where a step leads to several states (a return).
    """
    ends = {after for before, act, after in TRANSITIONS if before == state and act == action}
    if to is not None:
        return to if to in ends else None
    return ends.pop() if len(ends) == 1 else None


def may_take(state: State, action: Action, *, role: str, region: str, is_proposer: bool) -> bool:
    """Whether somebody may take a step: the table's role, from a region wide enough, and not one's own proposal."""
    if role not in ROLES.get((state, action), ()):
        return False
    if action != "withdraw" and len(region) > WIDEST_CODE.get(state, 12):
        return False
    return not (is_proposer and (state, action) in BY_ANOTHER)


def replay(steps: Iterable[tuple[str | None, str, str]]) -> State | None:
    """The state that a history leads to; None for a history that cannot be."""
    state: State | None = None
    for step in steps:
        if step[0] != state or step not in TRANSITIONS:
            return None
        state = step[2]
    return state


Nature = Literal["new", "extended"]
NATURES: tuple[Nature, ...] = get_args(Nature)

Category = Literal[
    "planting",
    "breeding",
    "processing",
    "logistics",
    "tourism",
    "collective_economy",
    "finance_support",
    "road",
    "irrigation",
    "power",
    "drinking_water",
    "housing",
    "environment",
    "education",
    "health",
    "employment",
    "training",
    "other",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
CATEGORY_NAMES: dict[Category, str] = {
    "planting": "种植业",
    "breeding": "养殖业",
    "processing": "农产品加工",
    "logistics": "仓储物流",
    "tourism": "乡村旅游",
    "collective_economy": "新型农村集体经济",
    "finance_support": "金融保险配套",
    "road": "农村道路",
    "irrigation": "小型农田水利",
    "power": "供电与通信",
    "drinking_water": "农村供水",
    "housing": "住房安全",
    "environment": "人居环境整治",
    "education": "教育帮扶",
    "health": "健康帮扶",
    "employment": "公益岗位与就业",
    "training": "技能培训",
    "other": "其他",
}
PURPOSE_OF: dict[Category, Purpose] = {
    "planting": "industry",
    "breeding": "industry",
    "processing": "industry",
    "logistics": "industry",
    "tourism": "industry",
    "collective_economy": "industry",
    "finance_support": "industry",
    "road": "infrastructure",
    "irrigation": "infrastructure",
    "power": "infrastructure",
    "drinking_water": "infrastructure",
    "housing": "public_service",
    "environment": "public_service",
    "education": "public_service",
    "health": "public_service",
    "employment": "public_service",
    "training": "public_service",
    "other": "other",
}
"""What a project of a category counts as in the ledger; only industry counts for the red line."""

BenefitKind = Literal["employment", "dividend", "order", "land_rent", "training", "services", "facility", "other"]
BENEFIT_KINDS: tuple[BenefitKind, ...] = get_args(BenefitKind)

REQUIRED: dict[str, tuple[str, ...]] = {
    "basics": ("name", "category", "nature", "place", "responsible_unit"),
    "schedule": ("starts_on", "ends_on"),
    "tasks": ("tasks", "size"),
    "financing": ("planned", "financing"),
    "beneficiaries": ("beneficiaries", "beneficiary_households", "beneficiary_people"),
    "performance": ("goals",),
    "benefit": ("benefit_kinds", "benefit_mechanism"),
}
"""Sections of the proposal and the fields that each must hold before it is submitted (no targets, no entry)."""


def missing(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a proposal still lacks, by section; empty when it is complete."""
    found = {}
    for section, names in REQUIRED.items():
        lacking = [name for name in names if fields.get(name) in (None, "", [], ())]
        if lacking:
            found[section] = lacking
    return found


@dataclass(frozen=True, slots=True)
class NegativeItem:
    """One entry of the negative list: what the money must not be spent on, and words that hint at it."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the list in a field of the proposal."""

    key: str
    field: str
    word: str


def negative_hits(fields: Mapping[str, str], items: Iterable[NegativeItem]) -> list[Hit]:
    """The first word of each item found in each field. A hit is a question to a person, not a verdict."""
    found = []
    for item in items:
        for name, text in fields.items():
            word = next((word for word in item.words if word.casefold() in text.casefold()), None)
            if word is not None:
                found.append(Hit(item.key, name, word))
    return found


@dataclass(frozen=True, slots=True)
class Goal:
    """One performance target; ``target`` and the actual value are in thousandths of its unit."""

    target: int
    at_least: bool
    weight: int


def attainment_bp(goal: Goal, actual: int) -> int:
    """How far one goal is reached, 0 to 10,000 basis points, rounded down."""
    if goal.at_least:
        return 10_000 if goal.target <= 0 else max(0, min(10_000, actual * 10_000 // goal.target))
    if actual <= goal.target:
        return 10_000
    return max(0, goal.target * 10_000 // actual)


def score_bp(goals: Sequence[Goal], actuals: Sequence[int]) -> int:
    """Weighted score of a self-evaluation in basis points, rounded down.

    Raises:
        ValueError: not one actual value per goal, or no weight at all.
    """
    if len(goals) != len(actuals):
        raise ValueError("one actual value per goal")
    total = sum(goal.weight for goal in goals)
    if total <= 0:
        raise ValueError("goals without weight")
    return sum(goal.weight * attainment_bp(goal, actual) for goal, actual in zip(goals, actuals, strict=True)) // total
