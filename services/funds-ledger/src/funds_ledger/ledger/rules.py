"""What each kind of transfer does to a pool. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from funds_ledger.terms import Purpose

AccountKind = Literal["income", "available", "allocated"]
ACCOUNT_KINDS: tuple[AccountKind, ...] = get_args(AccountKind)

TransferKind = Literal["receipt", "allocation", "reversal"]
TRANSFER_KINDS: tuple[TransferKind, ...] = get_args(TransferKind)


@dataclass(frozen=True, slots=True)
class Effect:
    """Changes of a pool's three sums, in fen."""

    received: int = 0
    industry: int = 0
    other: int = 0

    def reversed(self) -> Effect:
        return Effect(-self.received, -self.industry, -self.other)


def effect_of_receipt(amount: int) -> Effect:
    return Effect(received=amount)


def effect_of_allocation(purpose: Purpose, amount: int) -> Effect:
    """Only the purpose ``industry`` counts towards the industry share."""
    return Effect(industry=amount) if purpose == "industry" else Effect(other=amount)
