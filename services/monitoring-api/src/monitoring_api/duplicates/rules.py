"""Rules of duplicate persons, pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from service_kit.errors import FieldError
from service_kit.region import CODE_LENGTHS

Basis = Literal["id_number", "name_birth_village"]
"""Same identity number (by blind index); same name and birth date in one village."""

State = Literal["open", "merged", "not_duplicate"]

FIELDS = (
    "name", "sex", "birth_date", "id_number", "phone", "labour_ability", "health", "education", "schooling",
    "employment", "insured",
)  # fmt: skip
"""What a person chooses field by field; relation and household stay those of the record that is kept."""

IDENTITY = ("id_number", "sex", "birth_date")
"""Belong together: birth date and sex follow from the number."""


def region_of_both(first: str, second: str) -> str:
    """The smallest region that holds two villages of one county."""
    return next(first[:length] for length in reversed(CODE_LENGTHS) if first[:length] == second[:length])


def choice_errors(choices: Mapping[str, UUID], kept: UUID, other: UUID) -> list[FieldError]:
    """Each choice names a field that can be chosen and one of the two records; identity is taken from one of them."""
    errors = []
    for field, chosen in choices.items():
        if field not in FIELDS:
            errors.append(FieldError(f"body.choices.{field}", "field_unknown", "没有这个可选的字段"))
        elif chosen not in (kept, other):
            errors.append(FieldError(f"body.choices.{field}", "record_unknown", "请在这两条登记中选择"))
    if not errors and len({choices.get(field, kept) for field in IDENTITY}) > 1:
        errors.append(FieldError("body.choices", "identity_split", "身份证号、性别和出生日期须取自同一条登记"))
    return errors
