"""What a household needs and what is planned for it, pure (MON-10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from service_kit.errors import FieldError

MeasureType = Literal[
    "industry",
    "consumption",
    "employment",
    "health",
    "education",
    "social_security",
    "housing",
    "water",
    "motivation",
]
"""产业帮扶、消费帮扶、就业帮扶、健康帮扶、教育帮扶、兜底保障、住房安全、饮水安全、扶志扶智."""

PlanState = Literal["draft", "confirmed", "closed"]
"""制定中、已确定、已结束 (the monitoring ended)."""

MeasureState = Literal["planned", "delivered", "cancelled"]
"""待落实、已落实、已取消."""

Urgency = Literal["overdue", "due_soon", "in_time"]

BACKSTOP: MeasureType = "social_security"
"""What a household without labour must have."""

SOON_DAYS = 3
"""Calendar days before a limit from which a screen warns."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One measure of a package, and the risks that call for it; ``backstop`` when the household has no labour."""

    type: str
    title: str
    department: str
    risks: tuple[str, ...]
    backstop: bool


def suggest(
    packages: Mapping[str, Sequence[Mapping[str, Any]]],
    risks: Iterable[str],
    *,
    has_labour: bool,
    present: Collection[tuple[str, str]] = (),
) -> list[Suggestion]:
    """缺什么补什么: the measures that the packages of these risks ask for, each once.

    A household without labour gets the package ``no_labour`` too, and no measure of industry or employment, which
    nobody in it could take up.

    Args:
        packages: risk (or ``no_labour``) → ``[{"type", "title", "department"}]``.
        present: ``(type, title)`` of measures that the plan has already.
    """
    found: dict[tuple[str, str], tuple[str, list[str], bool]] = {}
    wanted = [*sorted(set(risks)), *([] if has_labour else ["no_labour"])]
    for risk in wanted:
        for entry in packages.get(risk, ()):
            if not has_labour and entry["type"] in {"industry", "employment"}:
                continue
            key = (str(entry["type"]), str(entry["title"]))
            department, because, backstop = found.get(key, (str(entry["department"]), [], False))
            if risk != "no_labour":
                because.append(risk)
            found[key] = (department, because, backstop or (risk == "no_labour" and entry["type"] == BACKSTOP))
    return [
        Suggestion(kind, title, department, tuple(because), backstop)
        for (kind, title), (department, because, backstop) in found.items()
        if (kind, title) not in present
    ]


def urgency(due_on: date, today: date) -> Urgency:
    if due_on < today:
        return "overdue"
    return "due_soon" if (due_on - today).days <= SOON_DAYS else "in_time"


def dates_errors(planned_from: date, planned_to: date) -> list[FieldError]:
    if planned_to < planned_from:
        return [FieldError("body.planned_to", "dates_reversed", "结束日期不能早于开始日期")]
    return []
