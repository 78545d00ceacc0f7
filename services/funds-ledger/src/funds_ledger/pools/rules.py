"""The arithmetic of a pool in whole fen: headroom, and why a change is refused (FND-2). No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from service_kit.money import BASIS_POINTS, share_bp

RefusalCode = Literal["industry_floor_broken", "pool_exhausted"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change cannot be made, and by how many fen it is too large."""

    code: RefusalCode
    shortfall: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The state of a pool; amounts in fen, the floor in basis points of what was received."""

    received: int
    industry: int
    other: int
    floor_bp: int

    @property
    def allocated(self) -> int:
        return self.industry + self.other

    @property
    def other_limit(self) -> int:
        """Most that may ever go elsewhere than to industry, rounded down to the fen, so never in anyone's favour."""
        return self.received * (BASIS_POINTS - self.floor_bp) // BASIS_POINTS

    @property
    def headroom_total(self) -> int:
        """What can still be allocated to industry; negative only in a state that must not be."""
        return self.received - self.allocated

    @property
    def headroom_other(self) -> int:
        """Exactly what can still be allocated elsewhere: up to the red line, and never more than what is left."""
        return min(self.other_limit - self.other, self.headroom_total)

    @property
    def industry_share_bp(self) -> int | None:
        """Share of industry in what is allocated, in basis points rounded down; None before the first allocation."""
        return share_bp(self.industry, self.allocated)

    def after(self, received: int = 0, industry: int = 0, other: int = 0) -> Balance:
        """The state after a change of the three sums, allowed or not."""
        return replace(
            self,
            received=self.received + received,
            industry=self.industry + industry,
            other=self.other + other,
        )

    def refusal(self) -> Refusal | None:
        """Why this state must not be; None when it may.

        When both limits are broken the tighter one is named, so that a request made smaller by the shortfall passes.
        """
        beyond_money = max(self.allocated - self.received, 0)
        beyond_line = max(self.other - self.other_limit, 0) if self.floor_bp else 0
        if beyond_line and beyond_line >= beyond_money:
            return Refusal("industry_floor_broken", beyond_line)
        return Refusal("pool_exhausted", beyond_money) if beyond_money else None
