"""Statistical region codes: province 2, prefecture 4, county 6, township 9, village 12 digits."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

Level = Literal["nation", "province", "prefecture", "county", "township", "village"]

LEVEL_BY_LENGTH: dict[int, Level] = {
    0: "nation",
    2: "province",
    4: "prefecture",
    6: "county",
    9: "township",
    12: "village",
}
CODE_LENGTHS = tuple(length for length in LEVEL_BY_LENGTH if length)
_DIGITS = re.compile(r"\d+", re.ASCII)


def is_region_code(code: str) -> bool:
    """True for a well-formed code; says nothing of whether the region exists."""
    return len(code) in CODE_LENGTHS and _DIGITS.fullmatch(code) is not None


def level_of(code: str) -> Level:
    """Level of a well-formed code; the empty code is the nation."""
    return LEVEL_BY_LENGTH[len(code)]


def parent_of(code: str) -> str:
    """Code one level up; the parent of a province is the nation, ``""``."""
    return code[: max((length for length in LEVEL_BY_LENGTH if length < len(code)), default=0)]


def ancestors_of(code: str) -> list[str]:
    """Codes above, province first."""
    return [code[:length] for length in CODE_LENGTHS if length < len(code)]


def child_length(code: str) -> int | None:
    """Number of digits of the next level down; None below a village."""
    return min((length for length in CODE_LENGTHS if length > len(code)), default=None)


def county_of(code: str) -> str:
    """The county, which is the tenant.

    Raises:
        ValueError: the code is of a level above the county.
    """
    if len(code) < 6:
        raise ValueError(f"{code!r} 在县级以上")
    return code[:6]


def contains(scope: str, code: str) -> bool:
    """True when ``code`` lies in ``scope`` or is it."""
    return code.startswith(scope)


def _check(code: str) -> str:
    if not is_region_code(code):
        raise PydanticCustomError("region_code", "区划代码应为 2、4、6、9 或 12 位数字")
    return code


def _check_village(code: str) -> str:
    if len(code) != 12 or not is_region_code(code):
        raise PydanticCustomError("village_code", "村（社区）代码应为 12 位数字")
    return code


def _check_county_or_below(code: str) -> str:
    if len(_check(code)) < 6:
        raise PydanticCustomError("region_code_county", "请选择县级或以下的地区")
    return code


RegionCode = Annotated[str, Field(examples=["431081"]), AfterValidator(_check)]
VillageCode = Annotated[str, Field(examples=["431081106226"]), AfterValidator(_check_village)]
LocalRegionCode = Annotated[str, Field(examples=["431081106"]), AfterValidator(_check_county_or_below)]
"""County or below: the regions that tenant rows can belong to."""
