"""Rules of what phones submit besides visits, pure (GW-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, Protocol

from service_kit.errors import FieldError

Kind = Literal["verification", "application", "registration"]
"""入户核实、申请纳入监测、登记新户."""

Outcome = Literal["done", "supplement"]
"""What it did: moved its case or made its household, or was added to a case as further evidence."""

NUMBER_PREFIX: dict[Kind, str] = {"verification": "HS", "application": "SQ", "registration": "XH"}
"""First letters of the receipt number: 核实, 申请, 新户."""


class NamedFile(Protocol):
    @property
    def kind(self) -> str: ...


def file_errors(files: Iterable[NamedFile], *, signatures: int) -> list[FieldError]:
    """Photos and signatures only, and as many signatures as the form asks for."""
    kinds = [file.kind for file in files]
    errors = [
        FieldError(f"body.photos.{index}.kind", "kind_unknown", "应为照片或签名")
        for index, kind in enumerate(kinds)
        if kind not in {"photo", "signature"}
    ]
    if kinds.count("signature") != signatures:
        word = "请家庭代表签名一次" if signatures else "这张表不需要签名"
        errors.append(FieldError("body.photos", "signature", word))
    return errors


def not_in_future(day: date, today: date) -> date:
    """The day on record: a phone whose clock runs ahead has not been in the future, so today at the latest."""
    return min(day, today)
