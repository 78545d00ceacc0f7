"""Words of the field as identifiers: source levels, purposes, and the largest amount (FND-1, FND-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.clock import SHANGHAI
from service_kit.money import PositiveYuanIn

SourceLevel = Literal["central", "provincial", "prefecture", "county", "integrated", "land_revenue", "social"]
SOURCE_LEVELS: tuple[SourceLevel, ...] = get_args(SourceLevel)
SOURCE_LEVEL_NAMES: dict[SourceLevel, str] = {
    "central": "中央",
    "provincial": "省级",
    "prefecture": "市级",
    "county": "县级",
    "integrated": "整合涉农",
    "land_revenue": "土地出让",
    "social": "社会",
}

Purpose = Literal["industry", "infrastructure", "public_service", "other"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
PURPOSE_NAMES: dict[Purpose, str] = {
    "industry": "产业发展",
    "infrastructure": "基础设施",
    "public_service": "公共服务",
    "other": "其他",
}

MAX_FUND_FEN = 10**14
"""One trillion yuan, the bound of one amount and of one pool.

It keeps the arithmetic of the floor inside a bigint: the largest product is ``10**14 × 10_000 = 10**18``, and even the
sum of a full pool and a full amount gives ``2 × 10**18``, below ``2**63 - 1 ≈ 9.22 × 10**18``.
"""


def _bounded(fen: int) -> int:
    if fen > MAX_FUND_FEN:
        raise PydanticCustomError("yuan_range", "金额超出允许的范围（不超过 1 万亿元）")
    return fen


FundYuanIn = Annotated[PositiveYuanIn, AfterValidator(_bounded)]
"""For requests: a yuan string > 0 and within ``MAX_FUND_FEN``."""

Year = Annotated[int, Field(ge=2000, le=2100, examples=[2026])]
"""A budget year."""

Instant = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(SHANGHAI))]
"""For answers: an instant with the offset +08:00; the database hands it out in UTC."""


def sql_list(words: tuple[str, ...]) -> str:
    """``'a', 'b'`` for a CHECK constraint."""
    return ", ".join(f"'{word}'" for word in words)
