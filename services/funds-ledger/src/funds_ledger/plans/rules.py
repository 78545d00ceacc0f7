"""The yearly plan: which projects of the library get how much of a year's money (FND-4). No I/O."""

from __future__ import annotations

from typing import Literal, get_args

PlanState = Literal["draft", "notice", "in_force", "dropped"]
PLAN_STATES: tuple[PlanState, ...] = get_args(PlanState)
PlanAction = Literal["publish", "enforce", "drop"]

TRANSITIONS: frozenset[tuple[PlanState, PlanAction, PlanState]] = frozenset(
    {
        ("draft", "publish", "notice"),
        ("draft", "drop", "dropped"),
        ("notice", "enforce", "in_force"),
        ("notice", "drop", "dropped"),
    }
)
"""A plan in force is not taken back: a project leaves it through an act of its own, a further plan adds projects."""


def target(state: PlanState, action: PlanAction) -> PlanState | None:
    """Where ``action`` leads; None when it is not possible."""
    return next((after for before, act, after in TRANSITIONS if before == state and act == action), None)


def beyond(lines: dict[str, int], room: dict[str, int]) -> dict[str, int]:
    """By how many fen each project's line exceeds what its financing leaves (fen by project key)."""
    return {key: fen - room.get(key, 0) for key, fen in lines.items() if fen > room.get(key, 0)}
