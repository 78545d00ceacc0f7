"""Words and arithmetic of sweeps 排查, pure (MON-13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol

from service_kit.errors import FieldError

ItemState = Literal["open", "done", "excused"]
"""待排查、已排查、未能排查(有原因)."""

IssueState = Literal["open", "struck_off"]
"""待整改、已销号."""

ProblemKind = Literal[
    "income",
    "food",
    "clothing",
    "education",
    "medical",
    "dwelling",
    "water",
    "employment",
    "industry",
    "policy",
    "disaster",
    "data",
    "other",
]
"""收入、吃饭、穿衣、教育、医疗、住房、饮水、就业、产业、政策落实、灾害事故、信息不准、其他."""


class Problem(Protocol):
    @property
    def kind(self) -> str: ...


class Answer(Protocol):
    """A sweep's record as far as its parts must agree."""

    @property
    def unchanged(self) -> bool: ...
    @property
    def findings(self) -> object | None: ...
    @property
    def problems(self) -> Sequence[Problem]: ...


def answer_errors(answer: Answer) -> list[FieldError]:
    """「无变化」 stands alone; anything else comes with its findings, and names each kind of problem once."""
    if answer.unchanged:
        if answer.findings is not None:
            return [FieldError("body.findings", "unchanged", "选择“无变化”的，不填排查内容")]
        if answer.problems:
            return [FieldError("body.problems", "unchanged", "发现问题的，不能选择“无变化”")]
        return []
    if answer.findings is None:
        return [FieldError("body.findings", "missing", "有变化的，请填写排查内容")]
    seen: set[str] = set()
    errors = []
    for index, problem in enumerate(answer.problems):
        if problem.kind in seen:
            errors.append(FieldError(f"body.problems.{index}.kind", "problem_twice", "同一类问题请合并填写"))
        seen.add(problem.kind)
    return errors


def half_of(day: date) -> int:
    """1 for January to June, 2 for July to December."""
    return 1 if day.month <= 6 else 2


def covers(region: str, code: str) -> bool:
    """Whether one of two regions lies in the other."""
    return region.startswith(code) or code.startswith(region)
