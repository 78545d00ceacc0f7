"""What crosses HTTP about floors."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.region import is_region_code
from service_kit.schemas import ApiModel, ReadModel

from funds_ledger.terms import Instant, SourceLevel, Year


def _county_or_above(code: str) -> str:
    if code and not (is_region_code(code) and len(code) <= 6):
        raise PydanticCustomError("floor_region", "红线按全国（留空）、省、市或县设定")
    return code


FloorRegion = Annotated[str, Field(max_length=12, examples=["43"]), AfterValidator(_county_or_above)]
"""The nation as the empty text, a province, prefecture or county."""

BasisPoints = Annotated[int, Field(ge=0, le=10_000, strict=True, examples=[5500], description="万分之几，5500 即 55%")]


class FloorWrite(ApiModel):
    year: Year
    source_level: SourceLevel
    region_code: FloorRegion
    floor_bp: BasisPoints
    not_below_last_year: Annotated[
        bool, Field(strict=True, description="同时不得低于本县上年度同一来源资金实际达到的产业占比")
    ] = False
    basis: Annotated[str, Field(min_length=2, max_length=500, description="依据：文件名称和文号")]


class FloorRead(ReadModel):
    id: UUID
    year: int
    source_level: SourceLevel
    region_code: str
    region_name: str | None
    floor_bp: int
    not_below_last_year: bool
    basis: str
    revision: int
    in_force: bool
    """False for a revision that a newer one has replaced."""
    created_at: Instant
    created_by_name: str
