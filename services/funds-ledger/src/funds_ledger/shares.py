"""Dividing fen by weights so that nothing is lost: largest remainder, the same whatever the order. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K", bound=str)


def split(total: int, weights: Mapping[K, int | Fraction]) -> dict[K, int]:
    """``total`` fen by ``weights``; the parts add up to it exactly.

    What rounding down leaves goes, one fen each, to the largest remainders; of equal ones to the smaller key.

    Raises:
        ValueError: nothing to divide by.
    """
    whole = sum(weights.values(), Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("weights must be at least zero, and not all zero")
    return round_to(total, {key: total * Fraction(weight) / whole for key, weight in weights.items()})


def round_to(total: int, exact: Mapping[K, Fraction]) -> dict[K, int]:
    """Whole fen near ``exact`` amounts that add up to ``total``; each is its amount rounded down or up."""
    parts = {key: amount.numerator // amount.denominator for key, amount in exact.items()}
    left = total - sum(parts.values())
    by_remainder = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts
