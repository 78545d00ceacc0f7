"""Rules of the register, pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol
from uuid import UUID

from service_kit.errors import FieldError

HIGHEST = "\U0010ffff"
"""Sorts after every character that a name can hold, in byte order."""

SHORTEST_WIDE_SEARCH = 2
"""Characters that a search across counties needs; one surname there would be hundreds of thousands of people."""

MASKED_FIELDS = {"id_number": "id_number_masked", "phone": "phone_masked"}
"""Fields of a member that history shows masked."""


class ClassRule(Protocol):
    """A row of the catalogue of monitored classes. Read-only members, so that a table row fits."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def lifted(self) -> bool | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


class RiskRule(Protocol):
    """A row of the catalogue of risks."""

    @property
    def code(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


class Registrant(Protocol):
    """A member of a household about to be registered."""

    @property
    def id(self) -> UUID: ...
    @property
    def relation(self) -> str: ...
    @property
    def id_number(self) -> str | None: ...


def composition_errors(members: Sequence[Registrant]) -> list[FieldError]:
    """What is wrong with the members of one household taken together: one head, nobody twice."""
    errors = []
    heads = [index for index, member in enumerate(members) if member.relation == "head"]
    if not heads:
        errors.append(FieldError("body.members", "head_missing", "请指定一名户主"))
    errors += [FieldError(f"body.members.{i}.relation", "head_twice", "一户只能有一名户主") for i in heads[1:]]
    errors += _repeated(members, "id", "member_twice", "成员编号重复")
    errors += _repeated(members, "id_number", "id_number_twice", "同一身份证号在本户出现两次")
    return errors


def _repeated(members: Sequence[Registrant], field: str, code: str, message: str) -> list[FieldError]:
    seen: set[Any] = set()
    errors = []
    for index, member in enumerate(members):
        value = getattr(member, field)
        if value is not None and value in seen:
            errors.append(FieldError(f"body.members.{index}.{field}", code, message))
        seen.add(value)
    return errors


def year_errors(years: Iterable[int], latest: int) -> list[FieldError]:
    """Each year of income once, none in the future."""
    errors = []
    seen: set[int] = set()
    for index, year in enumerate(years):
        path = f"body.incomes.{index}.year"
        if year in seen:
            errors.append(FieldError(path, "year_twice", "同一年度只能填一次"))
        if year > latest:
            errors.append(FieldError(path, "year_in_future", "不能填写以后的年度"))
        seen.add(year)
    return errors


class MonitoredStatus(Protocol):
    """A monitored status that somebody wants to set or clear."""

    @property
    def monitored(self) -> bool: ...
    @property
    def monitored_class(self) -> str | None: ...
    @property
    def risks(self) -> Sequence[str]: ...
    @property
    def since(self) -> date | None: ...


def monitoring_errors(
    wanted: MonitoredStatus,
    *,
    today: date,
    lifted: bool,
    classes: Mapping[str, ClassRule],
    kinds: Mapping[str, RiskRule],
) -> list[FieldError]:
    """What is wrong with a monitored status (MON-3, MON-4), judged by the catalogues as they stood on its date.

    Class, date and at least one risk if and only if monitored; the class must fit the household (脱贫不稳定户 is
    lifted, 边缘易致贫户 is not).
    """
    if not wanted.monitored:
        given = {"class": wanted.monitored_class, "risks": wanted.risks, "since": wanted.since}
        return [
            FieldError(f"body.{field}", "not_monitored", "取消监测时不填此项")
            for field, value in given.items()
            if value
        ]
    errors = []
    if wanted.monitored_class is None:
        errors.append(FieldError("body.class", "missing", "必填"))
    if not wanted.risks:
        errors.append(FieldError("body.risks", "risks_missing", "请至少选择一项风险"))
    if wanted.since is None:
        return [*errors, FieldError("body.since", "missing", "必填")]
    if wanted.since > today:
        errors.append(FieldError("body.since", "in_future", "不能是以后的日期"))
    if wanted.monitored_class is not None:
        errors += _class_errors(wanted.monitored_class, wanted.since, lifted, classes)
    for index, risk in enumerate(wanted.risks):
        kind = kinds.get(risk)
        if kind is None or not _valid_on(kind, wanted.since):
            errors.append(FieldError(f"body.risks.{index}", "risk_unknown", "没有这项风险，或当时不适用"))
    return errors


def _class_errors(code: str, since: date, lifted: bool, classes: Mapping[str, ClassRule]) -> list[FieldError]:
    chosen = classes.get(code)
    if chosen is None or not _valid_on(chosen, since):
        return [FieldError("body.class", "class_unknown", "没有这个监测类别，或当时不适用")]
    if chosen.lifted is not None and chosen.lifted != lifted:
        fit = "只适用于脱贫户" if chosen.lifted else "不适用于脱贫户"
        return [FieldError("body.class", "class_does_not_fit", f"{chosen.name}{fit}")]
    return []


def _valid_on(rule: ClassRule | RiskRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


@dataclass(frozen=True, slots=True)
class NameSearch:
    """A half-open range of an index: ``initials`` for letters, otherwise the name from its first or second sign."""

    by: Literal["initials", "name"]
    lo: str
    hi: str


def name_search(text: str) -> NameSearch | None:
    """What a search text looks for; None when it holds nothing to look for."""
    wanted = "".join(text.split())
    if not wanted:
        return None
    if wanted.isascii() and wanted.isalnum():
        wanted = wanted.lower()
        return NameSearch("initials", wanted, wanted + HIGHEST)
    return NameSearch("name", wanted, wanted + HIGHEST)


def search_error(text: str, *, one_county: bool, path: str = "query.q") -> FieldError | None:
    """A search across counties needs more than one character."""
    if one_county or len("".join(text.split())) >= SHORTEST_WIDE_SEARCH:
        return None
    return FieldError(path, "search_too_short", "跨县查找请至少输入两个字，或先选择县")


Change = dict[str, Any]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields that differ, in the order of ``after``, as ``{"field", "before", "after"}``."""
    return [
        {"field": field, "before": before.get(field), "after": value}
        for field, value in after.items()
        if before.get(field) != value
    ]
