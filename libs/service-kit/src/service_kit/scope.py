"""The region range that the database lets a transaction see (ARCHITECTURE rule 3)."""

from __future__ import annotations

from dataclasses import dataclass

from service_kit.region import is_region_code


@dataclass(frozen=True, slots=True)
class Scope:
    """Half-open range of region codes ``[lo, hi)``; ``":"`` sorts right after ``"9"`` in the C collation."""

    code: str

    def __post_init__(self) -> None:
        # The code becomes part of a literal in SQL, so this check is the only gate and nothing may go round it.
        if self.code and not is_region_code(self.code):
            raise ValueError(f"不是区划代码：{self.code!r}")

    @property
    def lo(self) -> str:
        return self.code or "0"

    @property
    def hi(self) -> str:
        return f"{self.code}:"

    @property
    def county_lo(self) -> str:
        """Lower bound for ``county_code``: keeps the tenant column in every query."""
        return self.code[:6] or "0"

    @property
    def county_hi(self) -> str:
        return f"{self.code[:6]}:"

    def statements(self) -> str:
        """The two ``SET LOCAL`` as one script for the simple protocol (one round trip).

        Literals, not ``set_config``: only ``SET LOCAL`` travels to the shards of a distributed database.
        """
        return f"SET LOCAL app.scope_lo = '{self.lo}'; SET LOCAL app.scope_hi = '{self.hi}'"


NATION = Scope("")
