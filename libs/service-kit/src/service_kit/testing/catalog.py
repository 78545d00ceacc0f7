"""What the database's own catalogue must say of every service (ARCHITECTURE, "Ready for Citus from day one")."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import MetaData

from service_kit.kit_tables import kit_metadata


def _tables(metadata: MetaData, kind: str) -> dict[str, Any]:
    found = {}
    for source in (metadata, kit_metadata):
        for table in source.sorted_tables:
            if table.info.get("kind") == kind:
                found[table.name] = table
    return found


def _assert_all_declared(metadata: MetaData) -> None:
    undeclared = [t.name for t in metadata.sorted_tables if t.info.get("kind") not in {"tenant", "reference", "local"}]
    assert not undeclared, f"不知属于哪类的表：{undeclared}"


async def assert_catalog_is_ready(connection: asyncpg.Connection, metadata: MetaData) -> None:
    """Hold the discipline that sharding by county needs, on the migrated database.

    ``county_code`` first in every primary key, unique constraint, index and foreign key of a tenant table; UUID or
    bigint keys; no triggers, rules or inheritance; no foreign key from a catalogue to a tenant table; row-level
    security forced.
    """
    _assert_all_declared(metadata)
    tenants = _tables(metadata, "tenant")
    references = _tables(metadata, "reference")
    first_columns = await connection.fetch(
        """
        SELECT c.relname AS table, i.relname AS index, a.attname AS first
        FROM pg_index x
        JOIN pg_class c ON c.oid = x.indrelid
        JOIN pg_class i ON i.oid = x.indexrelid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
        JOIN pg_am m ON m.oid = i.relam
        WHERE c.relname = ANY($1) AND c.relnamespace = current_schema()::regnamespace AND m.amname = 'btree'
        """,
        list(tenants),
    )
    wrong = [tuple(row.values()) for row in first_columns if row["first"] != "county_code"]
    assert not wrong, f"索引不以 county_code 开头：{wrong}"
    assert {row["table"] for row in first_columns} == set(tenants), "有租户表没有主键"

    keys = await connection.fetch(
        """
        SELECT k.conname AS name, c.relname AS table, f.relname AS target, a.attname AS first
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_class f ON f.oid = k.confrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace
        """
    )
    for row in keys:
        if row["table"] in tenants and row["target"] in tenants:
            assert row["first"] == "county_code", f"外键 {row['name']} 不以 county_code 开头"
        if row["table"] in references:
            assert row["target"] not in tenants, f"目录表不能引用租户表：{row['name']}"

    guarded = await connection.fetch(
        """
        SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
        WHERE relname = ANY($1) AND relnamespace = current_schema()::regnamespace AND relkind = 'r'
        """,
        list(tenants),
    )
    assert {row["relname"] for row in guarded} == set(tenants)
    open_tables = [r["relname"] for r in guarded if not (r["relrowsecurity"] and r["relforcerowsecurity"])]
    assert not open_tables, f"没有强制行级权限：{open_tables}"

    ours = [*tenants, *references, *_tables(metadata, "local")]
    triggers = await connection.fetch(
        """
        SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relname = ANY($1) AND c.relnamespace = current_schema()::regnamespace
        """,
        ours,
    )
    assert not triggers, f"不许有触发器：{triggers}"
    inherited = await connection.fetchval(
        "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace"
    )
    assert inherited == 0
    columns = await connection.fetch(
        """
        SELECT c.relname AS table, a.attname AS column FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relname = ANY($1) AND c.relnamespace = current_schema()::regnamespace
          AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attname IN ('county_code', 'region_code', 'village_code', 'township_code', 'code', 'parent_code')
          AND a.attcollation NOT IN (SELECT oid FROM pg_collation WHERE collname = 'C')
          AND a.atttypid = 'text'::regtype
        """,
        [*tenants],
    )
    assert not columns, f"区划代码未按字节比较：{[tuple(r.values()) for r in columns]}"


async def assert_unscoped_sees_nothing(connection: asyncpg.Connection, metadata: MetaData) -> None:
    """Neither a fresh connection nor one whose scoped transaction has ended sees a row of any tenant table."""
    for name in _tables(metadata, "tenant"):
        assert await connection.fetchval(f'SELECT count(*) FROM "{name}"') == 0, name
    await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'; COMMIT")
    for name in _tables(metadata, "tenant"):
        assert await connection.fetchval(f'SELECT count(*) FROM "{name}"') == 0, name
