"""Rules of policies enjoyed, pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from service_kit.errors import FieldError
from service_kit.money import format_yuan

FIELDS = ("member_id", "kind", "title", "since", "until", "yearly_amount", "source", "note")


def period_errors(since: date, until: date | None) -> list[FieldError]:
    """A policy does not end before it began."""
    if until is not None and until < since:
        return [FieldError("body.until", "period", "享受截止日期不能早于起始日期")]
    return []


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as history tells them: days and amounts (yuan) as text, the person by name.

    values: the fields of ``FIELDS`` except ``member_id``, and ``member_name``.
    """
    amount = values["yearly_amount"]
    return {
        "benefit.title": values["title"],
        "benefit.kind": values["kind"],
        "benefit.member_name": values["member_name"],
        "benefit.since": values["since"].isoformat(),
        "benefit.until": values["until"].isoformat() if values["until"] else None,
        "benefit.yearly_amount": format_yuan(amount) if amount is not None else None,
        "benefit.source": values["source"],
        "benefit.note": values["note"],
    }
