"""Steps that migrations share: kit tables, row-level security, privileges."""

from __future__ import annotations

from typing import Any

from alembic.operations import Operations
from sqlalchemy import Table, text

from service_kit.kit_tables import kit_metadata


def service_role(op: Operations) -> str:
    """Name of the running service's role: the schema's name and ``_svc``."""
    schema: str = op.get_bind().execute(text("SELECT current_schema()")).scalar_one()
    return f"{schema}_svc"


def enable_region_scope(op: Operations, table: str, column: str = "region_code") -> None:
    """Show only rows whose region lies in the transaction's scope; an unset scope shows nothing (rule 3).

    ``nullif`` because the setting is the empty string, not NULL, once a transaction with it has ended.
    """
    inside = (
        f"{column} >= nullif(current_setting('app.scope_lo', true), '')"
        f" AND {column} < nullif(current_setting('app.scope_hi', true), '')"
    )
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY region_scope ON "{table}" USING ({inside}) WITH CHECK ({inside})')


def secure_table(op: Operations, table: Table) -> None:
    """Grant what ``table.info`` says to the service's role and, on a tenant table, enable the region scope."""
    op.execute(f'GRANT {table.info["grants"]} ON "{table.name}" TO {service_role(op)}')
    if table.info["kind"] == "tenant":
        enable_region_scope(op, table.name, table.info["region_column"])


def create_kit_tables(op: Operations) -> None:
    """Create and secure the tables of the kit that every service began with."""
    create_kit_piece(op, None)


def create_kit_piece(op: Operations, piece: str | None) -> None:
    """Create and secure the tables that the kit has got since, by the ``piece`` in their ``info``."""
    tables = [table for table in kit_metadata.sorted_tables if table.info.get("piece") == piece]
    kit_metadata.create_all(op.get_bind(), tables=tables, checkfirst=False)
    for table in tables:
        secure_table(op, table)


def secure_all(op: Operations, metadata: Any) -> None:
    """Secure every table of a first migration."""
    for table in metadata.sorted_tables:
        secure_table(op, table)
