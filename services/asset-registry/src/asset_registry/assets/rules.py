"""Rules of the ledgers, pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from service_kit.errors import FieldError
from service_kit.money import MAX_FEN, format_yuan

from asset_registry.errors import CompositionMismatch

FIELDS_OF_KIND: Mapping[str, frozenset[str]] = {
    "public_welfare": frozenset({"keeper", "keeper_person", "upkeep_budget", "upkeep_source"}),
    "operating": frozenset({"operator_name", "operation_mode", "contract_from", "contract_to", "yearly_rent"}),
    "household": frozenset({"household_id", "household_head_name"}),
}
"""Fields that only assets of one kind carry (AST-3, AST-4, AST-11)."""

KIND_NAMES = {"public_welfare": "公益性资产", "operating": "经营性资产", "household": "到户类资产"}


class Line(Protocol):
    """One line of a fund composition; ``amount`` in fen."""

    @property
    def source_level(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def document_number(self) -> str | None: ...
    @property
    def amount(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at, of a new asset or of one as it will be after a change. Amounts in fen."""

    kind: str
    region_code: str
    original_value: int
    composition: Sequence[Line]
    built_on: date | None
    owner_kind: str
    filled: frozenset[str]
    """Names of the fields of any kind that hold something."""
    contract_from: date | None
    contract_to: date | None


def ensure_adds_up(original_value: int, composition: Iterable[Line]) -> None:
    """The composition explains the original value to the fen (AST-1).

    Raises:
        CompositionMismatch: with both totals and the difference in yuan.
    """
    total = sum(line.amount for line in composition)
    if total != original_value:
        difference = total - original_value
        word = "多出" if difference > 0 else "少"
        raise CompositionMismatch(
            f"资金构成合计 {format_yuan(total)} 元，比原值 {format_yuan(original_value)} 元"
            f"{word} {format_yuan(abs(difference))} 元",
            detail_en=f"The lines add up to {format_yuan(total)} yuan, not {format_yuan(original_value)}",
            original_value=format_yuan(original_value),
            composition_total=format_yuan(total),
            difference=format_yuan(difference),
        )


def errors_of(facts: Facts, today: date) -> list[FieldError]:
    """Everything else that is wrong, field by field."""
    return [
        *_value_errors(facts),
        *_composition_errors(facts.composition, today),
        *_kind_errors(facts),
        *_date_errors(facts, today),
    ]


def _value_errors(facts: Facts) -> list[FieldError]:
    if facts.original_value > MAX_FEN:
        return [FieldError("body.original_value", "yuan_range", "金额超出允许的范围")]
    return []


def _composition_errors(lines: Sequence[Line], today: date) -> list[FieldError]:
    errors = []
    seen: set[tuple[str, int, str | None]] = set()
    for index, line in enumerate(lines):
        path = f"body.fund_composition.{index}"
        key = (line.source_level, line.year, line.document_number)
        if key in seen:
            errors.append(FieldError(path, "line_twice", "同一来源、年度和文号只填一行"))
        seen.add(key)
        if line.year > today.year:
            errors.append(FieldError(f"{path}.year", "year_in_future", "不能填写以后的年度"))
    return errors


def _kind_errors(facts: Facts) -> list[FieldError]:
    errors = []
    for kind, fields in FIELDS_OF_KIND.items():
        if kind == facts.kind:
            continue
        message = f"只有{KIND_NAMES[kind]}才填写此项"
        errors += [FieldError(f"body.{name}", "field_of_other_kind", message) for name in sorted(fields & facts.filled)]
    if facts.kind == "household":
        missing = sorted(FIELDS_OF_KIND["household"] - facts.filled)
        errors += [FieldError(f"body.{name}", "missing", "到户类资产必须填写") for name in missing]
        if facts.owner_kind != "individual":
            errors.append(FieldError("body.owner_kind", "owner_of_household_asset", "到户类资产归农户个人所有"))
        if len(facts.region_code) != 12:
            errors.append(FieldError("body.region_code", "village_code", "到户类资产应登记到村（社区）"))
    return errors


def _date_errors(facts: Facts, today: date) -> list[FieldError]:
    errors = []
    if facts.built_on is not None and facts.built_on > today:
        errors.append(FieldError("body.built_on", "date_in_future", "建成日期不能晚于今天"))
    if facts.contract_to is not None:
        if facts.contract_from is None:
            errors.append(FieldError("body.contract_from", "missing", "填写到期日时须填写起始日"))
        elif facts.contract_to < facts.contract_from:
            errors.append(FieldError("body.contract_to", "period", "合同到期日不能早于起始日"))
    return errors


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that differ, in the order of ``after``, as ``{"field", "before", "after"}``."""
    return [
        {"field": field, "before": before.get(field), "after": value}
        for field, value in after.items()
        if before.get(field) != value
    ]
