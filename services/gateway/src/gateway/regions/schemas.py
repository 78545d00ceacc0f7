"""What crosses HTTP around regions."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.region import Level
from service_kit.schemas import ApiModel, ReadModel

from gateway.identity.schemas import Region


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("region_name", "地区名称含有无法识别的字符")
    return text


class RegionNode(ReadModel):
    code: str
    name: str
    level: Level
    parent_code: str
    """Empty above a province."""
    initials: str
    """Pinyin initials of the name, e.g. ``zxs``."""
    has_children: bool


class Regions(ReadModel):
    items: list[RegionNode]


class RegionDetail(RegionNode):
    ancestors: list[Region]
    """Province first; also those above the reader's own region."""


class RegionWrite(ApiModel):
    name: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_printable)]
