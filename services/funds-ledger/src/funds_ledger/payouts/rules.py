"""The rules of payouts: what a check may find, who decides it, and the states of lists, runs and lines (FND-10).

No I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Problem = Literal[
    "not_registered",
    "name_differs",
    "died",
    "moved_out",
    "registered_twice",
    "household_closed",
    "repeated",
    "paid_already",
    "account_missing",
    "account_invalid",
    "account_shared",
    "account_failed",
    "account_changed",
    "holder_differs",
    "over_standard",
    "outside_allocation",
]
PROBLEMS: tuple[Problem, ...] = get_args(Problem)
PROBLEM_NAMES: dict[Problem, str] = {
    "not_registered": "档案中没有此人",
    "name_differs": "姓名与档案不一致",
    "died": "已死亡",
    "moved_out": "已迁出",
    "registered_twice": "档案中为重复登记",
    "household_closed": "所在户已销户",
    "repeated": "本批次内重复",
    "paid_already": "同一标准同一期已在其他批次",
    "account_missing": "没有账号",
    "account_invalid": "账号校验不通过",
    "account_shared": "多人同一账号",
    "account_failed": "该账号曾被银行退回",
    "account_changed": "与上次发放账号不同",
    "holder_differs": "户名与本人不一致",
    "over_standard": "超出标准",
    "outside_allocation": "不在资金安排的地区内",
}
NEVER_KEPT: tuple[Problem, ...] = ("repeated", "paid_already", "account_missing")
"""What nobody can decide away: the line is corrected or left out."""

BatchState = Literal["draft", "running", "finished", "dropped"]
BATCH_STATES: tuple[BatchState, ...] = get_args(BatchState)

RunState = Literal["submitted", "approved", "sent", "settled", "returned"]
RUN_STATES: tuple[RunState, ...] = get_args(RunState)
RunAction = Literal["approve", "return", "send", "settle"]
RUN_STEPS: Mapping[RunAction, tuple[tuple[RunState, ...], RunState]] = {
    "approve": (("submitted",), "approved"),
    "return": (("submitted", "approved"), "returned"),
    "send": (("approved",), "sent"),
    "settle": (("sent",), "settled"),
}
"""提交 → 审核 → 报送银行 → 回盘; 退回 before the file is out."""

LineState = Literal["listed", "excluded", "ready", "sent", "paid", "failed", "given_up"]
LINE_STATES: tuple[LineState, ...] = get_args(LineState)
CLAIMING: tuple[LineState, ...] = ("ready", "sent", "paid")
"""States in which a line is the person's one payout for a standard and period."""
CORRECTABLE: tuple[LineState, ...] = ("listed", "failed")

Decision = Literal["keep", "exclude", "restore", "give_up"]
MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Sent:
    """A line that was sent to the bank."""

    line_no: int
    tail: str
    amount: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A line as the bank sent it back; ``row`` is its row in the file. amount: fen."""

    row: int
    line_no: int
    tail: str
    amount: int
    paid: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What the bank's file says about each line sent."""

    paid: list[int]
    failed: dict[int, str]
    errors: dict[int, list[str]]
    missing: list[int]


def match_answers(sent: Iterable[Sent], answers: Iterable[Answer], *, unlisted_paid: bool) -> Matched:
    """Match by line number, end of the account and amount; all three must agree.

    Args:
        unlisted_paid: the file names only what failed, so the others have been paid.
    """
    known = {line.line_no: line for line in sent}
    seen: dict[int, Answer] = {}
    errors: dict[int, list[str]] = {}
    for answer in answers:
        line = known.get(answer.line_no)
        if line is None:
            errors.setdefault(answer.row, []).append("序号：报送文件中没有这一行")
            continue
        if answer.line_no in seen:
            errors.setdefault(answer.row, []).append("序号：与前面的行重复")
            continue
        seen[answer.line_no] = answer
        if answer.tail[-4:] != line.tail:
            errors.setdefault(answer.row, []).append("账号：与报送的账号尾号不符")
        if answer.amount != line.amount:
            errors.setdefault(answer.row, []).append("金额：与报送的金额不符")
    missing = [] if unlisted_paid else sorted(known.keys() - seen.keys())
    failed = {no: answer.reason or "银行未说明原因" for no, answer in seen.items() if not answer.paid}
    paid = sorted(known.keys() - failed.keys()) if not missing and not errors else []
    return Matched(paid=paid, failed=failed, errors=errors, missing=missing)
