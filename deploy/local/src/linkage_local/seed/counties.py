"""One county, whole: what is generated, how long ids and numbers last, and what it adds up to."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from linkage_local.seed.figures import VillageFigures, income_line
from linkage_local.seed.identity import ID_EPOCH_MS, IdentityNumbers, PhoneNumbers, RowIds
from linkage_local.seed.names import NamePool
from linkage_local.seed.people import Sources
from linkage_local.seed.villages import Household, make_village

DEFAULT_SEED = 20210802
"""The date of the Zixing plan."""

_ROWS_PER_COUNTY = 1_000_000


@dataclass(frozen=True, slots=True)
class CountySeed:
    """Which county to generate. index: 0 for Zixing, counted up for others; keeps ids and phones apart."""

    county_code: str
    index: int
    villages: tuple[VillageFigures, ...]
    seed: int = DEFAULT_SEED

    def rng(self, purpose: str) -> Random:
        """Random numbers that depend on the seed, the county and the purpose only."""
        return Random(f"{self.seed}/{self.county_code}/{purpose}")

    def ids(self, purpose: str, part: int) -> RowIds:
        """Ids of one kind of row; ``part`` (0 to 99) keeps their times apart from other kinds."""
        start = ID_EPOCH_MS + self.index * _ROWS_PER_COUNTY + part * 1_000
        return RowIds(start, self.rng(f"ids/{purpose}"))


@contextmanager
def no_collection() -> Iterator[None]:
    """A hundred thousand live objects and no cycles among them: collecting would only walk them over and over."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def make_county(county: CountySeed) -> list[Household]:
    """All households of the county by village and number: about 16,700 for a county of 55,633 people."""
    rng = county.rng("people")
    sources = Sources(
        rng=rng,
        names=NamePool(rng),
        numbers=IdentityNumbers(county.county_code, county.rng("identity")),
        phones=PhoneNumbers(county.index),
        person_ids=county.ids("person", 0),
    )
    ids = county.ids("household", 0)
    line = income_line(county.county_code)
    with no_collection():
        return [household for figures in county.villages for household in make_village(figures, line, ids, sources)]
