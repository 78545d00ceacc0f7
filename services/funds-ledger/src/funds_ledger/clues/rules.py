"""The life of a clue 问题线索 as data: received, investigated, rectified, closed by another person (FND-12). No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

SubjectType = Literal["project", "payment", "payout", "document", "allocation"]
SUBJECT_TYPES: tuple[SubjectType, ...] = get_args(SubjectType)
SUBJECT_NAMES: dict[SubjectType, str] = {
    "project": "项目",
    "payment": "支付",
    "payout": "补贴发放",
    "document": "指标文件",
    "allocation": "资金安排",
}

Source = Literal["audit", "inspection", "report", "self_check"]
SOURCES: tuple[Source, ...] = get_args(Source)
"""审计, 巡察, 举报, 自查."""

ClueState = Literal["received", "investigating", "rectified", "closed"]
STATES: tuple[ClueState, ...] = get_args(ClueState)
OPEN: tuple[ClueState, ...] = ("received", "investigating", "rectified")

ClueAction = Literal["raise", "accept", "note", "recover", "rectify", "return", "close"]
ACTIONS: tuple[ClueAction, ...] = get_args(ClueAction)

Finding = Literal["substantiated", "partly", "unfounded"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)
"""属实, 部分属实, 不属实."""

RAISE, HANDLE, CLOSE = "funds.clues:raise", "funds.clues:handle", "funds.clues:close"


@dataclass(frozen=True, slots=True)
class Step:
    before: tuple[ClueState, ...]
    after: ClueState | None
    """None where the state stays."""
    permission: str
    needs_note: bool = True
    by_another: bool = False
    """Not by whoever handled it."""


LIFECYCLE: dict[ClueAction, Step] = {
    "accept": Step(("received",), "investigating", HANDLE, needs_note=False),
    "note": Step(("investigating", "rectified"), None, HANDLE),
    "recover": Step(("investigating", "rectified"), None, HANDLE),
    "rectify": Step(("investigating",), "rectified", HANDLE),
    "return": Step(("rectified",), "investigating", CLOSE, by_another=True),
    "close": Step(("rectified",), "closed", CLOSE, by_another=True),
}
"""受理 → 调查核实 → 整改 → 验收销号. A closed clue stays closed; what comes up again is a new one."""

CHANGES: tuple[tuple[ClueState | None, ClueAction, ClueState], ...] = (
    (None, "raise", "received"),
    *((before, action, step.after or before) for action, step in LIFECYCLE.items() for before in step.before),
)
"""Every line that may stand in the history."""


def allowed(state: ClueState, action: ClueAction) -> Step | None:
    """The step, when it leads anywhere from ``state``."""
    step = LIFECYCLE.get(action)
    return step if step is not None and state in step.before else None


def overdue(state: ClueState, deadline: date, day: date) -> bool:
    return state != "closed" and deadline < day
