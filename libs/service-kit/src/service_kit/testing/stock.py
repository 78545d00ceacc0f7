"""Databases that tests take and give back: emptying one costs a tenth of copying the template anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

import asyncpg

from service_kit.testing import database

_LARGE = 512 * 1024
"""Bytes of a table from which on it is emptied by TRUNCATE, which also gives its room back."""

_CATALOGS = "('pg_catalog', 'information_schema', 'pg_toast')"
_OURS = f"(SELECT oid FROM pg_namespace WHERE nspname NOT IN {_CATALOGS} AND nspname NOT LIKE 'pg_temp%')"

_TABLES = f"""
SELECT format('%I.%I', nspname, relname) AS name, nspname AS schema, relname AS "table"
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relnamespace IN {_OURS}
"""

# Everything about the schema that a test may have changed; TRUNCATE changes none of it.
_SHAPE = f"""
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat_ws('|', 'class', oid, relname, relowner, relacl, relrowsecurity, relforcerowsecurity) AS part
    FROM pg_class WHERE relnamespace IN {_OURS}
    UNION ALL SELECT concat_ws('|', 'column', attrelid, attname, atttypid, attnotnull, attacl)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace IN {_OURS} AND attnum > 0
    UNION ALL SELECT concat_ws('|', 'constraint', oid, conname, convalidated) FROM pg_constraint
    UNION ALL SELECT concat_ws('|', 'policy', oid, polname) FROM pg_policy
    UNION ALL SELECT concat_ws('|', 'trigger', oid, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws('|', 'function', oid, md5(prosrc)) FROM pg_proc WHERE pronamespace IN {_OURS}
) AS parts
"""


@dataclass(slots=True)
class _Original:
    """What a database holds when it has just been copied from its template."""

    shape: str
    rows: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    """For each table with rows: their digest and the rows themselves, in PostgreSQL's binary copy format."""


@dataclass(slots=True)
class _Stock:
    original: _Original | None = None
    free: list[str] = field(default_factory=list)


_stocks: dict[tuple[str, str], _Stock] = {}


async def take(admin_url: str, template: str) -> str:
    """A database with exactly the template's content, used before or new; returns its name."""
    stock = _stocks.setdefault((admin_url, template), _Stock())
    if stock.free:
        return stock.free.pop()
    name = await database.clone(admin_url, template)
    if stock.original is None:
        connection = await asyncpg.connect(database.with_database(admin_url, name))
        try:
            stock.original = await _look(connection)
        finally:
            await connection.close()
    return name


async def give_back(admin_url: str, template: str, name: str) -> None:
    """Bring the database back to the template's content for the next test; drop it when its schema was changed."""
    stock = _stocks[admin_url, template]
    assert stock.original is not None
    connection = await asyncpg.connect(database.with_database(admin_url, name))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        same = await connection.fetchval(_SHAPE) == stock.original.shape
        if same:
            await _restore(connection, stock.original)
    finally:
        await connection.close()
    if same:
        stock.free.append(name)
    else:
        await database.drop(admin_url, name)


async def _look(connection: asyncpg.Connection) -> _Original:
    original = _Original(await connection.fetchval(_SHAPE))
    for schema, table in await _filled(connection):
        rows = BytesIO()
        await connection.copy_from_table(table, schema_name=schema, output=rows, format="binary")
        original.rows[schema, table] = await _digest(connection, schema, table), rows.getvalue()
    return original


async def _restore(connection: asyncpg.Connection, original: _Original) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await _empty(connection, [table for table in await _filled(connection) if table not in original.rows])
        changed = [table for table, (digest, _) in original.rows.items() if await _digest(connection, *table) != digest]
        await _empty(connection, changed)
        await _restart_sequences(connection)
        for table, (digest, rows) in original.rows.items():
            if await _digest(connection, *table) != digest:
                schema, name = table
                await connection.copy_to_table(name, schema_name=schema, source=BytesIO(rows), format="binary")


async def _filled(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    tables = await connection.fetch(_TABLES)
    query = " UNION ALL ".join(
        f"(SELECT {number} AS number FROM {table['name']} LIMIT 1)" for number, table in enumerate(tables)
    )
    found = await connection.fetch(query)
    return [(tables[row["number"]]["schema"], tables[row["number"]]["table"]) for row in found]


async def _empty(connection: asyncpg.Connection, tables: list[tuple[str, str]]) -> None:
    """Delete where there is little: TRUNCATE makes new files for a table and each of its indexes."""
    names = [f'"{schema}"."{table}"' for schema, table in tables]
    sizes = await connection.fetch(
        "SELECT pg_relation_size(name::regclass) AS size FROM unnest($1::text[]) AS name", names
    )
    large = [name for name, row in zip(names, sizes, strict=True) if row["size"] > _LARGE]
    if large:
        await connection.execute(f"TRUNCATE {', '.join(large)} CASCADE")
    small = [name for name in names if name not in large]
    if small:
        await connection.execute(";".join(f"DELETE FROM {name}" for name in small))


async def _restart_sequences(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false) FROM pg_sequences"
        " WHERE last_value IS NOT NULL"
    )


async def _digest(connection: asyncpg.Connection, schema: str, table: str) -> str:
    rows = f'SELECT row::text AS text FROM "{schema}"."{table}" AS row'
    digest: str = await connection.fetchval(
        f"SELECT md5(coalesce(string_agg(text, ',' ORDER BY text), '')) FROM ({rows})"
    )
    return digest
