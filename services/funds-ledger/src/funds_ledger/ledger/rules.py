"""What each kind of transfer does to a pool. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from funds_ledger.terms import Purpose

AccountKind = Literal["income", "available", "allocated", "paid"]
ACCOUNT_KINDS: tuple[AccountKind, ...] = get_args(AccountKind)

TransferKind = Literal["receipt", "supplement", "cut", "return", "allocation", "reversal", "payment", "refund"]
TRANSFER_KINDS: tuple[TransferKind, ...] = get_args(TransferKind)

DocumentActKind = Literal["supplement", "cut", "return"]
DOCUMENT_ACT_KINDS: tuple[DocumentActKind, ...] = get_args(DocumentActKind)
"""What may happen to a document after it was received: 追加, 调减, 退回."""


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


def effect_of_act(kind: DocumentActKind, amount: int) -> Effect:
    """A supplement brings money into the pool, a cut and a return take it out."""
    return Effect(received=amount if kind == "supplement" else -amount)


def effect_of_allocation(purpose: Purpose, amount: int) -> Effect:
    """Only the purpose ``industry`` counts towards the industry share."""
    return Effect(industry=amount) if purpose == "industry" else Effect(other=amount)


NO_EFFECT = Effect()
"""Of a payment and its refund: the money was the region's before and stays counted as allocated."""
