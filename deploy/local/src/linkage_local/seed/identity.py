"""Numbers of invented people: valid in form, unique, and kept where numbers of real people are not."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from monitoring_api.terms import Sex
from service_kit.validators import resident_id_check_digit

_DAYS = 365
_SERIALS = {"male": range(999, 900, -2), "female": range(998, 899, -2)}
PHONE_PREFIX = "154"
"""A mobile prefix of valid form that no operator has been given."""

ID_EPOCH_MS = 1_790_000_000_000
"""2026-09-21: the instant from which ids of generated rows count up, one row a millisecond."""


class IdentityNumbers:
    """Hands out identity numbers of one county, each once.

    Serial numbers count down from 999 (male) and 998 (female): the top four were kept for people over one
    hundred under the 15-digit form. A year of one sex holds 365 numbers per serial, so two serials serve a
    county of fifty-five thousand.
    """

    def __init__(self, county_code: str, rng: Random) -> None:
        self._county = county_code
        self._rng = rng
        self._days: dict[tuple[Sex, int], list[int]] = {}
        self._used: dict[tuple[Sex, int], int] = {}

    def take(self, sex: Sex, birth_year: int) -> tuple[str, date]:
        """An identity number and the birth date in it.

        Raises:
            IndexError: a year of one sex has run out (more than 18,250 people).
        """
        key = (sex, birth_year)
        days = self._days.get(key)
        if days is None:
            days = self._days[key] = self._rng.sample(range(_DAYS), _DAYS)
            self._used[key] = 0
        used = self._used[key]
        self._used[key] = used + 1
        born = date(birth_year, 1, 1) + timedelta(days=days[used % _DAYS])
        serial = _SERIALS[sex][used // _DAYS]
        first = f"{self._county}{birth_year}{born.month:02d}{born.day:02d}{serial:03d}"
        return first + resident_id_check_digit(first), born


class PhoneNumbers:
    """Telephone numbers that reach nobody, unique over all counties of one data set."""

    def __init__(self, county_index: int) -> None:
        self._next = county_index * 100_000

    def take(self) -> str:
        # A factor coprime to 10^8 keeps them unique and lets neighbours look unlike each other.
        self._next += 1
        return f"{PHONE_PREFIX}{self._next * 61_803_399 % 100_000_000:08d}"


class RowIds:
    """UUIDv7 by form, the same on every run: time counts up from a fixed instant, the rest is seeded."""

    def __init__(self, start_ms: int, rng: Random) -> None:
        self._ms = start_ms
        self._bits = rng.getrandbits

    def take(self) -> UUID:
        self._ms += 1
        noise = self._bits(74)
        high = (self._ms << 16) | 0x7000 | (noise >> 62)
        low = (0b10 << 62) | (noise & ((1 << 62) - 1))
        return UUID(int=(high << 64) | low)
