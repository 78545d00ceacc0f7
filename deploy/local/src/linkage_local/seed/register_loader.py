"""The register of one county into monitoring: villages, households, members, incomes, first line of history."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from service_kit.bulk import copy_rows

from linkage_local.context import SeedContext
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.rows import (
    HOUSEHOLD_COLUMNS,
    INCOME_COLUMNS,
    LOADED_AT,
    MEMBER_COLUMNS,
    CountyCsv,
)

TABLES = ("village", "household", "household_member", "household_income", "household_change", "person_registry")
IMPORTER = UUID(int=0)
_SOURCE = "《资兴市巩固拓展脱贫攻坚成果同乡村振兴有效衔接的实施方案》附件（2021年）"
_GENERATED_SOURCE = "演示数据，按资兴市同一村的公布数生成"
_VILLAGE_COLUMNS = (
    "county_code", "village_code", "types", "collective_income", "published_population",
    "published_lifted_households", "published_lifted_people", "published_monitored_households",
    "published_monitored_people", "published_source", "created_at", "updated_at", "version",
)  # fmt: skip


async def has_register(ctx: SeedContext, county_code: str) -> bool:
    """Whether this county has households already."""
    async with owner_transaction(ctx, "monitoring") as connection:
        found: bool = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM household WHERE county_code = $1)", county_code
        )
        return found


async def load_register(ctx: SeedContext, county: CountySeed, content: CountyCsv) -> None:
    """Store the county in one transaction: all of it or nothing.

    Raises:
        asyncpg.PostgresError: the county is there already, or a row breaks a rule of the database.
    """
    code = county.county_code
    async with owner_transaction(ctx, "monitoring") as connection:
        await _store_villages(connection, county)
        await copy_rows(connection, "household", HOUSEHOLD_COLUMNS, content.households)
        # Without statistics the checks of the foreign keys below take an index over the whole village.
        await connection.execute("ANALYZE household")
        await copy_rows(connection, "household_member", MEMBER_COLUMNS, content.members)
        await copy_rows(connection, "household_income", INCOME_COLUMNS, content.incomes)
        await connection.execute(
            "INSERT INTO person_registry (id_number_index, county_code, member_id)"
            " SELECT id_number_index, county_code, id FROM household_member"
            " WHERE county_code = $1 ORDER BY id_number_index",
            code,
        )
        # A line of history may carry its household's id: the two are keys of different tables.
        await connection.execute(
            "INSERT INTO household_change"
            " (county_code, id, household_id, village_code, version, at, actor_id, actor_name, act, changes)"
            " SELECT county_code, id, id, village_code, 1, $2, $3, '演示数据导入', 'imported', '[]'"
            " FROM household WHERE county_code = $1 ORDER BY id",
            code,
            LOADED_AT,
            IMPORTER,
        )


async def _store_villages(connection: asyncpg.Connection, county: CountySeed) -> None:
    rng = county.rng("collective income")
    source = _SOURCE if county.index == 0 else _GENERATED_SOURCE
    rows = [
        (
            county.county_code, village.code, "{" + ",".join(sorted(village.types)) + "}",
            (50_000 + int(rng.random() * 260_000)) * 100,
            village.population, village.lifted_households, village.lifted_people,
            village.monitored_households, village.monitored_people, source, LOADED_AT, LOADED_AT, 1,
        )
        for village in county.villages
    ]  # fmt: skip
    await copy_rows(connection, "village", _VILLAGE_COLUMNS, rows)
