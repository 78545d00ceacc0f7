"""Money: integer fen in the database and in Python, decimal yuan strings in the API (ARCHITECTURE rule 5)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_FEN = 10**14
"""One trillion yuan: far above any county's money; times ten thousand basis points it still fits a bigint."""

BASIS_POINTS = 10_000

_YUAN = re.compile(r"-?\d{1,13}(\.\d{1,2})?", re.ASCII)


def parse_yuan(text: str) -> int:
    """Turn ``"1234.5"`` into ``123450`` fen.

    Raises:
        ValueError: not a plain decimal number with at most two decimals.
    """
    if not _YUAN.fullmatch(text):
        raise ValueError(text)
    negative = text.startswith("-")
    whole, _, part = text.lstrip("-").partition(".")
    fen = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return -fen if negative else fen


def format_yuan(fen: int) -> str:
    """Turn ``123450`` fen into ``"1234.50"``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def share_bp(part: int, whole: int) -> int | None:
    """Share of ``part`` in ``whole`` in basis points, rounded down; None when there is nothing to share."""
    return None if whole == 0 else part * BASIS_POINTS // whole


def _to_fen(value: object) -> int:
    # Inside the program money is already an int of fen; from the API it is a string. JSON numbers are refused there
    # because a float loses fen silently: models that read requests validate in JSON mode through strings only.
    if isinstance(value, bool):
        raise PydanticCustomError("yuan", '金额应为元的十进制字符串，如 "1234.50"')
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("yuan", '金额应为元的十进制字符串，如 "1234.50"')
    try:
        fen = parse_yuan(value.strip())
    except ValueError:
        raise PydanticCustomError("yuan", '金额应为元的十进制字符串，最多两位小数，如 "1234.50"') from None
    if abs(fen) > MAX_FEN:
        raise PydanticCustomError("yuan_range", "金额超出允许的范围")
    return fen


def _from_api(value: object) -> int:
    if isinstance(value, int):
        raise PydanticCustomError("yuan", '金额应为元的十进制字符串，如 "1234.50"')
    return _to_fen(value)


def _positive(value: object) -> int:
    fen = _from_api(value)
    if fen <= 0:
        raise PydanticCustomError("yuan_positive", "金额必须大于 0")
    return fen


def _not_negative(value: object) -> int:
    fen = _from_api(value)
    if fen < 0:
        raise PydanticCustomError("yuan_not_negative", "金额不能为负数")
    return fen


_OUT = PlainSerializer(format_yuan, return_type=str)
_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": r"^-?\d{1,13}(\.\d{1,2})?$", "examples": ["1234.50"], "description": "元"}
)

Yuan = Annotated[int, BeforeValidator(_to_fen), _OUT, _SCHEMA]
"""Fen in Python, a yuan string in the API. For answers: also takes an int, which is fen."""

YuanIn = Annotated[int, BeforeValidator(_not_negative), _OUT, _SCHEMA]
"""For requests: a yuan string ≥ 0; a JSON number is refused."""

PositiveYuanIn = Annotated[int, BeforeValidator(_positive), _OUT, _SCHEMA]
"""For requests: a yuan string > 0; a JSON number is refused."""
