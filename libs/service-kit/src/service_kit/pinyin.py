"""Search by pinyin initials: 道塘村 → ``dtc``."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=65_536)
def _initials_of_character(character: str) -> str:
    # Imported at first use: its dictionaries cost a third of a second, and most processes start without needing them.
    from pypinyin import Style, lazy_pinyin

    return "".join(part[:1] for part in lazy_pinyin(character, style=Style.FIRST_LETTER)).lower()


def initials(text: str) -> str:
    """Initial letters of each character, lower case; letters and digits stay, other signs fall out.

    Character by character, so that a bulk load meets the cache; the price is the more common reading of a
    character with several.
    """
    return "".join(c for c in "".join(map(_initials_of_character, text)) if c.isalnum())
