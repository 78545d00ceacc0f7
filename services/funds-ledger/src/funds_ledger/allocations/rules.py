"""What a notice may say of an allocation. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PERSONAL_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){9,17}[\dXx](?![0-9A-Za-z])", re.ASCII)
"""Eleven to nineteen digits: telephone, identity and account numbers, spaces and hyphens allowed."""


def public_text(text: str) -> str:
    """``text`` with every number that could name a person reduced to its first three characters.

    A title is typed by hand, so a clerk may put a number in; it must not reach the notice board.
    """
    return _PERSONAL_NUMBER.sub(lambda match: match[0][:3] + "*" * (len(match[0]) - 3), text)


def beyond(lines: Sequence[tuple[int, int]], limit: int) -> list[int]:
    """The lines that no longer fit when they are taken in order: from the first that passes ``limit`` fen on.

    Args:
        lines: (index, fen).
    """
    total = 0
    found = []
    for n, fen in lines:
        total += fen
        if total > limit:
            found.append(n)
    return found
