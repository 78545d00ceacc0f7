"""The job queue's tables, made in the service's own schema."""

from __future__ import annotations

from alembic.operations import Operations
from pgqueuer.adapters.persistence import schema_ddl
from pgqueuer.domain.schema.declaration import target

from service_kit.migrations.ops import service_role
from service_kit.queue import queue_settings


def create_queue_tables(op: Operations) -> None:
    """Create the queue without its notification trigger.

    The house has no triggers, and NOTIFY takes a lock that makes all commits of the database wait for each other;
    the worker asks every second instead.
    """
    role = service_role(op)
    settings = queue_settings(role.removesuffix("_svc"))
    schema = target(settings)
    for enum in schema.enums:
        op.execute(schema_ddl.render_enum(enum, settings))
    for table in schema.tables:
        op.execute(schema_ddl.render_table(table, settings))
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table.name}" TO {role}')
        if any(column.kind == "serial" for column in table.columns):
            op.execute(f'GRANT USAGE ON SEQUENCE "{table.name}_id_seq" TO {role}')
    for index in schema.indexes:
        op.execute(schema_ddl.render_index(index, settings))
