"""Household sizes whose sums come out exactly as published."""

from __future__ import annotations

from itertools import accumulate
from random import Random

MAX_SIZE = 8
_SHAPE = (14, 24, 22, 20, 12, 6, 1.5, 0.5)


def split_people(people: int, households: int, rng: Random, max_size: int = MAX_SIZE) -> list[int]:
    """Sizes of ``households`` households with exactly ``people`` members in all, each 1 to ``max_size``.

    Drawn from a common shape first, then moved one person at a time towards the sum.

    Raises:
        ValueError: no such split exists.
    """
    if not households <= people <= households * max_size:
        raise ValueError(f"{people} 人不能分成 {households} 户（每户 1 至 {max_size} 人）")
    if households == 0:
        return []
    shape = list(accumulate(_SHAPE[:max_size]))
    sizes = rng.choices(range(1, max_size + 1), cum_weights=shape, k=households)
    gap = people - sum(sizes)
    step = 1 if gap > 0 else -1
    edge = max_size if gap > 0 else 1
    while gap:
        position = int(rng.random() * households)
        if sizes[position] != edge:
            sizes[position] += step
            gap -= step
    return sizes
