"""The kit's way of building SQL, where the smallest region is a village: its column here is ``village_code``."""

from __future__ import annotations

from service_kit.db import statement
from service_kit.db.statement import iso, region_of, yuan

__all__ = ["Statement", "iso", "region_of", "yuan"]


class Statement(statement.Statement):
    """Arguments of one statement and the bounds of the villages that it reads."""

    def __init__(self, region: str) -> None:
        super().__init__(region, "village_code")
