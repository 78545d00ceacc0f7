"""What the requests ask for: villages, names, identity numbers and households drawn from the seeded register."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg
from service_kit.crypto import FieldCrypto

DEMO_COUNTY = "431081"
_SAMPLE = 400


@dataclass(frozen=True)
class Samples:
    """``villages`` are from all counties; ``people`` too, as (county, name, identity number in the clear)."""

    households_total: int
    people_total: int
    villages: list[str]
    people: list[tuple[str, str, str]]
    demo_households: list[str]


async def draw(admin_url: str, field_keys: Path) -> Samples:
    """Read samples as the database's administrator; the same draw for the same data."""
    rng = Random(1)
    crypto = FieldCrypto.from_file(field_keys)
    connection = await asyncpg.connect(admin_url)
    try:
        households = await connection.fetchval("SELECT count(*) FROM monitoring.household")
        people = await connection.fetchval("SELECT count(*) FROM monitoring.household_member")
        codes = [
            row[0]
            for row in await connection.fetch("SELECT village_code FROM monitoring.village ORDER BY village_code")
        ]
        villages = rng.sample(codes, min(_SAMPLE, len(codes)))
        found = []
        for code in villages:
            found += await connection.fetch(
                "SELECT county_code, name, id_number FROM monitoring.household_member"
                " WHERE county_code = $1 AND village_code = $2 ORDER BY id OFFSET $3 LIMIT $4",
                code[:6],
                code,
                rng.randrange(300),
                -(-_SAMPLE // len(villages)),
            )
        ids = await connection.fetch(
            "SELECT id FROM monitoring.household WHERE county_code = $1 ORDER BY id", DEMO_COUNTY
        )
    finally:
        await connection.close()
    return Samples(
        households_total=households,
        people_total=people,
        villages=villages,
        people=[(row["county_code"], row["name"], crypto.decrypt(row["id_number"])) for row in found],
        demo_households=[str(row[0]) for row in rng.sample(ids, min(_SAMPLE, len(ids)))],
    )
