"""Each row against its model: the good ones become records, the others keep their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from service_kit.imports.reading import ImportColumn, Source
from service_kit.validation_messages import field_errors

Row = TypeVar("Row", bound=BaseModel)


@dataclass(slots=True)
class Checked(Generic[Row]):
    good: list[tuple[int, Row]] = field(default_factory=list)
    """Row number and record, in the order of the sheet."""
    errors: dict[int, list[str]] = field(default_factory=dict)
    """Row number → reasons, each naming its column. A service adds what its database finds."""

    def refuse(self, number: int, reason: str) -> None:
        """A row that is well-formed and yet not to be taken, e.g. because nobody has that number."""
        self.errors.setdefault(number, []).append(reason)
        self.good = [(line, row) for line, row in self.good if line != number]


def check_rows(
    source: Source, columns: Sequence[ImportColumn], model: type[Row], *, unique: Sequence[str] = ()
) -> Checked[Row]:
    """Validate every row.

    Args:
        unique: fields that together may stand in the sheet once; the later row is refused.
    """
    titles = {column.name: column.title for column in columns}
    checked: Checked[Row] = Checked()
    seen: dict[tuple[object, ...], int] = {}
    for row in source.rows:
        try:
            record = model.model_validate({name: value for name, value in row.cells.items() if value is not None})
        except ValidationError as error:
            checked.errors[row.number] = _reasons(error, titles)
            continue
        if unique:
            key = tuple(getattr(record, name) for name in unique)
            if (first := seen.setdefault(key, row.number)) != row.number:
                named = "、".join(titles[name] for name in unique)
                checked.errors[row.number] = [f"{named}与第 {first} 行重复"]
                continue
        checked.good.append((row.number, record))
    return checked


def _reasons(error: ValidationError, titles: dict[str, str]) -> list[str]:
    reasons = []
    for found in field_errors(error.errors(include_url=False)):
        name = found.path.split(".")[0]
        reasons.append(f"{titles[name]}：{found.message}" if name in titles else found.message)
    return reasons
